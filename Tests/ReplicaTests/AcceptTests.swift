import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `A delivery that is odd or hostile` {
    let hand: HandDelivery

    init() throws { hand = try HandDelivery() }

    private func rejects(_ outcome: AcceptOutcome, _ number: UInt64, _ reason: String) -> Bool {
        outcome.rejected.map(\.number) == [number] && outcome.rejected[0].reason.contains(reason)
    }

    @Test func `is taken up to a gap, and other feeds whole`() throws {
        let (one, _, three) = (
            hand.next(hand.first, hand.family(1)), hand.next(hand.first, hand.family(2)),
            hand.next(hand.first, hand.family(3))
        )
        var batch = try hand.first.batch([one, three])
        batch.changeSets.append(hand.next(hand.second, hand.family(4)))
        let outcome = try hand.replica.accept(batch)
        #expect(outcome.stored == 2 && rejects(outcome, 3, "number 2 is missing before 3"))
        #expect(try hand.families() == ["01", "04"])
        #expect(try hand.progress(hand.first) == [1, 1])
    }

    @Test func `tells of what its sender has by what it brought, not by what is here`() throws {
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(1)))
        let two = hand.next(hand.second, hand.family(2))
        let outcome = try hand.deliver(hand.second, two)
        #expect(outcome.heads == [hand.second.feed(in: hand.scope): two.sealed.head])
    }

    @Test func `changes nothing when it comes again`() throws {
        let one = hand.next(hand.first, hand.family(1))
        try hand.deliver(hand.first, one)
        let outcome = try hand.deliver(hand.first, one, one)
        #expect(outcome.known == 2 && outcome.stored == 0 && outcome.rejected.isEmpty)
        #expect(try hand.progress(hand.first) == [1, 1])
    }

    @Test func `is no part of a chain that it does not continue`() throws {
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(1)))
        let stray = hand.first.next(in: hand.scope, hand.family(2)) { $0.previous = Algorithm.ed25519.digest([1]) }
        let outcome = try hand.deliver(hand.first, stray)
        #expect(outcome.stored == 0 && outcome.forked.map(\.number) == [2])
        #expect(try hand.forks() == [stray.sealed.hash.bytes])
        #expect(try hand.families() == ["01"])
    }

    @Test func `forgets what was not taken once the parent has all, whatever number was refused`() throws {
        let made = hand.next(hand.first, hand.family(1))
        try hand.deliver(hand.first, made)
        let feed = hand.first.feed(in: hand.scope)
        let altered = RejectedChangeSets(feed: feed, number: 121, reason: "altered on the way")
        try hand.replica.noteNotTaken([altered], by: hand.district, has: [:])
        #expect(try hand.replica.notTaken().map(\.number) == [1])
        // A world once found that it stayed for good where the office was started again in between.
        try hand.tree.close(hand.town)
        try hand.tree.open(hand.town)
        try hand.replica.noteNotTaken([], by: hand.district, has: [feed: made.sealed.head])
        #expect(try hand.replica.notTaken().isEmpty)
    }

    @Test func `proves a fork: the first stays, the other is held with what builds on it, and passed up`() throws {
        let other = hand.first.next(in: hand.scope, hand.family(9))
        let one = hand.next(hand.first, hand.family(1))
        let two = hand.next(hand.first, hand.family(2))
        try hand.deliver(hand.first, one, two)
        let onOther = hand.first.next(in: hand.scope, hand.family(8)) {
            $0.number = 2
            $0.previous = other.sealed.hash
        }
        for _ in 0..<2 {
            let outcome = try hand.deliver(hand.first, other, onOther)
            #expect(outcome.stored == 0 && outcome.forked.map(\.number) == [1])
            #expect(outcome.forked.allSatisfy { $0.reason.contains("its key was used twice") })
            #expect(try hand.forks() == [other, onOther].map(\.sealed.hash.bytes))
        }
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(3)))
        #expect(try hand.families() == ["01", "02", "03"])
        let district = hand.tree[hand.district]
        try hand.tree.send(from: hand.town, to: hand.district)
        for round in 0..<2 {
            let branches = try hand.replica.branches(
                for: hand.district, known: try district.vector(with: hand.town),
                shown: Set(try district.branchHeads(for: hand.town)))
            #expect(branches.count == (round == 0 ? 1 : 0))
            for branch in branches { try district.take(branch, by: hand.first.own.key.publicKey) }
        }
        #expect(try district.forks().map(\.hash) == [other, onOther].map(\.sealed.hash))
        let forked = try district.officeProgress().filter(\.isForked).map(\.office)
        #expect(forked == [hand.village])
        #expect(try hand.tree[hand.district].read { try Int.fetchOne($0, sql: "SELECT count(*) FROM family") } == 3)
        // A fork does not hide from `verify`, and is no damage of this file.
        #expect(try district.verify().problems.isEmpty)
    }

    @Test func `shows the office above that holds another branch what this office has`() throws {
        let district = hand.tree[hand.district]
        let other = hand.first.next(in: hand.scope, hand.family(9))
        _ = try district.accept(try hand.first.batch([other]))
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(1)), hand.next(hand.first, hand.family(2)))
        #expect(try hand.tree.send(from: hand.town, to: hand.district).stored == 0)
        let branches = try hand.replica.branches(
            for: hand.district, known: try district.vector(with: hand.town), shown: [])
        #expect(branches.count == 1)
        for branch in branches { try district.take(branch, by: hand.first.own.key.publicKey) }
        #expect(try district.forks().map(\.number) == [1, 2])
        #expect(
            try hand.replica.branches(
                for: hand.district, known: try district.vector(with: hand.town),
                shown: Set(try district.branchHeads(for: hand.town))
            ).isEmpty)
    }

    @Test func `is rejected outside its author's area, and off the receiver's branch`() throws {
        let elsewhere = try ["330106109", "330106109202", "330107109201"].map {
            Scope(area: try OfficeCode($0), audience: .village)
        }
        for (scope, reason) in zip(elsewhere, ["may not write", "may not write", "is not on the branch"]) {
            let outcome = try hand.deliver(hand.first, hand.first.next(in: scope, hand.family(1)))
            #expect(rejects(outcome, 1, reason))
        }
        let secret = Scope(area: hand.village, audience: .town)
        #expect(rejects(try hand.deliver(hand.first, hand.first.next(in: secret, hand.family(1))), 1, "may not write"))
        let offBranch = try HandAuthor(hand.district, in: hand.tree)
        let other = Scope(area: try OfficeCode("330106110"), audience: .village)
        try hand.tree.send(from: hand.district, to: hand.town)
        #expect(
            rejects(try hand.deliver(offBranch, offBranch.next(in: other, hand.family(1))), 1, "is not on the branch"))
        #expect(try hand.families().isEmpty)
    }

    @Test func `waits at its sender until the directory names its author, in the same batch even`() throws {
        let stranger = try HandAuthor(hand.village, ordinal: 4, in: hand.tree)
        let one = hand.next(stranger, hand.family(1))
        #expect(rejects(try hand.deliver(stranger, one), 1, "not in the directory here yet"))
        var batch = try hand.tree.batch(from: hand.district, to: hand.town)
        batch.changeSets.append(one)
        #expect(try hand.replica.accept(batch).applied == 2)
        #expect(try hand.families() == ["01"])
    }

    @Test func `never goes backwards along a feed, whatever pieces it comes in`() throws {
        try hand.deliver(hand.second, hand.next(hand.second, hand.family(1)))
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(2), knowing: hand.context(hand.second, 1)))
        let ignorant = hand.first.next(in: hand.scope, hand.family(3))
        #expect(rejects(try hand.deliver(hand.first, ignorant), 2, "knows less than the one before it"))
        let older = hand.first.next(in: hand.scope, hand.family(3), knowing: hand.context(hand.second, 1), schema: 0)
        #expect(rejects(try hand.deliver(hand.first, older), 2, "knows less than the one before it"))
        try hand.deliver(hand.first, hand.next(hand.first, hand.family(4), knowing: hand.context(hand.second, 1)))
        #expect(try hand.families() == ["01", "02", "04"])
    }

    @Test func `names in its context only authors of the area`() throws {
        let other = try HandAuthor(try OfficeCode("330106109202"), ordinal: 1, in: hand.tree)
        try hand.tree.send(from: hand.district, to: hand.town)
        let odd = hand.first.next(in: hand.scope, hand.family(1), knowing: hand.context(other, 1))
        // Judged when it would be applied, not when it comes: then the directory may not have known that author.
        let outcome = try hand.deliver(hand.first, odd)
        #expect(outcome.stored == 1 && outcome.applied == 0 && outcome.rejected.isEmpty)
        #expect(try hand.verdicts(hand.first).map(\.state) == [.held])
        #expect(try hand.verdicts(hand.first).allSatisfy { $0.reason.contains("may not write here") })
    }

    @Test func `is never stuck at a relay, however it was cut on its way there`() throws {
        let size = Limits.runHeadersMax
        let made = (0..<2 * size + 40).map { _ in hand.next(hand.first, hand.family(UInt8.random(in: 0...255))) }
        /// As an honest sender whose peer has everything before `first`: runs up to where runs end; cut after some bodies.
        func deliver(from first: Int, bodies count: Int) throws {
            var batch = IncomingBatch()
            var next = first
            while next <= made.count, next < first + count {
                let end = min(Int(Limits.runEnd(from: UInt64(next))), made.count)
                batch.runs.append(contentsOf: try hand.first.batch(Array(made[next - 1..<end])).runs)
                next = end + 1
            }
            batch.changeSets = Array(made[first - 1..<min(first - 1 + count, made.count)])
            _ = try hand.replica.accept(batch)
        }
        try deliver(from: 1, bodies: 100)
        try deliver(from: 101, bodies: 30)
        // An older upload that hung ends only now.
        try deliver(from: 1, bodies: 20)
        try hand.tree.send(from: hand.town, to: hand.district)
        let at = {
            try hand.tree[hand.district].engine {
                try $0.feed(self.hand.first.feed(in: self.hand.scope))?.stored.number
            }
        }
        #expect(try at() == 130)
        try deliver(from: 131, bodies: size)
        try deliver(from: 131 + size, bodies: made.count)
        try hand.tree.send(from: hand.town, to: hand.district)
        #expect(try at() == UInt64(made.count))
        // Also to one who has nothing at all.
        var cursor = OutgoingCursor(known: [:])
        var bodies = 0
        while case let pieces = try hand.tree[hand.district].outgoing(to: hand.village, &cursor, bytesMax: 1 << 20),
            !pieces.isEmpty
        {
            for case .body(let feed, _, _) in pieces where feed.author == hand.first.author { bodies += 1 }
        }
        #expect(bodies == made.count)
        #expect(try hand.replica.verify().problems.isEmpty)
    }

    @Test func `whose CHECK stops before what would fail is taken, as its writer took it`() throws {
        let schema = DomainSchema(
            versions: [
                SyncedSchema(
                    version: 1, tables: [SyncedTable("note", areas: [.village], cells: [.column("j", .text, .nearest)])]
                )
            ],
            migrations: [
                (
                    "note 1",
                    """
                    CREATE TABLE note (area TEXT NOT NULL, id BLOB NOT NULL,
                        j TEXT CHECK (NOT json_valid(j) OR json_extract(j, '$.a') > 0), PRIMARY KEY (area, id)) STRICT
                    """
                )
            ])
        let tree = try TestTree(["330106", "330106109", HandDelivery.area], domain: schema)
        let village = try OfficeCode(HandDelivery.area)
        // SQLite stops at the first half, and so does every receiver.
        try tree[village].write(as: ActingUser("甲")) {
            try $0.execute(sql: "INSERT INTO note VALUES (office(), x'01', '{bad'), (office(), x'02', '{\"a\":1}')")
        }
        let outcome = try tree.send(from: village, to: try OfficeCode("330106109"))
        #expect(outcome.applied == 1 && outcome.refused.isEmpty)
    }

    @Test func `that meets another in an append-only table is a conflict that a person closes without changing a row`()
        throws
    {
        for (author, text) in [(hand.first, "a"), (hand.second, "b")] {
            var body = HandBody()
            body.insert("visit", area: HandDelivery.area, id: 1, ["text": .text(text)])
            try hand.deliver(author, hand.next(author, body.bytes))
        }
        let conflict = try #require(try hand.replica.conflicts().first)
        let shown = try hand.replica.read { try String.fetchOne($0, sql: "SELECT text FROM visit") }
        func resolve(_ text: String) throws {
            try hand.replica.resolve(conflict.id, .value(["text": .text(text)]), as: ActingUser("乙"))
        }
        #expect(throws: ConflictError.appendOnly("visit")) { try resolve(shown == "a" ? "b" : "a") }
        try resolve(shown ?? "")
        #expect(try hand.replica.conflicts().isEmpty)
        try hand.tree.send(from: hand.town, to: hand.district)
        #expect(try hand.tree[hand.district].conflicts().isEmpty)
        #expect(try hand.tree[hand.district].read { try String.fetchOne($0, sql: "SELECT text FROM visit") } == shown)
        #expect(try hand.tree[hand.district].refusals().isEmpty)
    }

    @Test func `that writes a row of an append-only table anew changes nothing, and every office hears of it`() throws {
        var body = HandBody()
        body.insert("visit", area: HandDelivery.area, id: 1, ["text": .text("first")])
        try hand.deliver(hand.first, hand.next(hand.first, body.bytes))
        var anew = HandBody()
        anew.insert("visit", area: HandDelivery.area, id: 1, ["text": .text("anew")])
        let known = hand.context(hand.first, 1)
        let outcome = try hand.deliver(hand.second, hand.next(hand.second, anew.bytes, knowing: known))
        #expect(outcome.applied == 1 && outcome.refused.isEmpty)
        // Nor does it pass as what a person keeps.
        var kept = HandBody()
        kept.update("visit", area: HandDelivery.area, id: 1, ["text": (.text("anew"), .text("anew"))])
        try hand.deliver(hand.second, hand.next(hand.second, kept.bytes, knowing: known))
        #expect(try visits() == ["first"] && hand.replica.conflicts().isEmpty)
        let listed = try hand.replica.refusedCells()
        #expect(listed.map(\.number) == [1, 1, 2] && listed.map(\.cell) == ["family", "text", "text"])
        #expect(listed.allSatisfy { $0.reason.contains("append-only") })
        #expect(try hand.verdicts(hand.second).map(\.number) == [1, 2])
    }

    @Test func `after a conflict of an append-only table was closed is set against what stood alone`() throws {
        for (author, text) in [(hand.first, "a"), (hand.second, "b")] {
            var body = HandBody()
            body.insert("visit", area: HandDelivery.area, id: 1, ["text": .text(text)])
            try hand.deliver(author, hand.next(author, body.bytes))
        }
        let conflict = try #require(try hand.replica.conflicts().first)
        try hand.replica.resolve(conflict.id, .value(["text": .text("b")]), as: ActingUser("乙"))
        try hand.tree[hand.village].write(as: ActingUser("甲")) {
            try $0.execute(sql: "INSERT INTO visit (area, id, text) VALUES (office(), x'01', 'late')")
        }
        try hand.tree.send(from: hand.village, to: hand.town)
        #expect(
            try hand.replica.conflicts().map { Set($0.siblings.map(\.values)) } == [[[.text("b")], [.text("late")]]])
    }

    private func visits() throws -> [String] {
        try hand.replica.read { try String.fetchAll($0, sql: "SELECT text FROM visit ORDER BY id") }
    }

    @Test func `of an office's own lost change sets tells that it was restored`() throws {
        let village = hand.village
        func write(_ id: String) throws {
            try hand.tree[village].write(as: ActingUser("甲")) { db in
                try db.execute(sql: "INSERT INTO family (area, id) VALUES (office(), \(id))")
            }
        }
        try write("x'01'")
        try hand.tree.close(village)
        let (files, path) = (FileManager.default, hand.tree.path(village))
        for end in ["", "-wal"] { try files.copyItem(atPath: path + end, toPath: path + ".backup" + end) }
        try hand.tree.open(village)
        try write("x'02'")
        try hand.tree.send(from: village, to: hand.town)
        try hand.tree.close(village)
        for end in ["", "-wal", "-shm"] { try files.removeItem(atPath: path + end) }
        for end in ["", "-wal"] { try files.moveItem(atPath: path + ".backup" + end, toPath: path + end) }
        try hand.tree.open(village)
        let outcome = try hand.tree.send(from: hand.town, to: village)
        #expect(rejects(outcome, 2, "it was restored or cloned"))
    }
}

extension OfficeReplica {
    /// Takes a branch as a receiver does: verified, and in one batch.
    fileprivate func take(_ branch: BranchRun, by key: PublicKey) throws {
        try branch.run.verify(with: try VerificationKey(key))
        var batch = IncomingBatch()
        batch.runs = [branch.run]
        batch.changeSets = zip(branch.run.headers, branch.bodies).map { VerifiedChangeSet(sealed: $0, body: $1) }
        #expect(batch.changeSets.allSatisfy { $0.sealed.vouches(for: $0.body) })
        _ = try accept(batch)
    }
}
