import ChangeSets
import Foundation
import GRDB
import MergeModel

@testable import Replica

/// A person keeps what is shown of a conflict.
package struct RandomResolution {
    package let what: String
    private let resolution: Capture.Resolution

    /// - Returns: nil where no cell of an area that the office may write is in conflict.
    package init?(in replica: OfficeReplica, using random: inout ModelRandom) throws {
        let open = try replica.read { db in
            try Row.fetchAll(db, sql: "SELECT area, tbl, key, cell FROM sanji_conflict WHERE cell <> '' ORDER BY id")
        }.filter { try replica.office.covers(OfficeCode($0["area"] as String)) }
        guard let row = open.randomElement(using: &random),
            let table = replica.history.current.table(named: row["tbl"]),
            let cell = table.cells.firstIndex(where: { $0.name == row["cell"] })
        else { return nil }
        var reader = ValueReader([UInt8](row["key"] as Data))
        guard let area = reader.value(), let id = reader.value() else { return nil }
        what = "\(table.name).\(table.cells[cell].name) of \(area) \(id)"
        resolution = Capture.Resolution(table: table.name, key: [area, id], cell: cell)
    }

    package func keep(in replica: OfficeReplica) throws {
        try replica.capture(as: ActingUser("乙"), mode: .block, resolutions: [resolution]) { _ in }
    }
}
