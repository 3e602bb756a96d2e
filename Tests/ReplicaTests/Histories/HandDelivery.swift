import ChangeSets
import Foundation
import GRDB
import TestReplicas

@testable import Replica

/// A district, a town and a village, and two authors of the village whose change sets are made by hand.
final class HandDelivery {
    static let area = "330106109201"
    let tree: TestTree
    let district = try! OfficeCode("330106")
    let town = try! OfficeCode("330106109")
    let village = try! OfficeCode(area)
    let scope: Scope
    let first: HandAuthor
    let second: HandAuthor

    init() throws {
        tree = try TestTree(["330106", "330106109", Self.area], domain: TestDomain.schema)
        scope = Scope(area: village, audience: .village)
        first = try HandAuthor(village, ordinal: 2, in: tree)
        second = try HandAuthor(village, ordinal: 3, in: tree)
        try tree.send(from: district, to: town)
    }

    /// Where everything is delivered.
    var replica: OfficeReplica { tree[town] }

    /// A family, new each time.
    func family(_ id: UInt8, _ values: [String: CellValue] = [:]) -> [UInt8] {
        var body = HandBody()
        body.insert("family", area: Self.area, id: id, values)
        return body.bytes
    }

    func context(_ author: HandAuthor, _ number: UInt64) -> CausalContext { CausalContext([author.author: number]) }

    @discardableResult
    func deliver(_ author: HandAuthor, _ changeSets: VerifiedChangeSet...) throws -> AcceptOutcome {
        try replica.accept(try author.batch(changeSets))
    }

    /// Makes the next change set and goes on from there, without delivering it.
    func next(
        _ author: HandAuthor, _ body: [UInt8], knowing context: CausalContext = CausalContext(), schema: UInt32 = 1,
        _ change: (inout ChangeSetHeader) -> Void = { _ in }
    ) -> VerifiedChangeSet {
        let made = author.next(in: scope, body, knowing: context, schema: schema, change)
        author.keep(made)
        return made
    }

    /// How far the replica has come with an author: stored and applied.
    func progress(_ author: HandAuthor) throws -> [UInt64] {
        let row = try replica.engine { try $0.feed(author.feed(in: self.scope)) }
        return [row?.stored.number ?? 0, row?.applied ?? 0]
    }

    /// What the replica tells the author.
    func verdicts(_ author: HandAuthor) throws -> [Verdict] {
        try replica.ownStatements(on: [scope]).first?.statement.progress(of: author.author)?.verdicts ?? []
    }

    func families() throws -> [String] {
        try replica.read { try String.fetchAll($0, sql: "SELECT hex(id) FROM family ORDER BY id") }
    }

    func forks() throws -> [[UInt8]] {
        try replica.read {
            try Data.fetchAll($0, sql: "SELECT hash FROM sanji_fork ORDER BY number").map { [UInt8]($0) }
        }
    }

    /// The district voids a change set, and the town hears of it.
    func void(_ changeSet: VerifiedChangeSet) throws {
        let header = changeSet.sealed.header
        try tree[district].writeDirectory(as: ActingUser("乙")) { db in
            try db.execute(
                sql: """
                    INSERT INTO sanji_voided (area, id, author, voided_area, voided_audience, number, header_hash)
                    VALUES ('330106', uuid7(), ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Data(header.feed.author.bytes), header.feed.scope.area.digits, header.feed.scope.audience.digits,
                    Int64(header.number), Data(changeSet.sealed.hash.bytes),
                ])
        }
        try tree.send(from: district, to: town)
    }

    /// As if the process had died while applying it.
    func die(applying changeSet: VerifiedChangeSet) throws {
        let marker = URL(fileURLWithPath: tree.path(town) + "-applying")
        try tree.close(town)
        try Data(changeSet.sealed.hash.bytes.prefix(16)).write(to: marker)
        try tree.open(town)
        _ = try replica.accept(IncomingBatch())
    }
}
