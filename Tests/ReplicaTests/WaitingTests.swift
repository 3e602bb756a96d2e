import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `What cannot be applied yet` {
    let hand: HandDelivery

    init() throws { hand = try HandDelivery() }

    @Test func `is stored and relayed, and applied as soon as its context is`() throws {
        let one = hand.next(hand.first, hand.family(1))
        let two = hand.next(hand.first, hand.family(2))
        let knowing = hand.next(hand.second, hand.family(3), knowing: hand.context(hand.first, 2))
        let after = hand.next(hand.second, hand.family(4), knowing: hand.context(hand.first, 2))
        let early = try hand.deliver(hand.second, knowing, after)
        #expect(early.stored == 2 && early.applied == 0 && early.rejected.isEmpty)
        #expect(try hand.progress(hand.second) == [2, 0])
        #expect(try hand.tree.send(from: hand.town, to: hand.district).stored == 2)
        #expect(try hand.deliver(hand.first, one).applied == 1)
        #expect(try hand.families() == ["01"])
        #expect(try hand.deliver(hand.first, two).applied == 3)
        #expect(try hand.families() == ["01", "02", "03", "04"])
    }

    @Test func `is held for a newer schema with all behind it, and applied once the program is upgraded`() throws {
        let newer = hand.next(hand.first, hand.family(1), schema: 2)
        let behind = hand.next(hand.first, hand.family(2), schema: 2)
        let knowing = hand.next(hand.second, hand.family(3), knowing: hand.context(hand.first, 2))
        #expect(try hand.deliver(hand.first, newer, behind).applied == 0)
        try hand.deliver(hand.second, knowing)
        let verdict = try #require(try hand.verdicts(hand.first).first)
        #expect(verdict.number == 1 && verdict.state == .held && verdict.reason.contains("needs schema 2"))
        try hand.tree.close(hand.town)
        // The same tables under the next version.
        let next = SyncedSchema(version: 2, tables: TestDomain.version1.tables)
        try hand.tree.open(
            hand.town,
            newer: DomainSchema(versions: [TestDomain.version1, next], migrations: TestDomain.schema.migrations))
        #expect(try hand.families() == ["01", "02", "03"])
        #expect(try hand.verdicts(hand.first).isEmpty)
    }

    @Test func `is held after three deaths, alone with what builds on it, until the district voids it`() throws {
        let deadly = hand.next(hand.first, hand.family(1))
        let behind = hand.next(hand.first, hand.family(2))
        for _ in 0..<3 { try hand.die(applying: deadly) }
        #expect(try hand.deliver(hand.first, deadly, behind).applied == 0)
        #expect(try hand.deliver(hand.second, hand.next(hand.second, hand.family(3))).applied == 1)
        let verdict = try #require(try hand.verdicts(hand.first).first)
        #expect(verdict.number == 1 && verdict.state == .held && verdict.reason.contains("died 3 times"))
        #expect(try hand.families() == ["03"])
        try hand.void(deadly)
        #expect(try hand.families() == ["02", "03"])
        #expect(
            try hand.verdicts(hand.first)
                == [Verdict(number: 1, state: .refused, reason: RefusedBody.voided.description)])
    }

    @Test func `is applied after two deaths`() throws {
        let unlucky = hand.next(hand.first, hand.family(1))
        for _ in 0..<2 { try hand.die(applying: unlucky) }
        #expect(try hand.deliver(hand.first, unlucky).applied == 1)
    }

    @Test func `is held after deaths while the replica opens, too`() throws {
        let deadly = hand.next(hand.second, hand.family(2), knowing: hand.context(hand.first, 1))
        try hand.deliver(hand.second, deadly)
        let marker = URL(fileURLWithPath: hand.tree.path(hand.town) + "-applying")
        for _ in 0..<3 {
            try hand.tree.close(hand.town)
            try Data(deadly.sealed.hash.bytes.prefix(16)).write(to: marker)
            try hand.tree.open(hand.town)
        }
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(1)))
        #expect(try hand.families() == ["01"])
        #expect(try hand.verdicts(hand.second).map(\.state) == [.held])
    }

    @Test func `leaves no death behind when a batch is accepted, or fails`() throws {
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(1)))
        let marker = URL(fileURLWithPath: hand.tree.path(hand.town) + "-applying")
        #expect(try Data(contentsOf: marker) == Data(count: 16))
        try hand.replica.engine { try $0.connection.execute("ALTER TABLE sanji_change_set RENAME TO gone") }
        #expect(throws: (any Error).self) { try hand.deliver(hand.first, hand.next(hand.first, hand.family(2))) }
        #expect(try Data(contentsOf: marker) == Data(count: 16))
    }

    @Test func `is held alone when it cannot be applied, and tried again by a repair`() throws {
        let bad = hand.next(hand.first, hand.family(1, ["phone": .text("1")]))
        let behind = hand.next(hand.first, hand.family(2))
        try hand.deliver(hand.second, hand.next(hand.second, hand.family(4, ["phone": .text("1")])))
        let other = hand.next(hand.second, hand.family(3))
        // No change set's fault.
        try hand.replica.engine { try $0.connection.execute("CREATE UNIQUE INDEX bad ON family (phone)") }
        var batch = try hand.first.batch([bad, behind])
        batch.changeSets += try hand.second.batch([other]).changeSets
        batch.runs += try hand.second.batch([other]).runs
        let outcome = try hand.replica.accept(batch)
        #expect(outcome.stored == 3 && outcome.rejected.isEmpty)
        #expect(try hand.progress(hand.first) == [2, 0])
        let verdict = try #require(try hand.verdicts(hand.first).first)
        #expect(verdict.number == 1 && verdict.state == .held && verdict.reason.contains("could not be applied here"))
        try hand.replica.engine { try $0.connection.execute("DROP INDEX bad") }
        // The program may be started anew: it is still held, and nothing else.
        try hand.tree.close(hand.town)
        try hand.tree.open(hand.town)
        #expect(try hand.progress(hand.first) == [2, 0])
        let report = try hand.replica.repair()
        #expect(report.unmended.isEmpty)
        #expect(try hand.progress(hand.first) == [2, 2])
        #expect(try hand.families() == ["01", "02", "03", "04"])
        #expect(try hand.verdicts(hand.first).isEmpty)
    }

    @Test func `is taken out again where it had been applied before the district voided it`() throws {
        let wrong = hand.next(hand.first, hand.family(1, ["phone": .text("1")]))
        let after = hand.next(hand.first, hand.family(2))
        try hand.deliver(hand.first, wrong, after)
        let knowing = hand.next(hand.second, hand.family(3), knowing: hand.context(hand.first, 2))
        try hand.deliver(hand.second, knowing)
        #expect(try hand.families() == ["01", "02", "03"])
        try hand.void(wrong)
        #expect(try hand.families() == ["02", "03"])
        #expect(try hand.progress(hand.first) == [2, 2] && hand.progress(hand.second) == [1, 1])
        #expect(
            try hand.verdicts(hand.first)
                == [Verdict(number: 1, state: .refused, reason: RefusedBody.voided.description)])
        // As if the voiding had come first.
        let before = try hand.replica.digest(of: hand.scope)
        #expect(try hand.replica.repair().unmended.isEmpty)
        #expect(try hand.replica.digest(of: hand.scope) == before)
    }

    @Test func `is never kept back by two conflicts with one short name`() throws {
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(1, ["phone": .text("1")])))
        let key = LogReader.key([.text(HandDelivery.area), .blob([1])])
        let name = ConflictID.make(table: "family", key: key, cell: "phone")
        try hand.replica.engine { writer in
            try writer.connection.execute(
                "INSERT INTO sanji_conflict VALUES ('\(name)', 'family', '', x'00', '', 0, 0)")
        }
        try hand.deliver(hand.second, hand.next(hand.second, hand.family(1, ["phone": .text("2")])))
        let cells = try hand.replica.read {
            try String.fetchAll(
                $0, sql: "SELECT cell FROM sanji_conflict WHERE id = ? ORDER BY cell", arguments: [name])
        }
        #expect(cells == ["", "phone"])
    }

    @Test func `is freed at the root by the root's own word`() throws {
        let root = hand.tree[hand.district]
        let deadly = hand.next(hand.first, hand.family(1), schema: 2)
        _ = try root.accept(try hand.first.batch([deadly]))
        try hand.void(deadly)
        let feed = try root.engine { try $0.feed(self.hand.first.feed(in: self.hand.scope)) }
        #expect(feed?.applied == 1 && feed?.hold == nil)
    }
}
