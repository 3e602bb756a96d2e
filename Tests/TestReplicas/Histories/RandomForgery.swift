import ChangeSets
import MergeModel

/// Change sets that no honest program writes, though all but some keep to the declaration.
package struct RandomForgery {
    package let area: OfficeCode

    package init(area: OfficeCode) { self.area = area }

    /// - Returns: A body, and whether every receiver must refuse it.
    package func body(using random: inout ModelRandom) -> (bytes: [UInt8], refused: Bool) {
        var body = HandBody()
        for id in UInt8(1)...3 where Int.random(in: 0..<2, using: &random) == 0 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: stock(id, &body, using: &random)
            case 1 where area.tier == .village: visit(id, &body, using: &random)
            default: family(id, &body, using: &random)
            }
        }
        switch Int.random(in: 0..<32, using: &random) {
        case 20: body.insert("family", area: area.digits, id: 9, ["name": .null])
        case 21: body.insert("family", area: area.digits, id: 9, ["deadline": .text("soon")])
        case 22: body.insert("family", area: area.digits, id: 9, ["colour": .integer(9)])
        case 23: body.insert("account", area: area.digits, id: 9)
        case 24: body.insert("family", area: area.parent?.digits ?? "33", id: 9)
        case 26: body.insert("ruling", area: area.digits, id: 9)
        case 25: body.insert("family", area: area.digits, id: 9, ["phone": .text("a\0b")])
        case 0: return (Array(body.bytes.dropLast()) + [0x99], true)
        case 1:
            // One row twice: nothing of the rest may take effect.
            body.delete("family", area: area.digits, id: 9)
            body.delete("family", area: area.digits, id: 9)
            return (body.bytes, true)
        default: return (body.bytes, false)
        }
        // Of a type, a NULL, a CHECK, an audience, an area, a text or an author that nothing may have.
        return (body.bytes, true)
    }

    private func family(_ id: UInt8, _ body: inout HandBody, using random: inout ModelRandom) {
        func text(_ choices: [String?], _ random: inout ModelRandom) -> CellValue {
            choices.randomElement(using: &random)!.map { .text($0) } ?? .null
        }
        let values: [String: CellValue] = [
            "phone": text(["1", "2", nil], &random), "name": text(["甲", "丙", ""], &random),
            "number": text(["n1", nil], &random), "category": text(["DB", nil], &random),
            "deadline": [.null, .integer(1), .integer(7)].randomElement(using: &random)!,
            "colour": [.null, .integer(1), .integer(3)].randomElement(using: &random)!,
        ]
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: body.insert("family", area: area.digits, id: id, values)
        case 2: body.delete("family", area: area.digits, id: id)
        default:
            var columns = [["phone"], ["name", "number"], ["category"], ["deadline"], ["colour"]]
            columns = Array(columns.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
            var written: [String: (old: CellValue, new: CellValue)] = [:]
            for column in columns.joined() {
                written[column] = (column == "name" ? .text("?") : .null, values[column]!)
            }
            body.update("family", area: area.digits, id: id, written)
        }
    }

    /// A row that only the first may write, or a word that a value of it stands, right or wrong; of a ruling only the latter.
    private func visit(_ id: UInt8, _ body: inout HandBody, using random: inout ModelRandom) {
        let text = CellValue.text(["village", "town", "forged"].randomElement(using: &random)!)
        if Int.random(in: 0..<8, using: &random) == 0 {
            body.update("ruling", area: area.digits, id: id, ["text": (text, text), "note": (.null, .null)])
        } else if Bool.random(using: &random) {
            body.insert("visit", area: area.digits, id: id, ["text": text])
        } else {
            body.update("visit", area: area.digits, id: id, ["text": (text, text)])
        }
    }

    private func stock(_ id: UInt8, _ body: inout HandBody, using random: inout ModelRandom) {
        func amount(_ random: inout ModelRandom) -> CellValue {
            .integer([.max, .min, 1, -3, 40].randomElement(using: &random)!)
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: body.insert("stock", area: area.digits, id: id, ["amount": amount(&random)])
        case 2: body.delete("stock", area: area.digits, id: id)
        case 3: body.update("stock", area: area.digits, id: id, ["note": (.null, .text("f"))])
        default: body.update("stock", area: area.digits, id: id, ["amount": (amount(&random), amount(&random))])
        }
    }
}
