import ChangeSets
import Foundation
import GRDB
import Replica

/// Two entries that may be one person.
package struct DuplicatePair: Hashable, Sendable {
    package struct Side: Hashable, Sendable {
        package let area: OfficeCode
        /// Two villages that register one card number give the same id.
        package let person: [UInt8]
    }

    package enum State: String, Sendable { case open, same, different }

    /// The same at every office.
    package let id: [UInt8]
    /// In order of area and id. At an office that sees one side only, of the other no more than this.
    package let sides: [Side]
    package let points: Int
    package let reasons: String
    package let state: State
    package let survivor: Side?

    static func id(_ a: Side, _ b: Side) -> [UInt8] {
        let ends = [a, b].map { "\($0.area)/\($0.person.hex)" }.sorted()
        return UUIDs.version5("duplicate/" + ends.joined(separator: "/"))
    }

    /// Who decides: the lowest office that sees both (domain 3.3).
    package var decider: OfficeCode? {
        let codes = sides.map(\.area.digits)
        let common = [9, 6].first { length in Set(codes.map { $0.prefix(length) }).count == 1 }
        return common.flatMap { try? OfficeCode(codes[0].prefix($0)) }
    }
}

package enum DuplicateReading {
    /// Those of an area and below it, the likeliest first.
    /// - Returns: So many of them, and how many there are; of those that were judged it is known only once they are read.
    package static func page(
        in area: OfficeCode, decided: Bool, skip: Int = 0, limit: Int = .max, _ db: Database
    ) throws -> (pairs: [DuplicatePair], count: Int) {
        // Each pair once: by the row of its first side, where that one is here.
        var condition = """
            area >= ?1 AND area < ?2 AND (
                (area, person) < (other_area, other_person) OR NOT (other_area >= ?1 AND other_area < ?2))
            """
        if !decided {
            condition += """
                 AND NOT EXISTS (
                    SELECT 1 FROM duplicate_verdict AS v WHERE v.area = t.area AND v.pair = t.pair
                    AND length(\(RowWriter.office(of: duplicateVerdictTable.name, as: "v"))) BETWEEN 1
                    AND iif(substr(t.area, 1, 9) = substr(t.other_area, 1, 9), 9, 6))
                """
        }
        let span: StatementArguments = [area.digits, area.digits + ":"]
        let count = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM duplicate AS t WHERE \(condition)"), arguments: span)
        // Chosen first: who wrote a row is looked up for those of the page only.
        let page = """
            rowid IN (SELECT rowid FROM duplicate AS t WHERE \(condition) ORDER BY points DESC, pair, area LIMIT ?3 OFFSET ?4)
            ORDER BY points DESC, pair, area
            """
        return (try rows(page, span + [limit, skip], db), count ?? 0)
    }

    /// - Parameter text: The id of the pair, or the beginning of it.
    package static func one(_ text: String, in area: OfficeCode, _ db: Database) throws -> DuplicatePair {
        let unknown = DuplicateError.unknown(text.shortened)
        guard let id = IDBeginning(text) else { throw unknown }
        let found = try rows(IDBeginning.condition(on: "pair") + " ORDER BY area, id", id.arguments, db)
        // Each side may have told of it.
        let pair = try IDBeginning.only(Array(Set(found.map(\.id))), text, unknown: unknown)
        return found.first { $0.id == pair }!  // One of them.
    }

    /// Whether some pair says that this entry is another's.
    static func isMergedAway(_ side: DuplicatePair.Side, _ db: Database) throws -> Bool {
        try rows("t.area = ?1 AND (t.person = ?2 OR t.other_person = ?2)", [side.area.digits, Data(side.person)], db)
            .contains { pair in
                pair.state == .same && pair.sides.contains(side) && pair.survivor != nil && pair.survivor != side
            }
    }

    /// Whether somebody who sees both sides has said that they are two people.
    static func isJudgedDifferent(_ pair: [UInt8], in area: OfficeCode, _ db: Database) throws -> Bool {
        try rows("t.area = ? AND t.pair = ?", [area.digits, Data(pair)], db).contains { $0.state == .different }
    }

    static func verdicts(of pair: DuplicatePair, in area: OfficeCode, _ db: Database) throws -> [[UInt8]] {
        try Data.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM duplicate_verdict WHERE area = ? AND pair = ?"),
            arguments: [area.digits, Data(pair.id)]
        ).map { [UInt8]($0) }
    }

    private static func rows(
        _ condition: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> [DuplicatePair] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT t.*, \(RowWriter.office(of: duplicateTable.name, as: "t")) AS writer FROM duplicate AS t
                    WHERE \(condition)
                    """),
            arguments: arguments
        ).compactMap { $0["writer"] == "" ? nil : try pair($0, db) }
    }

    private static func pair(_ row: Row, _ db: Database) throws -> DuplicatePair? {
        guard let id = row.bytes("pair"), let person = row.bytes("person"), let other = row.bytes("other_person"),
            let otherArea = try? OfficeCode(row["other_area"] as String)
        else { return nil }
        let here = DuplicatePair.Side(area: try OfficeCode(row["area"] as String), person: person)
        let there = DuplicatePair.Side(area: otherArea, person: other)
        guard DuplicatePair.id(here, there) == id else { return nil }
        let sides = [here, there].sorted { ($0.area.digits, $0.person.hex) < ($1.area.digits, $1.person.hex) }
        let bare = DuplicatePair(
            id: id, sides: sides, points: row["points"], reasons: row["reasons"], state: .open, survivor: nil)
        guard let decider = bare.decider else { return nil }
        // Of several words that of the highest office holds, and of one office that which knew of the others, whatever a clock said.
        let verdicts = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: duplicateVerdictTable.name, as: "t")) AS writer
                    FROM duplicate_verdict AS t WHERE area = ? AND pair = ? ORDER BY id
                    """),
            arguments: [here.area.digits, Data(id)]
        ).compactMap { row -> (tier: Tier, row: Row)? in
            guard let writer = try? OfficeCode(row["writer"] as String), writer.covers(decider) else { return nil }
            return (writer.tier, row)
        }
        let highest = verdicts.map(\.tier).min()
        let words = verdicts.filter { $0.tier == highest }.map(\.row)
        let settled = Set(words.flatMap { Settled(written: $0["settles"]).ids })
        guard let last = words.last(where: { !settled.contains($0.bytes("id") ?? []) }) ?? words.last else {
            return bare
        }
        return DuplicatePair(
            id: id, sides: sides, points: bare.points, reasons: bare.reasons,
            state: (last["verdict"] as String?).flatMap(DuplicatePair.State.init) ?? .open,
            survivor: last.bytes("survivor").flatMap { person in
                (last["survivor_area"] as String?).flatMap { area in
                    sides.first { $0.person == person && $0.area.digits == area }
                }
            })
    }
}

package enum DuplicateError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case notYours(OfficeCode)
    case noSuchSide

    package var description: String {
        switch self {
        case .unknown(let id): "no one pair ‘\(id)’ is here; ‘sanji duplicate list’ shows all"
        case .notYours(let office): "\(office) sees both sides and decides this"
        case .noSuchSide: "name as survivor one of the two: AREA, or AREA/PERSON where both are of one village"
        }
    }
}

/// Judges pairs. Whoever is merged away counts in no household, and comes back when the word is taken back.
package struct DuplicateEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    /// - Parameter survivor: The side that stays: `AREA`, or `AREA/` and the beginning of the person's id.
    package func merge(_ name: String, survivor: String, reason: String) throws -> DuplicatePair {
        try judge(name, reason) { pair in
            let parts = survivor.split(separator: "/", maxSplits: 1).map { $0.lowercased() }
            let staying = pair.sides.filter { side in
                side.area.digits == parts.first && (parts.count == 1 || side.person.hex.hasPrefix(parts[1]))
            }
            guard staying.count == 1 else { throw DuplicateError.noSuchSide }
            return staying[0]
        }
    }

    /// Not the same; also takes back that they were.
    package func part(_ name: String, reason: String) throws -> DuplicatePair {
        try judge(name, reason) { _ in nil }
    }

    private func judge(
        _ name: String, _ reason: String, _ survivor: (DuplicatePair) throws -> DuplicatePair.Side?
    ) throws -> DuplicatePair {
        try replica.write(as: user) { db in
            let pair = try DuplicateReading.one(name, in: replica.office, db)
            guard let decider = pair.decider, replica.office.covers(decider) else {
                throw DuplicateError.notYours(pair.decider ?? replica.root)
            }
            let stays = try survivor(pair)
            for area in Set(pair.sides.map(\.area)).sorted(by: { $0.digits < $1.digits }) {
                try NewRow(
                    table: duplicateVerdictTable, area: area,
                    values: [
                        ("pair", pair.id.databaseValue),
                        ("verdict", (stays == nil ? "different" : "same").databaseValue),
                        ("survivor", (stays?.person).databaseValue),
                        ("survivor_area", (stays?.area.digits).databaseValue), ("day", today.description.databaseValue),
                        ("reason", reason.databaseValue),
                        ("settles", Settled(try DuplicateReading.verdicts(of: pair, in: area, db)).databaseValue),
                    ]
                ).insert(by: user, db)
            }
            // Who stays away follows from all that was judged of them, not from what this pair was before.
            for side in pair.sides {
                let isAway = try DuplicateReading.isMergedAway(side, db)
                let (from, to) = isAway ? ("live", "merged_into") : ("merged_into", "live")
                try db.execute(
                    sql: "UPDATE person SET row_state = ? WHERE area = ? AND id = ? AND row_state = ?",
                    arguments: [to, side.area.digits, Data(side.person), from])
            }
            return try DuplicateReading.one(pair.id.hex, in: replica.office, db)
        }
    }
}
