import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `A key used elsewhere` {
    private let branch: Branch
    private let village = Branch.village

    init() throws { branch = try populated() }

    private var path: String { branch.tree.path(village) }
    private var feed: FeedID {
        FeedID(author: branch.tree.author(village).key.author, scope: Branch.villageScope)
    }

    /// The village's file as it is now, to be put back later.
    private func copy() throws {
        try branch.village.pool.writeWithoutTransaction { try $0.execute(literal: "VACUUM INTO \(path + "-copy")") }
    }

    private func putBack() throws {
        try branch.tree.close(village)
        for name in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + name) }
        try FileManager.default.moveItem(atPath: path + "-copy", toPath: path)
        try branch.tree.open(village)
    }

    private func write(_ phone: String) throws {
        try branch.write(village, "UPDATE family SET phone = '\(phone)' WHERE id = x'03'")
    }

    /// What the town has of the village's feed from a number on, as an answer to a village that says it has less.
    private func handDown(from head: FeedHead) throws -> AcceptOutcome {
        var known = try branch.village.vector(with: Branch.town)
        known[feed] = head.number > 0 ? head : nil
        return try branch.village.accept(try branch.tree.batch(from: Branch.town, to: village, knowing: known))
    }

    /// What the village's disk has of another branch than the town, as it would go up.
    private func showBranches() throws {
        let runs = try branch.village.branches(
            for: Branch.town, known: try branch.town.vector(with: village), shown: [])
        for one in runs {
            var batch = IncomingBatch()
            batch.runs = [one.run]
            batch.changeSets = zip(one.run.headers, one.bodies).map { VerifiedChangeSet(sealed: $0, body: $1) }
            _ = try branch.town.accept(batch)
        }
    }

    @Test func `is proved by some branches: a flood of them is not held, and what is known goes on`() throws {
        let town = branch.town
        var rejected = 0
        for id in 0..<UInt8(Limits.heldBranchRunsMax + 6) {
            let body = Branch.family(id, name: "枝 \(id)")
            rejected += try branch.hand(
                [branch.forge(village, number: 1, body: body)], to: Branch.town, from: village
            ).rejected.count
        }
        #expect(rejected == 6)
        #expect(try town.forks().count == Limits.heldBranchRunsMax)
        #expect(try town.branchHeads(for: Branch.district).count == Limits.heldBranchRunsMax)
        // One that is held already is no news.
        let known = branch.forge(village, number: 1, body: Branch.family(0, name: "枝 0"))
        #expect(try branch.hand([known], to: Branch.town, from: village).rejected.isEmpty)
        try write("7")
        #expect(try branch.tree.send(from: village, to: Branch.town).stored == 1)
    }

    @Test func `is found when a change set comes back that a restored disk does not know`() throws {
        try copy()
        try write("7")
        try branch.settle()
        try putBack()
        #expect(try branch.village.keyUsedElsewhere() == nil)
        let outcome = try branch.tree.send(from: Branch.town, to: village)
        #expect(outcome.rejected.count == 1 && outcome.stored == 0)
        let proof = KeyUsedElsewhere(what: "number 9 of \(feed)")
        #expect(try branch.village.keyUsedElsewhere() == proof)
        let refused = RefusedWrite.keyUsedElsewhere(proof)
        #expect(throws: refused) { try write("8") }
        #expect(refused.description.contains("restored from an older copy, or copied"))
        // It outlives the process, and what others write is taken all the same: it waits for what is missing here.
        try branch.tree.close(village)
        try branch.tree.open(village)
        #expect(throws: refused) { try write("8") }
        try branch.write(Branch.town, "UPDATE family SET category = 'A' WHERE id = x'03'")
        try branch.tree.send(from: Branch.town, to: village)
        #expect(try branch.village.heldFeeds().map(\.missing?.number) == [9])
        // What is not synced is nobody else's.
        try branch.village.write(as: ActingUser("甲")) { _ in }
        #expect(try branch.village.verify().problems == [])
    }

    @Test func `is found when the restored disk has written on`() throws {
        try copy()
        try write("7")
        try branch.settle()
        try putBack()
        try write("8")
        let theirs = try branch.town.vector(with: village)
        let unlike = try branch.village.ownFeeds(unlike: theirs, isWhole: false)
        #expect(unlike == [feed: .start])
        // The office above sends nothing of it by itself; asked, it shows the proof.
        #expect(try branch.tree.send(from: Branch.town, to: village).stored == 0)
        #expect(try branch.village.keyUsedElsewhere() == nil)
        _ = try handDown(from: .start)
        #expect(try branch.village.keyUsedElsewhere() == KeyUsedElsewhere(what: "number 9 of \(feed)"))
        #expect(throws: RefusedWrite.self) { try write("9") }
    }

    /// What the offices above had said they have, they still have: it is the same on both disks.
    @Test(arguments: [1, 3], [0, 2])
    func `takes back no fate, and shows as held what only this disk has`(lost: Int, written: Int) throws {
        let reached = FateSpan(first: 1, last: 8, fate: .reached(Branch.district))
        func spans() throws -> [FateSpan] {
            try #require(try branch.village.fates().feeds.first { $0.feed == feed }).spans
        }
        try branch.settle()
        #expect(try spans() == [reached])
        try copy()
        for number in 0..<lost { try write("lost \(number)") }
        try branch.settle()
        try putBack()
        #expect(try spans() == [reached])
        for number in 0..<written { try write("written \(number)") }
        _ = try handDown(from: .start)
        try branch.exchange(village, Branch.town)
        let waiting = written > 0 ? [FateSpan(first: 9, last: 10, fate: .waiting)] : []
        #expect(try spans() == [reached] + waiting)
        try showBranches()
        try branch.exchange(village, Branch.town)
        let span = try spans().last
        if written > 0 {
            #expect(span.map { $0.first...$0.last } == 9...10 && span?.fate.office == Branch.town)
            #expect(span?.fate.reason?.contains("another branch") == true)
        } else {
            #expect(span == reached)
        }
    }

    @Test func `is never believed of an office that has all it wrote`() throws {
        let before = try branch.town.vector(with: village)
        try write("7")
        #expect(try branch.village.ownFeeds(unlike: before, isWhole: false) == [:])
        try branch.settle()
        // Answers that come late, twice, or from the beginning.
        #expect(try branch.village.ownFeeds(unlike: before, isWhole: true) == [:])
        #expect(try handDown(from: .start).rejected.isEmpty)
        #expect(try handDown(from: .start).rejected.isEmpty)
        #expect(try branch.village.keyUsedElsewhere() == nil)
        try write("8")
        // A parent that only claims to have something.
        let claim = [feed: FeedHead(number: 99, hash: Algorithm.ed25519.digest([1]))]
        #expect(try branch.village.ownFeeds(unlike: claim, isWhole: true) == [feed: .start])
        #expect(try handDown(from: .start).rejected.isEmpty)
        try write("9")
        #expect(try branch.village.verify().problems == [])
    }

    @Test(arguments: [
        "UPDATE sanji_change_set SET header = CAST(x'ff' || substr(header, 2) AS BLOB) WHERE number = 8",
        "UPDATE sanji_change_set SET header = CAST(substr(header, 1, length(header) - 1) || x'09' AS BLOB) WHERE number = 8",
        "UPDATE sanji_change_set SET body = zeroblob(length(body)) WHERE number = 8",
        "UPDATE sanji_change_set SET header = x'', body = x'' WHERE number = 7",
    ])
    func `is not what damage of this disk proves: the same bytes mend it`(sql: String) throws {
        try write("7")
        try branch.settle()
        try write("8")
        try branch.tamper(village, sql.replacingOccurrences(of: "number = 8", with: "number = 9"))
        let before = try #require(try branch.town.vector(with: village)[feed])
        #expect(before.number == 9)
        let outcome = try handDown(from: .start)
        #expect(outcome.rejected.isEmpty)
        #expect(try branch.village.keyUsedElsewhere() == nil)
        #expect(try branch.village.verify().problems == [])
        try write("9")
        try branch.settle()
        for office in Branch.all { #expect(try branch.tree[office].verify().problems == []) }
    }

    @Test(arguments: [
        "UPDATE sanji_change_set SET body = zeroblob(length(body)) WHERE number IN (3, 5)",
        "UPDATE sanji_change_set SET header = x'ff' WHERE number IN (3, 5)",
        "UPDATE sanji_change_set SET header = x'ff' WHERE number IN (3, 4, 5)",
        "DELETE FROM sanji_change_set WHERE number IN (3, 5)",
        "DELETE FROM sanji_change_set WHERE number BETWEEN 3 AND 6",
    ])
    func `asks for older damage too, once repair has seen it`(sql: String) throws {
        try branch.tamper(village, sql)
        #expect(try !branch.village.repair().unmended.isEmpty)
        let head = try #require(try branch.village.headsBeforeDamage()[feed])
        #expect(head.number == 2)
        _ = try handDown(from: head)
        #expect(try branch.village.headsBeforeDamage() == [:])
        #expect(try branch.village.verify().problems == [])
        #expect(try branch.village.repair().unmended == [])
    }

    @Test func `looks again at what the parent did not take`() throws {
        for text in ["7", "8", "9"] { try write(text) }
        try branch.tamper(village, "UPDATE sanji_change_set SET body = zeroblob(length(body)) WHERE number = 10")
        let fates = try branch.village.fates()
        #expect(try branch.village.ownDamage(fates) == [])
        for number in [9, 10] as [UInt64] {
            let rejected = RejectedChangeSets(feed: feed, number: number, reason: "the body does not match")
            try branch.village.noteNotTaken([rejected], by: Branch.town, has: [:])
            #expect(try branch.village.ownDamage(fates).map(\.number) == (number == 10 ? [10] : []))
        }
    }

    @Test func `says from where a damaged feed is to be shown`() throws {
        try branch.tamper(village, "UPDATE sanji_change_set SET header = x'ff' WHERE number = 8")
        let head = try branch.village.headsBeforeDamage()[feed]
        #expect(head?.number == 7)
        _ = try handDown(from: try #require(head))
        #expect(try branch.village.headsBeforeDamage() == [:])
        #expect(try branch.village.verify().problems == [])
        // Of a record that has lost its end nothing can be told.
        try branch.tamper(village, "UPDATE sanji_feed SET stored = 2, applied = 2 WHERE stored = 8")
        #expect(try handDown(from: .start).rejected.count == 1)
        #expect(try branch.village.keyUsedElsewhere() == nil)
    }
}
