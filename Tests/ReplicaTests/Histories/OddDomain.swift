import ChangeSets
import Foundation
import MergeModel
import Replica

/// A table with columns of every type, and bodies for it of which any byte may be wrong.
enum OddDomain {
    static let table = SyncedTable(
        "odd", key: [.init("id", .text), .init("part", .integer)], areas: [.village],
        cells: [
            .column("r", .real, .minimum), .column("a", .any, .maximum), .column("t", .text, .nearest),
            .group("g", .highest, [.init("b", .blob), .init("i", .integer, notNull: true, default: .integer(0))]),
            .column("c", .integer, notNull: true, default: .integer(0), .counter),
        ])

    static let schema = DomainSchema(
        versions: [SyncedSchema(version: 1, tables: [table])],
        migrations: [
            (
                "odd 1",
                """
                CREATE TABLE odd (
                    area TEXT NOT NULL, id TEXT NOT NULL, part INTEGER NOT NULL, r REAL CHECK (r < '9' OR r / 2),
                    a ANY, t TEXT CHECK (length(t) < 4), b BLOB, i INTEGER NOT NULL DEFAULT 0,
                    c INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (area, id, part)
                ) STRICT
                """
            )
        ])

    static func body(area: String, using random: inout ModelRandom) -> [UInt8] {
        var writer = ChangesetWriter()
        let count = table.columns.count
        let header = ChangesetTable(name: "odd", columnCount: count, isKey: (0..<count).map { $0 < 3 })
        for part in Int64(0)..<3 where Bool.random(using: &random) {
            let key: [CellValue] = [.text(area), .text("k"), .integer(part)]
            var row: [CellValue] { (3..<count).map { value(of: table.columns[$0], using: &random) } }
            switch Int.random(in: 0..<5, using: &random) {
            case 0: writer.appendDelete(header, values: key + row)
            case 1, 2: writer.appendInsert(header, values: key + row)
            default:
                let written = table.cellRanges.flatMap { range in
                    let isWritten = Bool.random(using: &random)
                    return range.map { _ in isWritten }
                }
                func record() -> [CellValue?] { zip(written, row).map { $0 ? $1 : nil } }
                writer.appendUpdate(header, old: key + record(), new: [nil, nil, nil] + record())
            }
        }
        var bytes = writer.bytes
        while !bytes.isEmpty, Int.random(in: 0..<4, using: &random) == 0 {
            let place = bytes.indices.randomElement(using: &random)!
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
        return bytes
    }

    /// Mostly one that the column takes.
    private static func value(of column: SyncedColumn, using random: inout ModelRandom) -> CellValue {
        let integers: [CellValue] = [.integer(0), .integer(1), .integer(.max), .integer(.min)]
        let reals: [CellValue] = [0, -0.0, 1, 9.5, 0.25, .infinity, -.infinity, .nan, 0x1p63, .leastNonzeroMagnitude]
            .map { .real($0) }
        let texts: [CellValue] = ["", "1", "a b", "甲", "long"].map { .text($0) }
        let blobs: [CellValue] = [.blob([]), .blob([0]), .blob([0x31])]
        let fitting: [CellValue] =
            switch column.type {
            case .integer: integers
            case .real: reals
            case .text: texts
            case .blob: blobs
            case .any: integers + reals + texts + blobs
            }
        let usual = column.notNull ? fitting : fitting + [.null]
        let isOdd = Int.random(in: 0..<60, using: &random) == 0
        return (isOdd ? integers + reals + texts + blobs + [.null] : usual).randomElement(using: &random)!
    }
}
