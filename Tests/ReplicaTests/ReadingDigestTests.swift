import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Digests` {
    @Test func `offices that have applied the same have the same, whatever their own numbering`() throws {
        let branch = try populated()
        for scope in try branch.village.scopes() {
            let here = try branch.village.digest(of: scope)
            #expect(here.applied.count > 0)
            #expect(try branch.town.digest(of: scope) == here)
            #expect(try branch.district.digest(of: scope) == here)
        }
        #expect(try branch.village.digest(of: Branch.villageScope).tables.map(\.rows) == [4, 1, 0, 0])
    }

    @Test func `a value, a sibling and an open delete each change it`() throws {
        let branch = try populated()
        func digest() throws -> Digest { try branch.village.digest(of: Branch.villageScope).digest }
        var seen: Set<Digest> = [try digest()]
        try branch.write(Branch.village, "UPDATE family SET phone = '8' WHERE id = x'04'")
        #expect(seen.insert(try digest()).inserted)
        try branch.settle()
        try branch.write(Branch.village, "UPDATE family SET phone = '9' WHERE id = x'04'")
        #expect(seen.insert(try digest()).inserted)
        try branch.write(Branch.town, "UPDATE family SET phone = '7' WHERE id = x'04'")
        try branch.settle()
        // The village's own value is shown still; beside it stands the town's.
        #expect(seen.insert(try digest()).inserted)
        try branch.write(Branch.town, "DELETE FROM family WHERE id = x'05'")
        try branch.write(Branch.village, "UPDATE family SET phone = '5' WHERE id = x'05'")
        #expect(seen.insert(try digest()).inserted)
        try branch.settle()
        #expect(seen.insert(try digest()).inserted)
    }

    @Test func `a running digest depends on the rows, not on how they are handed over`() {
        func digest(_ rows: [[UInt8]]) -> Digest {
            var running = RunningDigest()
            for row in rows { running.append { $0 += row } }
            return running.finish()
        }
        let rows = (0..<3000).map { [UInt8](repeating: UInt8($0 % 251), count: 100) }
        #expect(digest(rows) == digest(rows))
        #expect(digest(rows) != digest(rows.dropLast()))
        #expect(digest([]) == Algorithm.ed25519.digest(Digest.zero.bytes))
    }

    /// A village with many rows, and its town.
    private func many(_ count: Int) throws -> Branch {
        let branch = try Branch()
        try branch.village.write(as: ActingUser("甲一")) { db in
            for number in 0..<count {
                try db.execute(
                    sql: "INSERT INTO family (area, id, name) VALUES (office(), ?, ?)",
                    arguments: [Data(withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }), "户\(number)"])
            }
        }
        try branch.settle()
        return branch
    }

    /// As parent and child would, round by round.
    private func search(_ mine: OfficeReplica, _ theirs: OfficeReplica) throws -> (RowRange?, rounds: Int) {
        var search = DifferenceSearch()
        var pieces = try mine.rowDigests(of: Branch.villageScope, table: "family", in: .all, pieces: 16)
        while search.rounds < 20 {
            let others = try theirs.rowDigests(of: Branch.villageScope, table: "family", ranges: pieces.map(\.range))
                .map { RowPiece(range: $0.range, rows: $0.rows, digest: $0.digest) }
            switch search.next(mine: pieces, theirs: others) {
            case .same: return (nil, search.rounds)
            case .found(let range): return (range, search.rounds)
            case .ask(let ranges):
                pieces = try mine.rowDigests(of: Branch.villageScope, table: "family", ranges: ranges)
            }
        }
        Issue.record("the search does not end")
        return (nil, 20)
    }

    @Test func `pieces cover the whole table, and add up`() throws {
        let branch = try many(500)
        for count in [1, 2, 7, 16] {
            let pieces = try branch.village.rowDigests(of: Branch.villageScope, table: "family", pieces: count)
            #expect(pieces.count == count)
            #expect(pieces.map(\.rows).reduce(0, +) == 500)
            #expect(pieces.first?.range.after == nil && pieces.last?.range.through == nil)
            #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.range.through == $1.range.after })
            #expect(pieces.allSatisfy { $0.rows >= 250 / count })
        }
        #expect(throws: RecordNotFound.self) {
            try branch.village.rowDigests(of: Branch.villageScope, table: "account", pieces: 2)
        }
        #expect(throws: InvalidRowPosition.self) {
            let nonsense = RowRange(after: RowPosition(bytes: [9, 9]), through: nil)
            _ = try branch.village.rowDigests(of: Branch.villageScope, table: "family", ranges: [nonsense])
        }
    }

    @Test(arguments: [0, 1, 250, 498, 499])
    func `the first differing row is found in a few rounds`(number: Int) throws {
        let branch = try many(500)
        #expect(try search(branch.village, branch.town).0 == nil)
        let id = String(repeating: "0", count: 8 - String(number, radix: 16).count) + String(number, radix: 16)
        try branch.tamper(Branch.town, "UPDATE family SET name = 'x' WHERE id = x'\(id)'")
        let (found, rounds) = try search(branch.village, branch.town)
        #expect(found.map { "\($0)" } == id || (number == 499 && found?.through == nil))
        #expect(rounds <= 4)
        #expect(try search(branch.town, branch.village).0 == found)
    }

    @Test func `a row that only one side has is found as well`() throws {
        let branch = try many(100)
        try branch.tamper(
            Branch.town,
            """
            DELETE FROM sanji_stamp_family WHERE rid = (SELECT rowid FROM family WHERE id = x'00000032');
            DELETE FROM family WHERE id = x'00000032'
            """)
        #expect(try search(branch.village, branch.town).0.map { "\($0)" } == "00000032")
        let missing = try #require(try search(branch.town, branch.village).0)
        #expect(try missing.after?.key() ?? [] == [.blob([0, 0, 0, 0x31])])
    }
}
