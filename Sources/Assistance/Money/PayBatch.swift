import ChangeSets
import Foundation
import GRDB
import Replica

/// A frozen list and where it stands.
package struct PayBatch: Sendable {
    package enum Stage: String, Sendable, CaseIterable, Comparable {
        case frozen, approved, exported, settled, cancelled

        package var chinese: String {
            switch self {
            case .frozen: "已冻结"
            case .approved: "已批准"
            case .exported: "已报送"
            case .settled: "已结清"
            case .cancelled: "已作废"
            }
        }

        package static func < (a: Self, b: Self) -> Bool {
            Self.allCases.firstIndex(of: a)! < Self.allCases.firstIndex(of: b)!  // Both are cases.
        }
    }

    package struct Step: Hashable, Sendable {
        package let stage: Stage
        package let user: String
        package let day: CalendarDate?
    }

    package let id: [UInt8]
    package let kind: Roster.AidKind
    package let month: CalendarMonth
    package let lineCount: Int
    package let total: Money
    /// SHA-256 of what its lines say, hexadecimal.
    package let hash: String
    package let frozenBy: String
    package let frozenOn: CalendarDate?
    package let steps: [Step]

    /// The day by which it has been paid, by the rules of its month (domain 4.6); nil where none says it.
    package func payBy(_ db: Database, in root: OfficeCode) throws -> CalendarDate? {
        var book = try PublishedRules.book(of: root, on: month.firstDay, db)
        return (try? book.number(.rosterPayDay)).flatMap { CalendarDate(year: month.year, month: month.month, day: $0) }
    }

    /// Whether that day has gone by and the bank has not paid it; one that was frozen after it is a later one of the month.
    package func isOverdue(_ payBy: CalendarDate?, on today: CalendarDate) -> Bool {
        guard let payBy, stage < .settled else { return false }
        return payBy < today && frozenOn.map { $0 <= payBy } ?? true
    }

    /// A batch that was cancelled pays nobody, whatever else was done unaware of that before it was approved.
    package var stage: Stage {
        // What has gone to the bank cannot be called back; until then whoever calls it back prevails.
        if steps.contains(where: { $0.stage == .cancelled }),
            !steps.contains(where: { $0.stage >= .exported && $0.stage != .cancelled })
        {
            return .cancelled
        }
        return steps.map(\.stage).filter { $0 != .cancelled }.max() ?? .frozen
    }
}

/// A line of a frozen list.
package struct PayLine: Hashable, Sendable {
    package let id: [UInt8]
    package let batch: [UInt8]
    package let number: Int
    package let household: HouseholdID
    package let payee: [UInt8]?
    package let payeeName: String
    package let account: [UInt8]?
    package let tail: String
    package let people: Int
    package let category: Category
    package let parts: AidParts
    package let total: Money
    package let decision: [UInt8]?
    package let reissues: [UInt8]?
    /// The day the bank gave it back; nil where it was paid, as far as is known.
    package let returned: CalendarDate?

    /// What of a line the hash is taken over: everything that was decided about it.
    var hashed: String {
        [
            "\(number)", household.area.digits, household.id.hex, payee?.hex ?? "", payeeName, account?.hex ?? "", tail,
            "\(people)", category.rawValue, "\(parts.base.fen)", "\(parts.care.fen)", "\(parts.supplement.fen)",
            "\(total.fen)", decision?.hex ?? "",
            reissues?.hex ?? "",
        ].map { "\($0.utf8.count):\($0)" }.joined(separator: ",")
    }
}

package enum PayBatches {
    package static func all(
        _ kind: Roster.AidKind? = nil, _ month: CalendarMonth? = nil, _ db: Database
    ) throws -> [PayBatch] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(selectBatch)
                    WHERE month = coalesce(?, month) AND aid_kind = coalesce(?, aid_kind) ORDER BY month, id
                    """),
            arguments: [month?.description, kind?.rawValue]
        ).compactMap { try batch($0, db) }
    }

    /// - Parameter text: The id or the beginning of it.
    package static func one(_ text: String, _ db: Database) throws -> PayBatch {
        let found = try all(nil, nil, db).filter { text.utf8.count >= 4 && $0.id.hex.hasPrefix(text.lowercased()) }
        guard found.count == 1 else { throw RosterError.unknown(text.shortened) }
        return found[0]
    }

    private static func batch(_ row: Row, _ db: Database) throws -> PayBatch? {
        guard let kind = Roster.AidKind(rawValue: row["aid_kind"]),
            let month = (row["month"] as String?).flatMap({ CalendarMonth(written: $0) }), row["writer"] != ""
        else { return nil }
        let id = row.bytes("id") ?? []
        let stages: [String: PayBatch.Stage] = [
            "approve": .approved, "export": .exported, "settle": .settled, "cancel": .cancelled,
        ]
        let steps = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM pay_step WHERE area = ? AND batch = ? ORDER BY id"),
            arguments: [row["area"] as String, Data(id)]
        ).compactMap { step in
            stages[step["step"]].map { PayBatch.Step(stage: $0, user: step["created_by"], day: step.date("day")) }
        }
        return PayBatch(
            id: id, kind: kind, month: month, lineCount: row["lines"], total: row.money("total_fen"), hash: row["hash"],
            frozenBy: row["created_by"], frozenOn: row.date("day"), steps: steps)
    }

    /// In order of their numbers.
    package static func lines(
        of batch: [UInt8], skip: Int = 0, limit: Int = .max, _ db: Database
    ) throws -> [PayLine] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(select) WHERE l.rowid IN (
                        SELECT rowid FROM pay_line WHERE batch = ? ORDER BY number, area, id LIMIT ? OFFSET ?)
                    ORDER BY l.number, l.area, l.id
                    """),
            arguments: [Data(batch), limit, skip]
        ).compactMap(PayLine.init)
    }

    package static func lines(of household: HouseholdID, _ db: Database) throws -> [PayLine] {
        try Row.fetchAll(
            db.cachedStatement(sql: "\(select) WHERE l.area = ? AND l.household = ? ORDER BY l.id"),
            arguments: [household.area.digits, Data(household.id)]
        ).compactMap(PayLine.init)
    }

    /// What batches that were not cancelled pay a household, with what the bank gave back.
    static func payments(of household: HouseholdID, _ db: Database) throws -> [(line: PayLine, batch: PayBatch)] {
        let lines = try lines(of: household, db)
        var live: [[UInt8]: PayBatch] = [:]
        for id in Set(lines.map(\.batch)) {
            live[id] = try self.live(id, db)
        }
        return lines.compactMap { line in live[line.batch].map { (line, $0) } }
    }

    /// - Returns: nil for one that was cancelled, or is not here.
    static func live(_ id: [UInt8], _ db: Database) throws -> PayBatch? {
        // They are the district's.
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "\(selectBatch) WHERE area = substr(office(), 1, 6) AND id = ?"),
            arguments: [Data(id)])
        return try row.flatMap { try batch($0, db) }.flatMap { $0.stage == .cancelled ? nil : $0 }
    }

    private static let selectBatch =
        "SELECT *, \(RowWriter.office(of: payBatchTable.name, as: "t")) AS writer FROM pay_batch AS t"

    private static let select = "SELECT l.*, (SELECT max(r.day) \(returns)) AS returned FROM pay_line AS l"

    /// Of a line `l`, what the bank gave back and nobody has taken back as a mistake.
    static let returns = """
        FROM pay_return AS r WHERE r.area = l.area AND r.line = l.id AND r.withdrawn = 0 AND NOT EXISTS (
            SELECT 1 FROM pay_return AS u WHERE u.area = r.area AND u.line = r.line AND u.withdrawn = 1
            AND instr(u.settles, lower(hex(r.id))) > 0)
        """

    /// Another batch that was not cancelled and pays the household of a line in the same month, by whatever kind of aid: they exclude
    /// each other (domain 4.6).
    static func live(_ line: PayLine, besides batch: PayBatch, _ db: Database) throws -> [UInt8]? {
        try payments(of: line.household, db).first { other, paying in
            guard paying.id != batch.id, paying.month == batch.month else { return false }
            // What the bank gave back is paid by nobody, and a line that pays it again is its successor.
            return other.returned == nil && line.returned == nil || other.reissues == line.id
        }?.batch.id
    }

    /// SHA-256 of which list it is, and of what its lines say.
    static func hash(_ lines: [PayLine], of batch: [UInt8], _ kind: Roster.AidKind, _ month: CalendarMonth) -> String {
        let list = "\(batch.hex) \(kind.rawValue) \(month)"
        return Algorithm.ed25519.hash(Array(([list] + lines.map(\.hashed)).joined(separator: "\n").utf8)).hex
    }
}

extension PayLine {
    /// - Returns: nil for a row that no office writes.
    fileprivate init?(_ row: Row) {
        guard let number = row["number"] as Int?, let household = row.bytes("household"),
            let area = try? OfficeCode(row["area"] as String), let category = Category(rawValue: row["category"])
        else { return nil }
        id = row.bytes("id") ?? []
        batch = row.bytes("batch") ?? []
        self.number = number
        self.household = HouseholdID(area: area, id: household)
        payee = row.bytes("payee")
        payeeName = row["payee_name"]
        account = row.bytes("account")
        tail = row["tail"]
        people = row["people"]
        self.category = category
        parts = AidParts(
            base: row.money("base_fen"), care: row.money("care_fen"), supplement: row.money("supplement_fen"))
        total = row.money("total_fen")
        decision = row.bytes("decision")
        reissues = row.bytes("reissues")
        returned = row.date("returned")
    }
}
