import ChangeSets
import Foundation
import GRDB
import Replica

/// What was spent, by area, month, programme and department: kept by where it comes from, and of each source counted anew whenever
/// something of it has changed. Every line of a year's lists would be read for each look otherwise.
struct SpentDesk {
    private let replica: OfficeReplica
    private let user = ActingUser("desk")

    init(_ replica: OfficeReplica) { self.replica = replica }

    private enum Source: Hashable {
        case batch([UInt8])
        case relief, referrals, grants

        var name: String {
            switch self {
            case .batch(let id): "batch \(id.hex)"
            case .relief: "relief"
            case .referrals: "referrals"
            case .grants: "grants"
            }
        }
    }

    private static let tables: Set<String> = [
        payBatchTable.name, payStepTable.name, payLineTable.name, payReturnTable.name, reliefTable.name,
        reliefWithdrawalTable.name, referralTable.name, referralReplyTable.name, grantTable.name,
        grantWithdrawalTable.name, parameterTable.name,
    ]

    func refresh() throws {
        let follower = LogFollower(replica: replica, user: user, key: "spent 1", tables: Self.tables)
        try follower.follow(first: fill) { rows, db in
            for source in try Self.sources(of: rows, db) { try put(source, db) }
        }
    }

    private func fill(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM desk_spent")
        for batch in try PayBatches.all(nil, nil, db) { try put(.batch(batch.id), db) }
        for source in [Source.relief, .referrals, .grants] { try put(source, db) }
    }

    private static func sources(of rows: Set<RecordID>, _ db: Database) throws -> Set<Source> {
        var found: Set<Source> = []
        func batch(_ sql: String, _ row: RecordID) throws {
            guard case .blob(let id)? = row.key.first else { return }
            let batch = try Data.fetchOne(
                db.cachedStatement(sql: sql), arguments: [row.area.digits, Data(id)])
            if let batch { found.insert(.batch([UInt8](batch))) }
        }
        for row in rows {
            switch row.table {
            case payBatchTable.name: if case .blob(let id)? = row.key.first { found.insert(.batch(id)) }
            case payStepTable.name: try batch("SELECT batch FROM pay_step WHERE area = ? AND id = ?", row)
            case payLineTable.name: try batch("SELECT batch FROM pay_line WHERE area = ? AND id = ?", row)
            case payReturnTable.name:
                try batch(
                    """
                    SELECT l.batch FROM pay_return AS r JOIN pay_line AS l ON l.area = r.area AND l.id = r.line
                    WHERE r.area = ? AND r.id = ?
                    """, row)
            // What may be given, a rule says.
            case reliefTable.name, reliefWithdrawalTable.name, parameterTable.name: found.insert(.relief)
            case grantTable.name, grantWithdrawalTable.name: found.formUnion([.grants, .referrals])
            default: found.insert(.referrals)
            }
        }
        return found
    }

    private func put(_ source: Source, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM desk_spent WHERE source = ?").execute(arguments: [source.name])
        let sums = try Self.items(source, db).reduce(into: [Item.Key: (lines: Int, amount: Money)]()) { sums, item in
            let sum = sums[item.key] ?? (0, .zero)
            sums[item.key] = (sum.lines + item.lines, sum.amount + item.amount)
        }
        for (key, sum) in sums where sum.lines > 0 {
            let values: [(String, DatabaseValue)] = [
                ("source", source.name.databaseValue), ("area", key.area.digits.databaseValue),
                ("month", key.month.description.databaseValue), ("programme", key.programme.databaseValue),
                ("department", key.department.databaseValue), ("lines", sum.lines.databaseValue),
                ("fen", sum.amount.fen.databaseValue),
            ]
            try Assistance.put(values, into: "desk_spent", db)
        }
    }
}

// MARK: What each source comes to

extension SpentDesk {
    private struct Item {
        struct Key: Hashable { let area: OfficeCode, month: CalendarMonth, programme: String, department: String }
        let key: Key
        let lines: Int
        let amount: Money

        init(
            _ area: OfficeCode, _ month: CalendarMonth, _ programme: String, _ department: String, _ amount: Money,
            lines: Int = 1
        ) {
            key = Key(area: area, month: month, programme: programme, department: department)
            (self.lines, self.amount) = (lines, amount)
        }
    }

    private static func items(_ source: Source, _ db: Database) throws -> [Item] {
        switch source {
        case .batch(let id): try paid(by: id, db)
        case .relief:
            try Reliefs.all(db).filter(\.isValid).map {
                Item($0.household.area, $0.month, "临时救助", Department.civilAffairs.chinese, $0.amount)
            }
        case .referrals: try given(db)
        case .grants: try granted(db)
        }
    }

    private static func paid(by id: [UInt8], _ db: Database) throws -> [Item] {
        guard let batch = try PayBatches.live(id, db) else { return [] }
        // All lines first and without those that came back: of these there are few, and asking each line is slow.
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT area, count(*) AS lines, sum(total_fen) AS fen FROM pay_line WHERE batch = ?1 GROUP BY area
                    UNION ALL
                    SELECT l.area, -1, -l.total_fen FROM (SELECT DISTINCT area, line FROM pay_return) AS x
                    JOIN pay_line AS l ON l.area = x.area AND l.id = x.line
                    WHERE l.batch = ?1 AND EXISTS (SELECT 1 \(PayBatches.returns))
                    """), arguments: [Data(id)])
        return try rows.map { row in
            Item(
                try OfficeCode(row["area"] as String), batch.month, batch.kind.chinese,
                Department.civilAffairs.chinese, row.money("fen"), lines: row["lines"])
        }
    }

    /// What departments have answered that they gave, as the families' lists count it: a department's own line goes before an answer that says
    /// the same.
    private static func given(_ db: Database) throws -> [Item] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT f.area, f.household FROM referral_reply AS r
                JOIN referral AS f ON f.area = r.area AND f.id = r.referral WHERE r.reply = 'given'
                """
        ).flatMap { row in
            let household = HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? [])
            return try ReferralReading.gifts(of: household, besides: try Grants.all(of: household, db), db).compactMap {
                referral, answer in
                answer.month.map {
                    Item(
                        household.area, $0, answer.programme ?? referral.need, referral.department.chinese,
                        answer.amount)
                }
            }
        }
    }

    private static func granted(_ db: Database) throws -> [Item] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT area, month, programme, department, count(*) AS lines, sum(amount_fen) AS fen FROM department_grant AS g
                WHERE quantity IS NULL AND NOT \(Withdrawable.grant.sql("g")) GROUP BY area, month, programme, department
                """
        ).compactMap { row in
            guard let month = (row["month"] as String?).flatMap({ CalendarMonth(written: $0) }) else { return nil }
            let department: String = row["department"]
            return Item(
                try OfficeCode(row["area"] as String), month, row["programme"],
                Department(rawValue: department)?.chinese ?? department, row.money("fen"), lines: row["lines"])
        }
    }
}
