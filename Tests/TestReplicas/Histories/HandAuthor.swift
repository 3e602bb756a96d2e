import ChangeSets
import Foundation

@testable import Replica

/// An author without a replica: its key is in the directory, its change sets are made by hand, true or forged.
package final class HandAuthor {
    package let office: OfficeCode
    package let own: OwnAuthor
    private var heads: [Scope: FeedHead] = [:]

    /// - Parameter own: In the directory already, or about to be.
    package init(_ office: OfficeCode, own: OwnAuthor) {
        self.office = office
        self.own = own
    }

    /// Enrolled by the tree's root as another author of the office; the caller sends the directory on.
    package convenience init(_ office: OfficeCode, ordinal: UInt32 = 2, in tree: TestTree) throws {
        self.init(office, own: OwnAuthor(key: try .generate(.ed25519), ordinal: ordinal))
        try tree[tree.root].enrol(
            [
                Enrolment(
                    office: OfficeEntry(code: office, name: "office \(office)"), author: try own.entry(office: office))
            ],
            as: ActingUser("setup"))
    }

    package var author: AuthorID { own.key.author }
    package func head(in scope: Scope) -> FeedHead { heads[scope] ?? .start }
    package func feed(in scope: Scope) -> FeedID { FeedID(author: author, scope: scope) }

    /// What an office has applied, for a change set to be written there.
    /// - Parameter other: Where given, no more than this office has applied as well.
    /// - Returns: nil where the office does not have all of this author's feed, or does not know the author.
    package func knowledge(
        at replica: OfficeReplica, in scope: Scope, andAt other: OfficeReplica? = nil
    ) throws -> CausalContext? {
        let feeds = try replica.engine { try $0.feeds(in: scope) }
        let known = feeds.first { $0.feed.author == author }
        guard try replica.directory().authors[author] != nil, known?.stored ?? .start == head(in: scope),
            known?.isWaiting != true
        else { return nil }
        var context = Self.applied(feeds)
        context[author] = nil
        if let other {
            let there = Self.applied(try other.engine { try $0.feeds(in: scope) })
            context = context.reduce(into: [AuthorID: UInt64]()) { known, here in
                if let number = there[here.key] { known[here.key] = min(number, here.value) }
            }
        }
        return CausalContext(context)
    }

    private static func applied(_ feeds: [FeedRow]) -> [AuthorID: UInt64] {
        Dictionary(uniqueKeysWithValues: feeds.filter { $0.applied > 0 }.map { ($0.feed.author, $0.applied) })
    }

    /// The next header of the feed; `change` makes it odd before it is sealed.
    package func next(
        in scope: Scope, _ body: [UInt8], knowing context: CausalContext = CausalContext(), schema: UInt32 = 1,
        _ change: (inout ChangeSetHeader) -> Void = { _ in }
    ) -> VerifiedChangeSet {
        let head = head(in: scope)
        var header = ChangeSetHeader(
            algorithm: .ed25519, feed: feed(in: scope), number: head.number + 1, previous: head.hash,
            bodyHash: Algorithm.ed25519.digest(body), bodyLength: body.count, context: context, schema: schema,
            wallClock_ms: 0, wallCounter: 0, user: "forger", userVerified: false,
            transaction: Array(repeating: 7, count: 16), part: 0, parts: 1)
        change(&header)
        return VerifiedChangeSet(sealed: SealedHeader(header), body: body)
    }

    /// Goes on from there.
    package func keep(_ changeSet: VerifiedChangeSet) {
        heads[changeSet.sealed.header.feed.scope] = changeSet.sealed.head
    }

    package func batch(_ changeSets: [VerifiedChangeSet]) throws -> IncomingBatch {
        var batch = IncomingBatch()
        batch.changeSets = changeSets
        guard let last = changeSets.last else { return batch }
        batch.runs = [
            Run(
                feed: last.sealed.header.feed, headers: changeSets.map(\.sealed),
                signature: try own.key.sign(SignedMessage.header(last.sealed.hash)))
        ]
        return batch
    }

    /// Makes, keeps and delivers one change set.
    @discardableResult
    package func send(
        _ body: [UInt8], to replica: OfficeReplica, in scope: Scope, knowing context: CausalContext = CausalContext(),
        schema: UInt32 = 1
    ) throws -> AcceptOutcome {
        let changeSet = next(in: scope, body, knowing: context, schema: schema)
        keep(changeSet)
        return try replica.accept(try batch([changeSet]))
    }
}

/// A body made by hand.
package struct HandBody {
    private var writer = ChangesetWriter()
    private let schema: SyncedSchema

    package init(_ schema: SyncedSchema = TestDomain.version1) { self.schema = schema }

    package var bytes: [UInt8] { writer.bytes }

    package func header(_ table: String) -> ChangesetTable {
        let table = schema.table(named: table)!
        let keyColumns = 1 + table.key.count
        return ChangesetTable(
            name: table.name, columnCount: table.columns.count, isKey: table.columns.indices.map { $0 < keyColumns })
    }

    /// Columns that `values` does not name get their defaults.
    package mutating func insert(_ table: String, area: String, id: UInt8, _ values: [String: CellValue] = [:]) {
        let columns = schema.table(named: table)!.columns
        writer.appendInsert(
            header(table),
            values: [.text(area), .blob([id])] + columns.dropFirst(2).map { values[$0.name] ?? $0.defaultValue })
    }

    package mutating func update(
        _ table: String, area: String, id: UInt8, _ new: [String: (old: CellValue, new: CellValue)]
    ) {
        let names = schema.table(named: table)!.columns.map(\.name)
        writer.appendUpdate(
            header(table), old: [.text(area), .blob([id])] + names.dropFirst(2).map { new[$0]?.old },
            new: [nil, nil] + names.dropFirst(2).map { new[$0]?.new })
    }

    package mutating func delete(_ table: String, area: String, id: UInt8) {
        let count = schema.table(named: table)!.columns.count
        writer.appendDelete(
            header(table), values: [.text(area), .blob([id])] + Array(repeating: .null, count: count - 2))
    }
}
