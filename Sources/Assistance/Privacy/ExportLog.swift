import ChangeSets
import Foundation
import GRDB
import Replica

/// 导出记录: one file with people's data that has left an office. Its code stands on every line of the file, so that a copy tells who took it.
package struct ExportRecord: Hashable, Sendable {
    package enum Content: String, Sendable, CaseIterable {
        case households, referral, bank, statistics

        package var chinese: String {
            switch self {
            case .households: "户籍台账"
            case .referral: "转介信息"
            case .bank: "银行发放文件"
            case .statistics: "统计表"
            }
        }
    }

    package let code: String
    package let office: OfficeCode
    package let user: String
    package let day: CalendarDate?
    package let content: Content
    /// Which part: an area, a referral or a batch.
    package let part: String
    package let lines: Int
    package let purpose: String
    package let reason: String
    /// SHA-256 of the file, hexadecimal.
    package let hash: String
    /// Who agreed that it is taken; empty where one person is enough.
    package let secondedBy: String
}

package enum ExportLog {
    /// Makes a file and writes down that it was taken, in one transaction.
    /// - Parameters:
    ///   - part: What it is of: an area, a referral or a batch.
    ///   - make: Given the code, the file's bytes and how many lines it has.
    /// - Returns: The code, and the bytes, to be written once they are on record.
    static func record(
        _ content: ExportRecord.Content, _ part: String, purpose: String, reason: String, at office: OfficeCode,
        by user: ActingUser, secondedBy: String = "", on today: CalendarDate, _ db: Database,
        _ make: (_ code: String) throws -> (bytes: [UInt8], lines: Int)
    ) throws -> (code: String, bytes: [UInt8]) {
        let id = [UInt8](try Data.fetchOne(db, sql: "SELECT uuid7()")!)  // A function of the engine's own.
        let file = try make(code(id))
        try NewRow(
            table: table(of: office.tier), area: office,
            values: [
                ("content", content.rawValue.databaseValue), ("part", part.databaseValue),
                ("lines", file.lines.databaseValue), ("purpose", purpose.databaseValue),
                ("reason", reason.databaseValue), ("day", today.written),
                ("seconded_by", secondedBy.databaseValue),
                ("hash", Algorithm.ed25519.hash(file.bytes).hex.databaseValue),
            ]
        ).insert(id: id, by: user, db)
        return (code(id), file.bytes)
    }

    private static func table(of tier: Tier) -> DomainTable {
        switch tier {
        case .village: villageExportTable
        case .town: townExportTable
        default: districtExportTable
        }
    }

    /// The last digits of its id: the first ones are the time, which many share.
    private static func code(_ id: [UInt8]) -> String { "DC-" + id.suffix(5).hex.uppercased() }

    /// Of an area and below it, as far as it has arrived here; the last first.
    /// - Parameters:
    ///   - area: nil for all that are here.
    ///   - code: Only the one that stands on a paper.
    package static func all(in area: OfficeCode?, code wanted: String? = nil, _ db: Database) throws -> [ExportRecord] {
        var rows: [Row] = []
        let start = area?.digits ?? ""
        for table in [villageExportTable, townExportTable, districtExportTable] {
            rows += try Row.fetchAll(
                db,
                sql: """
                    SELECT *, \(RowWriter.office(of: table.name, as: "t")) AS writer FROM \(table.name) AS t
                    WHERE area >= ? AND area < ?
                    """, arguments: [start, start + ":"])
        }
        rows.sort { ($0.bytes("id") ?? []).hex > ($1.bytes("id") ?? []).hex }
        return rows.compactMap { row -> ExportRecord? in
            let code = code(row.bytes("id") ?? [])
            guard wanted.map({ $0.uppercased() == code }) ?? true,
                let office = try? OfficeCode(row["writer"] as String),
                let content = ExportRecord.Content(rawValue: row["content"])
            else { return nil }
            return ExportRecord(
                code: code, office: office, user: row["created_by"], day: row.date("day"), content: content,
                part: row["part"], lines: row["lines"], purpose: row["purpose"], reason: row["reason"],
                hash: row["hash"], secondedBy: row["seconded_by"])
        }
    }
}
