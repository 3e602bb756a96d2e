import ChangeSets
import Testing

@Suite struct `A body that is no changeset` {
    private func refusal(_ bytes: [UInt8]) -> InvalidChangeset? {
        do {
            _ = try ParsedChangeset(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `is refused wherever it is cut, but between changes`() throws {
        let sample = `A changeset body`.sample
        let one = ChangesetWriter.body {
            $0.appendInsert(TestTables.family, values: TestTables.familyRow(1) { $0[6] = .real(1.5) })
        }
        let two = ChangesetWriter.body { writer in
            writer.appendInsert(TestTables.family, values: TestTables.familyRow(1) { $0[6] = .real(1.5) })
            let (old, new) = TestTables.familyUpdate([2: .text("1"), 6: .blob([1, 2])], [2: .null, 6: .integer(-7)])
            writer.appendUpdate(TestTables.family, old: old, new: new)
        }
        let whole = [0, one.count, two.count, sample.count]
        for count in 0...sample.count {
            #expect((refusal(Array(sample.prefix(count))) == nil) == whole.contains(count), "cut to \(count)")
        }
    }

    @Test(arguments: [
        "00", "12 00", "53", "55 01 01 7400",  // No table before the change; no marker.
        "54 00", "54 00 7400", "54 8149 00",  // No columns; more than the limit.
        "54 01 01 7400", "54 01 01 7400 54 01 01 7500 12 00 05",  // A table without a change.
        "54 01 01 ff00 12 00 05",  // A name that is not UTF-8.
        "54 01 01 7400 12 00 06", "54 01 01 7400 12 00 ff",  // No such storage class.
        "54 01 01 7400 12 00 03 8080808080808001", "54 01 01 7400 12 00 04 ffffffffff",  // Lengths beyond 32 bits.
        "54 ffffffff7f", "54 9080808000",
    ])
    func `is refused for bytes that make no sense`(hex: String) {
        let bytes = [UInt8](hex: hex.filter { $0 != " " })!
        #expect(refusal(bytes) != nil)
    }

    @Test func `is refused when a length points beyond the end`() {
        for length in ["01", "8100", "ff7f", "83ffff7f", "8fffffff7f"] {
            let bytes = [UInt8](hex: "5401017400" + "1200" + "03" + length)!
            #expect(refusal(bytes) == .truncated)
        }
    }

    @Test func `is refused for a table name beyond the limit, or one without end`() {
        func body(_ name: [UInt8]) -> [UInt8] { [0x54, 1, 1] + name + [0, 18, 0, 5] }
        #expect(refusal(body([UInt8](repeating: 0x61, count: Limits.tableNameBytesMax))) == nil)
        #expect(refusal(body([UInt8](repeating: 0x61, count: Limits.tableNameBytesMax + 1))) == .malformed(offset: 3))
        #expect(refusal([0x54, 1, 1] + [UInt8](repeating: 0x61, count: 1 << 20)) == .malformed(offset: 3))
    }

    @Test func `is refused for more changes than the limit`() {
        func body(_ count: Int) -> [UInt8] {
            [0x54, 1, 1, 0x74, 0] + Array(repeatElement([18, 0, 5] as [UInt8], count: count).joined())
        }
        #expect(refusal(body(Limits.changesMax)) == nil)
        #expect(refusal(body(Limits.changesMax + 1)) == .tooManyChanges)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `is refused or read, and judged, but never a crash: 1,000 mutations each`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let check = BodyCheck(schema: TestTables.schema, scope: TestTables.scope, authorTier: .village)
        for _ in 0..<1000 {
            let bytes = `A changeset body`.sample.mutated(using: &random)
            guard let body = try? ParsedChangeset(bytes) else { continue }
            for span in body.spans { _ = body.value(span) }
            guard let tables = try? check.check(body) else { continue }
            for change in body.changes {
                let table = tables[change.table]
                _ = JudgedChange(change, of: body, table, cellCount: table.cells.count, authorTier: .village)
            }
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `random bytes are never a crash either: 1,000 each`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 { _ = refusal([0x54] + random.bytes(Int.random(in: 0...60, using: &random))) }
    }
}
