import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Upgrading the program` {
    let district = try! OfficeCode("330106")
    let town = try! OfficeCode("330106109")
    let village = try! OfficeCode("330106109201")
    let user = ActingUser("甲")

    func tree() throws -> TestTree {
        try TestTree(["330106", "330106109", "330106109201"], domain: TestDomain.schema)
    }

    func upgrade(_ office: OfficeCode, in tree: TestTree) throws {
        try tree.close(office)
        try tree.open(office, newer: GrownDomain.schema)
    }

    @Test(arguments: seeds(8))
    func `at any time leaves every office with the same`(seed: UInt64) throws {
        let history = try OfficeHistory(seed: seed)
        defer { #expect(history.problems.isEmpty) }
        var random = ModelRandom(seed: seed)
        for office in history.holders.shuffled(using: &random) {
            try history.run(steps: 15)
            try history.upgrade(office)
        }
        try history.settle()
        for scope in history.scopes {
            let contents = try history.holders.filter { scope.reaches($0) }
                .map { try ReplicaContent(of: history.tree[$0], in: scope) }
            for content in contents { #expect(content == contents[0]) }
            #expect(contents[0].unmatchedStamps == 0)
        }
    }

    @Test func `writes no rows: an added cell has no sibling until someone writes it`() throws {
        let tree = try tree()
        try tree[village].write(as: user) {
            try $0.execute(sql: "INSERT INTO family (area, id) VALUES (office(), x'01')")
        }
        try tree.send(from: village, to: town)
        try upgrade(town, in: tree)
        try upgrade(district, in: tree)
        try tree.send(from: town, to: district)
        let scope = Scope(area: village, audience: .village)
        let upgraded = try ReplicaContent(of: tree[town], in: scope)
        #expect(try upgraded == ReplicaContent(of: tree[district], in: scope))
        let row = try #require(upgraded.state.rows.values.first)
        #expect(row.siblings.map(\.count) == [1, 1, 0, 1, 1, 0, 0])
        #expect(row.shown.suffix(2) == [.null, .integer(3)])
    }

    @Test func `chooses winners anew where a rule has changed`() throws {
        let tree = try tree()
        try tree[village].write(as: user) {
            try $0.execute(sql: "INSERT INTO family (area, id, phone) VALUES (office(), x'01', 'village')")
        }
        try tree.send(from: village, to: town)
        try tree[town].write(as: user) { try $0.execute(sql: "UPDATE family SET phone = 'town'") }
        try tree[village].write(as: user) { try $0.execute(sql: "UPDATE family SET phone = 'near'") }
        try tree.send(from: village, to: town)
        func phone() throws -> String? {
            try tree[town].read { try String.fetchOne($0, sql: "SELECT phone FROM family") }
        }
        func quiet() throws -> Int? {
            try tree[town].read { try Int.fetchOne($0, sql: "SELECT quiet FROM sanji_conflict") }
        }
        #expect(try phone() == "near")
        #expect(try quiet() == 1)
        try upgrade(town, in: tree)
        #expect(try phone() == "town")
        #expect(try quiet() == 0)
    }

    @Test func `frees what was held for it`() throws {
        let tree = try tree()
        try upgrade(village, in: tree)
        try tree[village].write(as: user) {
            try $0.execute(sql: "INSERT INTO family (area, id, note) VALUES (office(), x'01', 'new')")
        }
        let outcome = try tree.send(from: village, to: town)
        #expect(outcome.stored == 1 && outcome.applied == 0 && outcome.rejected.isEmpty)
        let feed = FeedID(author: tree.author(village).key.author, scope: Scope(area: village, audience: .village))
        func verdicts() throws -> [Verdict] {
            try tree[town].ownStatements(on: [feed.scope])[0].statement.progress(of: feed.author)!.verdicts
        }
        #expect(try verdicts().map(\.state) == [.held])
        // Relayed untouched meanwhile.
        #expect(try tree.send(from: town, to: district).stored == 1)
        try upgrade(town, in: tree)
        #expect(try verdicts().isEmpty)
        #expect(try tree[town].read { try String.fetchOne($0, sql: "SELECT note FROM family") } == "new")
    }

    @Test func `stops programs of the older version that still have the file open`() throws {
        let tree = try tree()
        let older = tree[village]
        try tree.open(village, newer: GrownDomain.schema)
        #expect(throws: NewerReplica.self) {
            try older.write(as: user) { try $0.execute(sql: "INSERT INTO family (area, id) VALUES (office(), x'01')") }
        }
        #expect(try tree[village].read { try Int.fetchOne($0, sql: "SELECT count(*) FROM family") } == 0)
        #expect(throws: NewerReplica.self) { try tree.open(village) }
    }
}
