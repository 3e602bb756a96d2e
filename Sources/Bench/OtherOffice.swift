import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica

/// An office below the district that has nothing but what it writes itself, which arrives there when it is delivered.
struct OtherOffice {
    private let office: BenchReplica
    private let district: OfficeReplica

    init(_ code: String, beside district: OfficeReplica, in folder: URL) throws {
        self.district = district
        office = try BenchReplica(folder, office: code, named: code, domain: AssistanceSchema.domain)
        let entry = OfficeEntry(code: office.replica.office, name: code)
        let author = try office.own.entry(office: office.replica.office)
        try district.enrol([Enrolment(office: entry, author: author)], as: ActingUser("bench"))
    }

    /// - Parameters:
    ///   - sql: A statement that takes the columns of one row.
    ///   - rows: The district's.
    func write(_ sql: String, for rows: [Row]) throws {
        try office.replica.write(as: ActingUser("bench")) { db in
            for row in rows {
                try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(row.databaseValues))
            }
        }
    }

    func deliver() throws {
        for batch in try office.outgoing(from: nil) {
            let outcome = try district.accept(batch)
            precondition(outcome.refused.isEmpty)
        }
    }
}
