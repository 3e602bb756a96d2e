import ChangeSets
import Foundation
import GRDB
import Replica

/// Rows of a table of facts that hold: neither replaced nor taken back by the same or a higher tier; each with the office that wrote it as `writer`.
struct HoldingFacts {
    let rows: [Row]

    /// - Parameter subject: The column that says whom the facts are of, and who that is.
    init(_ table: DomainTable, _ area: OfficeCode, _ subject: (column: String, id: [UInt8]), _ db: Database) throws {
        // In order of their keys, which begin with the time: every office reads them in one order.
        rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t WHERE area = ? AND \(subject.column) = ? AND withdrawn = 0
                    AND NOT EXISTS (
                        SELECT 1 FROM \(table.name) AS r WHERE r.area = t.area AND r.replaces = t.id
                        AND length(\(RowWriter.office(of: table.name, as: "r"))) BETWEEN 1
                        AND length(\(RowWriter.office(of: table.name, as: "t"))))
                    ORDER BY id
                    """),
            arguments: [area.digits, Data(subject.id)])
    }
}

extension Row {
    func bytes(_ column: String) -> [UInt8]? { (self[column] as Data?).map { [UInt8]($0) } }
    func date(_ column: String) -> CalendarDate? { (self[column] as String?).flatMap { CalendarDate(written: $0) } }
    /// Of a person: as it was typed in, else by the identity number.
    var birth: CalendarDate? {
        date("birth") ?? (self["id_number"] as String?).flatMap { try? IdentityNumber($0).birth }
    }
    func money(_ column: String) -> Money { Money(fen: self[column]) }
    func isTrue(_ column: String) -> Bool { self[column] == 1 }
}
