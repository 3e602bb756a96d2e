import ChangeSets
import Foundation
import GRDB
import Replica

/// 部门发放: what a household got from another department in a month.
package struct Grant: Hashable, Sendable {
    package let id: [UInt8]
    package let household: HouseholdID
    package let person: [UInt8]?
    package let department: String
    package let kind: AidKind
    package let programme: String
    package let basis: String
    package let month: CalendarMonth
    package let amount: Money
    package let quantity: String?
    package let value: Money?
    package let paidOn: CalendarDate?
}

package enum Grants {
    /// In order of their ids, without those that were taken back.
    package static func all(of household: HouseholdID, _ db: Database) throws -> [Grant] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: grantTable.name, as: "t")) AS writer FROM department_grant AS t
                    WHERE area = ? AND household = ? AND NOT \(Withdrawable.grant.sql("t")) ORDER BY id
                    """),
            arguments: [household.area.digits, Data(household.id)]
        ).compactMap(Grant.init)
    }
}

extension Grant {
    /// - Returns: nil for one that nobody wrote, or that this program cannot read.
    init?(_ row: Row) {
        guard row["writer"] as String? != "", let area = try? OfficeCode(row["area"] as String),
            let household = row.bytes("household"), let kind = AidKind(rawValue: row["kind"]),
            let month = (row["month"] as String?).flatMap({ CalendarMonth(written: $0) })
        else { return nil }
        id = row.bytes("id") ?? []
        self.household = HouseholdID(area: area, id: household)
        person = row.bytes("person")
        department = row["department"]
        self.kind = kind
        programme = row["programme"]
        basis = row["basis"]
        self.month = month
        amount = row.money("amount_fen")
        quantity = row["quantity"]
        value = row["quantity"] as String? == nil ? nil : row.money("value_fen")
        paidOn = row.date("paid_on")
    }
}

package struct GrantReport: Hashable, Sendable {
    package internal(set) var new = 0
    package internal(set) var known = 0
    package internal(set) var refused: [RefusedRow<GrantFault>] = []
}

/// Takes what other departments have paid. Each good line is written for the household of its person; one that comes again, here or at another
/// office, is the same row.
package enum GrantImport {
    /// - Parameter department: Who hands it over; with the line's number it names the line for good.
    /// - Throws: `TextEncodingError`, `CsvError`, ``GrantFault/header``, or what the replica throws; then nothing was taken.
    package static func `import`(
        _ file: [UInt8], department: String, into replica: OfficeReplica, as user: ActingUser, today: CalendarDate
    ) throws -> GrantReport {
        guard replica.office.tier != .village else { throw SignalImportError.village(replica.office) }
        guard !department.isEmpty else { throw SignalImportError.unnamed }
        let (lines, refused) = try GrantSheet.read(file, today: today)
        return try replica.write(as: user) { db in
            var report = GrantReport(refused: refused)
            for (line, grant) in lines {
                guard let person = try person(grant.identity, db) else {
                    report.refused.append(
                        RefusedRow(line: line, fault: grant.identity.fault.map(GrantFault.identity) ?? .nobody))
                    continue
                }
                let row = NewRow(
                    table: grantTable, area: person.household.area,
                    values: values(grant, department, person.id, of: person.household))
                let name = "\(department)/\(grant.number)"
                let known: Stored
                do { known = try stored(name, like: row, db) } catch let error as WarningError {
                    report.refused.append(RefusedRow(line: line, fault: .odd("\(error)")))
                    continue
                }
                switch known {
                case .new(let id):
                    try row.insert(id: id, by: user, db)
                    report.new += 1
                case .same: report.known += 1
                case .other: report.refused.append(RefusedRow(line: line, fault: .saysOtherwise))
                }
            }
            report.refused.sort { $0.line < $1.line }
            return report
        }
    }

    /// Of one who is registered twice always the same.
    private static func person(
        _ identity: NamedIdentity, _ db: Database
    ) throws -> (id: [UInt8], household: HouseholdID)? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT area, id, household FROM person
                    WHERE id_number = ? AND row_state = 'live' AND household IS NOT NULL ORDER BY area, id LIMIT 1
                    """),
            arguments: [identity.digits]
        ).map { row in
            (
                row.bytes("id") ?? [],
                HouseholdID(area: try OfficeCode(row["area"] as String), id: row.bytes("household") ?? [])
            )
        }
    }

    private static func values(
        _ grant: GrantLine, _ department: String, _ person: [UInt8], of household: HouseholdID
    ) -> [(column: String, value: DatabaseValue)] {
        [
            ("household", household.id.databaseValue), ("person", person.databaseValue),
            ("department", department.databaseValue), ("kind", grant.kind.rawValue.databaseValue),
            ("programme", grant.programme.databaseValue), ("basis", grant.basis.databaseValue),
            ("month", grant.month.description.databaseValue), ("amount_fen", grant.amount.fen.databaseValue),
            ("quantity", grant.quantity.databaseValue), ("value_fen", (grant.value?.fen ?? 0).databaseValue),
            ("paid_on", grant.paidOn.written),
        ]
    }

    private static func id(_ name: String, _ attempt: Int) -> [UInt8] {
        UUIDs.version5("department_grant\(DerivedID.mark(attempt))/\(name)")
    }

    /// In whatever area, with whether each was taken back.
    private static func rows(_ id: [UInt8], _ db: Database) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: grantTable.name, as: "t")) AS writer,
                        \(Withdrawable.grant.sql("t")) AS is_withdrawn
                    FROM department_grant AS t WHERE id = ? ORDER BY area
                    """), arguments: [Data(id)])
    }

    /// Takes a line back that was wrong: the newest of its number that counts.
    /// - Throws: ``WithdrawalError``, ``CaseError``; then nothing was written.
    package static func withdraw(
        _ number: String, of department: String, reason: String, in replica: OfficeReplica, as user: ActingUser,
        today: CalendarDate
    ) throws -> Grant {
        try replica.write(as: user) { db in
            for attempt in 0..<DerivedID.attempts {
                let rows = try rows(id("\(department)/\(number)", attempt), db)
                if rows.isEmpty { break }
                for row in rows where !row.isTrue("is_withdrawn") {
                    guard let grant = Grant(row), let writer = try? OfficeCode(row["writer"] as String),
                        writer.covers(grant.household.area)
                    else { continue }
                    try Withdrawable.grant.withdraw(
                        grant.id, in: grant.household.area, of: writer, at: replica.office, reason: reason, as: user,
                        on: today, db)
                    return grant
                }
            }
            throw WithdrawalError.noSuchLine(department: department, number: number)
        }
    }

    private enum Stored {
        case new(id: [UInt8])
        case same
        case other
    }

    /// Whether the line was taken before: its row may have moved to another household with its person. What an office wrote that has no say
    /// over the person's village is not the line.
    private static func stored(_ name: String, like row: NewRow, _ db: Database) throws -> Stored {
        for attempt in 0..<DerivedID.attempts {
            let known = try rows(id(name, attempt), db)
            if known.isEmpty { break }
            guard
                let known = known.first(where: { known in
                    known["household"] as Data? != nil
                        && (try? OfficeCode(known["writer"] as String))?.covers(row.area) ?? false
                })
            else { continue }
            let isSame = row.values.allSatisfy {
                ["household", "person"].contains($0.column) || known[$0.column] == $0.value
            }
            if isSame { return .same }
            // What was taken back under a number may come anew, as it should have been.
            if known.isTrue("is_withdrawn") { continue }
            return .other
        }
        return .new(id: try DerivedID.free(row.table, in: row.area, db) { id(name, $0) }.id)
    }
}
