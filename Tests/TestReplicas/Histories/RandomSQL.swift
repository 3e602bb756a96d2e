import ChangeSets
import MergeModel

/// Plain SQL as a program of an office might write it, on a few rows of the test domain that everyone contends for.
package struct RandomSQL {
    package let area: OfficeCode
    package let tier: Tier
    /// Whether the office has the columns of ``GrownDomain``.
    package var isGrown = false

    package init(area: OfficeCode, tier: Tier, isGrown: Bool = false) {
        self.area = area
        self.tier = tier
        self.isGrown = isGrown
    }

    /// The statements of one write block.
    package func block(using random: inout ModelRandom) -> [String] {
        (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in statements(using: &random) }
    }

    private func statements(using random: inout ModelRandom) -> [String] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: return stock(using: &random)
        case 2: return [visit, ruling, account].randomElement(using: &random)!(&random)
        default: return family(using: &random)
        }
    }

    private func family(using random: inout ModelRandom) -> [String] {
        let id = id(&random)
        let row = "area = '\(area)' AND id = \(id)"
        let values = familyValues(using: &random)
        let columns = values.map(\.column).joined(separator: ", ")
        let list = values.map(\.value).joined(separator: ", ")
        let sets = values.map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
        let insert = "INTO family (area, id, \(columns)) VALUES ('\(area)', \(id), \(list))"
        switch Int.random(in: 0..<18, using: &random) {
        case 0...3: return ["INSERT OR IGNORE \(insert)"]
        case 4: return ["INSERT OR REPLACE \(insert)"]
        case 5: return ["INSERT \(insert) ON CONFLICT DO UPDATE SET \(sets)"]
        case 6...10: return ["UPDATE family SET \(sets) WHERE \(row)"]
        case 11: return ["UPDATE family SET \(sets) WHERE area = '\(area)'"]
        case 12: return ["DELETE FROM family WHERE \(row)"]
        case 13: return ["DELETE FROM family WHERE area = '\(area)'"]
        case 14: return ["DELETE FROM family WHERE \(row)", "INSERT OR IGNORE \(insert)"]
        case 15:
            let inside = ["DELETE FROM family", "UPDATE family SET \(sets)"].randomElement(using: &random)!
            return ["SAVEPOINT s", inside, "ROLLBACK TO s", "RELEASE s"]
        case 16: return ["UPDATE OR REPLACE family SET id = \(self.id(&random)) WHERE \(row)"]
        // The same values under other row ids.
        default: return ["INSERT OR REPLACE INTO family SELECT * FROM family WHERE area = '\(area)' ORDER BY id"]
        }
    }

    private func familyValues(using random: inout ModelRandom) -> [(column: String, value: String)] {
        var choices = [
            ("phone", ["NULL", "''", "'1'", "'2'"]), ("name", ["''", "'甲'", "'乙'"]),
            ("number", ["NULL", "'n1'", "'n2'"]), ("colour", ["NULL", "1", "2", "3"]),
        ]
        if isGrown { choices += [("note", ["NULL", "'a'", "'b'"]), ("level", ["1", "3", "5"])] }
        // What a village may not write is refused, for all its block.
        if tier <= .town || isGrown || Int.random(in: 0..<20, using: &random) == 0 {
            choices.append(("category", ["NULL", "'DB'", "'TK'"]))
        }
        if tier <= .town || !isGrown || Int.random(in: 0..<20, using: &random) == 0 {
            choices.append(("deadline", ["NULL", "1", "5", "9"]))
        }
        let chosen = choices.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
        return chosen.map { ($0.0, $0.1.randomElement(using: &random)!) }
    }

    private func stock(using random: inout ModelRandom) -> [String] {
        let id = id(&random)
        let amount = Int.random(in: -5...9, using: &random)
        let row = "area = '\(area)' AND id = \(id)"
        if isGrown, Bool.random(using: &random) {
            return ["UPDATE stock SET reserved = reserved + 1 WHERE \(row)"]
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0...1: return ["INSERT OR IGNORE INTO stock (area, id, amount) VALUES ('\(area)', \(id), \(amount))"]
        case 2...4:
            return [
                "UPDATE stock SET amount = iif(amount BETWEEN -1000000 AND 1000000, amount, 0) + \(amount) WHERE \(row)"
            ]
        case 5: return ["UPDATE stock SET note = 'n\(amount)' WHERE \(row)"]
        case 6: return ["INSERT OR REPLACE INTO stock (area, id, amount) VALUES ('\(area)', \(id), \(amount))"]
        default: return ["DELETE FROM stock WHERE \(row)"]
        }
    }

    private func visit(_ random: inout ModelRandom) -> [String] {
        guard area.tier == .village else { return [] }
        return [
            "INSERT OR IGNORE INTO visit (area, id, text) VALUES ('\(area)', \(id(&random)), '\(tier)\(Bool.random(using: &random) ? "" : " too")')"
        ]
    }

    /// Which a village of the first version is refused, for all its block.
    private func ruling(_ random: inout ModelRandom) -> [String] {
        guard area.tier == .village else { return [] }
        guard tier <= .town || isGrown || Int.random(in: 0..<20, using: &random) == 0 else { return [] }
        return ["INSERT OR IGNORE INTO ruling (area, id, text) VALUES ('\(area)', \(id(&random)), '\(tier)')"]
    }

    private func account(_ random: inout ModelRandom) -> [String] {
        guard tier <= .town, area.tier >= .town else { return [] }
        return [
            "INSERT INTO account VALUES ('\(area)', \(id(&random)), '\(tier)') ON CONFLICT DO UPDATE SET number = number || 1"
        ]
    }

    private func id(_ random: inout ModelRandom) -> String { "x'0\(Int.random(in: 1...3, using: &random))'" }
}
