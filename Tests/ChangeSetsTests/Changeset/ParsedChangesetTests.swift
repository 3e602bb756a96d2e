import ChangeSets
import Testing

@Suite struct `A changeset body` {
    /// One of each operation, every storage class, two tables.
    static let sample = ChangesetWriter.body { writer in
        writer.appendInsert(TestTables.family, values: TestTables.familyRow(1) { $0[6] = .real(1.5) })
        let (old, new) = TestTables.familyUpdate([2: .text("1"), 6: .blob([1, 2])], [2: .null, 6: .integer(-7)])
        writer.appendUpdate(TestTables.family, old: old, new: new)
        writer.appendDelete(TestTables.stock, values: TestTables.stockRow("a", 5))
    }

    @Test func `is what SQLite's session extension writes`() {
        let body = ChangesetWriter.body { writer in
            let table = ChangesetTable(name: "t", columnCount: 3, isKey: [true, false, false])
            writer.appendInsert(table, values: [.integer(1), .text("ab"), .null])
            writer.appendUpdate(table, old: [.integer(1), nil, .null], new: [nil, nil, .real(1)])
            writer.appendDelete(table, values: [.integer(1), .blob([9]), .real(-2)])
        }
        let written = [
            "54 03 010000 7400",  // T, 3 columns, the first is the key, "t"
            "12 00 01 0000000000000001 03 02 6162 05",  // insert: 1, 'ab', NULL
            "17 00 01 0000000000000001 00 05 00 00 02 3ff0000000000000",  // update: old, then new
            "09 00 01 0000000000000001 04 01 09 02 c000000000000000",  // delete
        ]
        #expect(body.hex == written.joined().filter { $0 != " " })
    }

    @Test func `is cut into tables, changes and values`() throws {
        let body = try ParsedChangeset(Self.sample)
        #expect(body.tables == [TestTables.family, TestTables.stock])
        #expect(body.changes.map(\.operation) == [.insert, .update, .delete])
        #expect(body.changes.map(\.table) == [0, 0, 1])
        let (insert, update, delete) = (body.changes[0], body.changes[1], body.changes[2])
        #expect(body.old(insert).isEmpty)
        #expect(body.new(insert).map(body.value) == TestTables.familyRow(1) { $0[6] = .real(1.5) })
        let (old, new) = TestTables.familyUpdate([2: .text("1"), 6: .blob([1, 2])], [2: .null, 6: .integer(-7)])
        #expect(body.old(update).map(body.value) == old)
        #expect(body.new(update).map(body.value) == new)
        #expect(body.old(delete).map(body.value) == TestTables.stockRow("a", 5))
        #expect(body.new(delete).isEmpty)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `comes back from the writer byte by byte`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = ChangesetWriter.random(using: &random)
        let body = try ParsedChangeset(bytes)
        var copy = ChangesetWriter()
        for change in body.changes { copy.append(change, of: body) }
        #expect(copy.bytes == bytes)
    }

    @Test func `may be empty`() throws {
        #expect(try ParsedChangeset([]).changes.isEmpty)
        #expect(ChangesetWriter().isEmpty)
    }

    @Test func `lengths of any size are written and read`() throws {
        for count in [0, 1, 127, 128, 16383, 16384, 70_000, 2_097_152] {
            let values = TestTables.familyRow(1) { $0[6] = .blob([UInt8](repeating: 7, count: count)) }
            let body = try ParsedChangeset(ChangesetWriter.body { $0.appendInsert(TestTables.family, values: values) })
            #expect(body.new(body.changes[0]).map(body.value) == values)
        }
    }
}

extension ChangesetWriter {
    /// A few changes of random tables with random values.
    static func random(using random: inout SeededGenerator) -> [UInt8] {
        let tables = (1...3).map { index in
            let count = Int.random(in: 1...6, using: &random)
            return ChangesetTable(name: "t\(index)", columnCount: count, isKey: (0..<count).map { $0 == 0 })
        }
        var writer = ChangesetWriter()
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let table = tables.randomElement(using: &random)!
            let values = (0..<table.columnCount).map { _ in CellValue.random(using: &random) }
            switch Int.random(in: 0..<3, using: &random) {
            case 0: writer.appendInsert(table, values: values)
            case 1: writer.appendDelete(table, values: values)
            default: writer.appendUpdate(table, old: values.map { Bool.random(using: &random) ? $0 : nil }, new: values)
            }
        }
        return writer.bytes
    }
}
