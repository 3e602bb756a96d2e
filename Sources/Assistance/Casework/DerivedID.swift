import ChangeSets
import Foundation
import GRDB

/// Ids that follow from what rows are about, so that two offices which write the same write one row. Whoever can work one out may have put an
/// odd row under it: that hides nothing, the next one is taken.
enum DerivedID {
    /// So many are passed over; each is a row that somebody has signed.
    static let attempts = 1_000

    /// - Parameter id: For an attempt from 0 on.
    /// - Returns: The first that no row of the area has, and which attempt that is.
    /// - Throws: ``WarningError/oddRows``.
    static func free(
        _ table: DomainTable, in area: OfficeCode, _ db: Database, _ id: (_ attempt: Int) -> [UInt8]
    ) throws -> (id: [UInt8], attempt: Int) {
        for attempt in 0..<attempts {
            let id = id(attempt)
            let isTaken = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM \(table.name) WHERE area = ? AND id = ?)"),
                arguments: [area.digits, Data(id)])
            if isTaken == false { return (id, attempt) }
        }
        throw WarningError.oddRows
    }

    /// Stands behind the kind of row in the name that an id is derived from; the first says nothing of attempts.
    static func mark(_ attempt: Int) -> String { attempt == 0 ? "" : "+\(attempt)" }
}
