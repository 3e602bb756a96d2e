import CSQLite
import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas

/// One branch of three offices, and what an exchange between two of them carries.
final class Branch {
    static let district = try! OfficeCode("330106")
    static let town = try! OfficeCode("330106109")
    static let village = try! OfficeCode("330106109201")
    static let all = [district, town, village]
    let tree: TestTree

    init(_ algorithm: Algorithm = .ed25519) throws {
        tree = try TestTree(Self.all.map(\.digits), domain: TestDomain.schema, algorithm: algorithm)
    }

    var district: OfficeReplica { tree[Self.district] }
    var town: OfficeReplica { tree[Self.town] }
    var village: OfficeReplica { tree[Self.village] }

    /// Changes and statements, both ways.
    func exchange(_ child: OfficeCode, _ parent: OfficeCode) throws {
        try tree.send(from: child, to: parent)
        try tree[parent].issueStatements()
        try tree[child].issueStatements()
        var up = IncomingBatch()
        up.statements = try tree[child].statementsForParent()
        _ = try tree[parent].accept(up)
        try tree.send(from: parent, to: child)
        try tree[child].issueStatements()
        var down = IncomingBatch()
        down.statements = try tree[parent].statements(forChild: child, known: try tree[child].knownStatements())
        _ = try tree[child].accept(down)
    }

    /// Until everybody has everything, and has heard so.
    func settle() throws {
        for _ in 0..<2 {
            try exchange(Self.village, Self.town)
            try exchange(Self.town, Self.district)
            try exchange(Self.village, Self.town)
        }
    }

    func write(_ office: OfficeCode, _ sql: String, as user: String = "甲一") throws {
        tree.clock.advance(1000)
        try tree[office].write(as: ActingUser(user)) { try $0.execute(sql: sql) }
    }

    /// A change set that an office's author signs, whatever is in it.
    func forge(
        _ office: OfficeCode, number: UInt64, after previous: Digest = .zero, schema: UInt32 = 1,
        context: CausalContext = CausalContext(), body: [UInt8], in scope: Scope = Branch.villageScope
    ) -> VerifiedChangeSet {
        let key = tree.author(office).key
        let algorithm = key.publicKey.algorithm
        let header = ChangeSetHeader(
            algorithm: algorithm, feed: FeedID(author: key.author, scope: scope), number: number, previous: previous,
            bodyHash: algorithm.digest(body), bodyLength: body.count, context: context, schema: schema,
            wallClock_ms: 1_700_000_000_000, wallCounter: 0, user: "张三", userVerified: false,
            transaction: Array(repeating: 7, count: 16), part: 0, parts: 1)
        return VerifiedChangeSet(sealed: SealedHeader(header), body: body)
    }

    static let villageScope = Scope(area: village, audience: .village)

    /// Hands change sets over with the signature of their author on the last.
    @discardableResult
    func hand(_ changeSets: [VerifiedChangeSet], to office: OfficeCode, from author: OfficeCode) throws -> AcceptOutcome
    {
        let last = changeSets[changeSets.count - 1].sealed
        var batch = IncomingBatch()
        batch.changeSets = changeSets
        batch.runs = [
            Run(
                feed: last.header.feed, headers: changeSets.map(\.sealed),
                signature: try tree.author(author).key.sign(SignedMessage.header(last.hash)))
        ]
        return try tree[office].accept(batch)
    }

    /// An insert of a family, as the session extension would have it.
    static func family(_ id: UInt8, name: String, area: String = village.digits, category: CellValue = .null) -> [UInt8]
    {
        var writer = ChangesetWriter()
        writer.appendInsert(
            ChangesetTable(name: "family", columnCount: 8, isKey: (0..<8).map { $0 < 2 }),
            values: [.text(area), .blob([id]), .null, .text(name), .null, category, .null, .null])
        return writer.bytes
    }

    /// Changes the file behind the program's back, guard triggers or not.
    /// - Parameter file: Gets the path while nobody has the file open, and everything is in the file itself.
    func tamper(_ office: OfficeCode, _ sql: String, file: (String) throws -> Void = { _ in }) throws {
        try tree.close(office)
        try execute(sql, on: tree.path(office))
        try file(tree.path(office))
        try tree.open(office)
    }

    private func execute(_ sql: String, on path: String) throws {
        var database: OpaquePointer?
        guard sqlite3_open(path, &database) == SQLITE_OK else { throw Tampering(message: "cannot open") }
        defer { sqlite3_close(database) }
        _ = sanji_sqlite_set_triggers(database!, 0)
        var message: UnsafeMutablePointer<CChar>?
        guard sqlite3_exec(database, sql, nil, nil, &message) == SQLITE_OK else {
            throw Tampering(message: message.map { String(cString: $0) } ?? "?")
        }
        guard sqlite3_changes(database) > 0 else { throw Tampering(message: "nothing changed: \(sql)") }
    }
}

struct Tampering: Error { let message: String }
