import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Why a record is as it is` {
    let branch: Branch

    init() throws {
        branch = try Branch()
        try branch.write(Branch.village, "INSERT INTO family (area, id, name) VALUES (office(), x'01', '甲')")
        try branch.write(Branch.village, "INSERT INTO family (area, id, name) VALUES (office(), x'02', '二')")
        try branch.settle()
        try branch.write(Branch.town, "UPDATE family SET category = 'A' WHERE id = x'01'", as: "乙二")
        try branch.settle()
    }

    @Test func `every change is told with who, when, what and how far`() throws {
        let history = try branch.district.history(table: "family", key: "01")
        #expect(history.record.description == "family 330106109201/01")
        #expect(history.isThere && history.conflicts == [])
        #expect(history.values.first { $0.column == "category" }?.value == .text("A"))
        #expect(history.changes.map(\.operation) == [.insert, .update])
        #expect(history.changes.map(\.user) == ["甲一", "乙二"])
        #expect(history.changes.map(\.office) == [Branch.village, Branch.town])
        #expect(history.changes.map(\.time_ms) == [1_700_000_001_000, 1_700_000_003_000])
        #expect(history.changes.map(\.state) == [.applied, .applied])
        #expect(history.changes[0].columns.count == 6)
        #expect(
            history.changes[1].columns == [ColumnChange(column: "category", old: .null, new: .text("A"))])
        #expect(history.changes.map(\.reached) == [Branch.all, Branch.all])
        #expect(history.changes.map(\.fate) == [nil, nil])
        #expect(
            try branch.village.history(table: "family", key: "01").changes.map(\.fate)
                == [.reached(Branch.district), nil])
    }

    @Test func `a deleted one still has its history`() throws {
        try branch.write(Branch.village, "DELETE FROM family WHERE id = x'01'")
        let history = try branch.village.history(table: "family", key: "330106109201/01")
        #expect(!history.isThere && history.values == [])
        #expect(history.changes.map(\.operation) == [.insert, .update, .delete])
        #expect(history.changes[2].reached == [Branch.village])
        #expect(history.changes[2].fate == .waiting)
    }

    @Test func `refused, held and waiting changes are in it`() throws {
        let feed = try branch.town.vector(with: Branch.village)
            .first { $0.key.author == branch.tree.author(Branch.village).key.author }!
        let number = feed.value.number
        let foreign = branch.forge(
            Branch.village, number: number + 1, after: feed.value.hash, body: Branch.family(0x30, name: "三") + [0xff])
        let cells = branch.forge(
            Branch.village, number: number + 2, after: foreign.sealed.hash,
            body: Branch.family(0x30, name: "三", category: .text("B")))
        let newer = branch.forge(
            Branch.village, number: number + 3, after: cells.sealed.hash, schema: 2,
            body: Branch.family(0x30, name: "四"))
        let next = branch.forge(
            Branch.village, number: number + 4, after: newer.sealed.hash, schema: 2,
            body: Branch.family(0x30, name: "五"))
        let outcome = try branch.hand([foreign, cells, newer, next], to: Branch.town, from: Branch.village)
        #expect(outcome.stored == 4 && outcome.refused.count == 1)
        let history = try branch.town.history(table: "family", key: "30")
        #expect(history.changes.map(\.state.name) == ["applied", "held", "waiting"])
        #expect(history.changes[0].refusedCells.map(\.cell) == ["category"])
        #expect(
            history.changes[1].state
                == .held("needs schema 2, this office has 1: upgrade it"))
        let held = try branch.town.heldFeeds()
        #expect(held.map(\.number) == [number + 3] && held.map(\.waiting) == [2])
        #expect(held.map(\.office) == [Branch.village])
        #expect(try branch.town.refusals().map(\.number) == [number + 1])
        #expect(try branch.town.refusals().map(\.user) == ["张三"])
        let refused = try branch.town.refusedCells()
        #expect(refused.map(\.record.description) == ["family 330106109201/30"])
        #expect(refused.map(\.number) == [number + 2])
        #expect(try branch.town.verify().problems == [])
    }

    @Test func `what came too early names what is missing`() throws {
        let stranger = branch.tree.author(Branch.district).key.author
        let feed = try branch.town.vector(with: Branch.village)
            .first { $0.key.author == branch.tree.author(Branch.village).key.author }!
        let early = branch.forge(
            Branch.village, number: feed.value.number + 1, after: feed.value.hash,
            context: CausalContext([stranger: 4, branch.tree.author(Branch.town).key.author: 1]),
            body: Branch.family(0x31, name: "早"))
        try branch.hand([early], to: Branch.town, from: Branch.village)
        let held = try #require(try branch.town.heldFeeds().first)
        #expect(held.missing == CausalContext.Entry(author: stranger, number: 4))
        #expect(held.reason.contains("number 4 of office 330106"))
        #expect(try branch.town.verify().problems == [])
    }

    @Test func `a name that is none is told apart from an unknown key`() throws {
        #expect(throws: RecordNotFound.unknown("family", key: "77")) {
            try branch.town.history(table: "family", key: "77")
        }
        #expect(throws: RecordNotFound.keyText("family", column: "id", type: .blob, text: "xyz")) {
            try branch.town.history(table: "family", key: "xyz")
        }
        let error = #expect(throws: RecordNotFound.self) { try branch.town.history(table: "local_note", key: "1") }
        #expect(error?.description.contains("family, stock, visit, ruling, account") == true)
    }

    @Test func `a key that two areas know needs the area`() throws {
        try branch.write(Branch.town, "INSERT INTO family (area, id, name) VALUES (office(), x'01', '镇')")
        #expect(throws: RecordNotFound.severalAreas("family", key: "01", [Branch.town, Branch.village])) {
            try branch.town.history(table: "family", key: "01")
        }
        #expect(try branch.town.history(table: "family", key: "330106109/01").values[1].value == .text("镇"))
        #expect(try branch.town.histories(table: "family", key: "01").count == 2)
    }

    @Test func `the log lists the same change sets in order`() throws {
        let entries = try branch.town.log(area: Branch.village)
        #expect(entries.map(\.header.user) == ["甲一", "甲一", "乙二"])
        #expect(entries.map(\.office) == [Branch.village, Branch.village, Branch.town])
        #expect(entries.map(\.state) == [.applied, .applied, .applied])
        #expect(entries.map { $0.tables.map(\.table) } == [["family"], ["family"], ["family"]])
        #expect(entries.map { $0.tables[0].inserts } == [1, 1, 0])
        #expect(entries.map { $0.tables[0].updates } == [0, 0, 1])
        #expect(try branch.town.log(area: Branch.village, after: entries[1].seq) == [entries[2]])
        for count in 1...4 {
            let place = try branch.town.logPlace(area: Branch.village, author: nil, beforeLast: count)
            #expect(try branch.town.log(area: Branch.village, after: place) == entries.suffix(count))
        }
        #expect(try branch.town.log(author: branch.tree.author(Branch.town).key.author) == [entries[2]])
        #expect(try branch.town.log(limit: 1).map(\.header.feed.scope.area) == [Branch.district])
        #expect(entries.allSatisfy { $0.headerBytes > 100 && $0.bodyBytes > 10 })
    }
}

@Suite struct `What else a replica tells` {
    @Test func `references whose row is not there are listed`() throws {
        let branch = try Branch()
        try branch.write(
            Branch.village, "INSERT INTO visit (area, id, family, text) VALUES (office(), x'01', x'0a', '一')")
        try branch.write(Branch.village, "INSERT INTO visit (area, id, text) VALUES (office(), x'02', '二')")
        let missing = try branch.village.missingReferences()
        #expect(missing.map(\.record.description) == ["visit 330106109201/01"])
        #expect(missing.map(\.values) == [[.blob([0x0a])]] && missing.map(\.target) == ["family"])
        try branch.write(Branch.village, "INSERT INTO family (area, id) VALUES (office(), x'0a')")
        #expect(try branch.village.missingReferences() == [])
    }

    @Test func `the schema is described as declared`() throws {
        let schema = try Branch().village.schemaDescription()
        #expect(schema.version == 1)
        let family = try #require(schema.tables.first { $0.name == "family" })
        #expect(family.area == "area" && family.key == ["id"] && family.areas == [.district, .town, .village])
        #expect(family.audience == .village && !family.appendOnly && !family.isDirectory)
        #expect(
            family.columns[1]
                == .init(
                    name: "name", type: "TEXT", notNull: true, rule: "nearest", group: "identity", writers: nil,
                    quiet: false))
        #expect(family.columns[3].writers == [.district, .town] && family.columns[0].quiet)
        #expect(schema.tables.filter(\.isDirectory).map(\.name) == ["sanji_office", "sanji_author", "sanji_voided"])
    }

    @Test func `a contact is noted without forgetting the one before`() throws {
        let replica = try Branch().town
        try replica.notePeer(PeerNote(office: Branch.village, contact_ms: 5, clockOffset_ms: -2, version: "1.0"))
        try replica.notePeer(PeerNote(office: Branch.village, contact_ms: 9, schema: 1))
        try replica.noteRefusal(of: Branch.village, reason: "one")
        try replica.noteRefusal(of: Branch.village, reason: "two")
        let peer = try #require(try replica.peers().first)
        #expect(peer.contact_ms == 9 && peer.clockOffset_ms == -2 && peer.version == "1.0" && peer.schema == 1)
        #expect(peer.refused == 2 && peer.lastRefusal == "two")
        let below = try #require(try replica.officeProgress().first)
        #expect(below.contact_ms == 9 && below.schema == 1)
        #expect(below.node == NodeDetails(software: "1.0", clockOffset_ms: -2))
    }

    @Test func `a fork is shown with the branch that was not taken`() throws {
        let branch = try populated()
        let feed = FeedID(author: branch.tree.author(Branch.village).key.author, scope: Branch.villageScope)
        let other = branch.forge(Branch.village, number: 1, body: Branch.family(0x60, name: "叉"))
        let outcome = try branch.hand([other], to: Branch.town, from: Branch.village)
        #expect(outcome.forked.count == 1 && outcome.stored == 0)
        let forks = try branch.town.forks()
        #expect(forks.map(\.feed) == [feed] && forks.map(\.number) == [1] && forks.map(\.hash) == [other.sealed.hash])
        #expect(forks.map(\.office) == [Branch.village])
    }
}
