import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica

@testable import Node

/// The offices of `topology/small.yaml`, each with its own folder, keys and process, on lines that can be cut.
final class Tree: Sendable {
    static let district = try! OfficeCode("330106")
    static let town = try! OfficeCode("330106009")
    static let village = try! OfficeCode("330106009001")
    static let village2 = try! OfficeCode("330106009200")
    static let otherTown = try! OfficeCode("330106109")
    static let otherVillage = try! OfficeCode("330106109012")
    static let otherVillage2 = try! OfficeCode("330106109200")
    static let codes = [district, town, village, village2, otherTown, otherVillage, otherVillage2]
    static let villages = codes.filter { $0.tier == .village }
    static let topology = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "topology/small.yaml").path

    let folder: TemporaryFolder
    let offices: [OfficeCode: Office]
    let events: FolderEvents

    subscript(code: OfficeCode) -> Office { offices[code]! }
    var all: [Office] { Self.codes.compactMap { offices[$0] } }
    var children: [Office] { all.filter { $0.line != nil } }
    func parent(of office: Office) -> Office { self[office.code.parent!] }

    /// Runs `body` with a tree whose offices have all joined; afterwards no process and no file is left.
    /// - Parameter starting: The offices that run from the beginning.
    static func with(
        starting: [OfficeCode] = codes, _ body: (Tree) async throws -> Void
    ) async throws {
        let tree = try await Tree(copying: try await JoinedTree.folder())
        do {
            for office in tree.all where starting.contains(office.code) { try await tree.start(office) }
            try await body(tree)
        } catch {
            for node in tree.all.compactMap(\.node) { print("\(node.sofar.errorText)") }
            await tree.end()
            throw error
        }
        await tree.end()
    }

    private init(copying joined: URL) async throws {
        folder = try TemporaryFolder()
        events = try FolderEvents()
        var offices: [OfficeCode: Office] = [:]
        for code in Self.codes {
            let place = folder.url.appending(path: code.digits, directoryHint: .isDirectory)
            try FileManager.default.copyItem(at: joined.appending(path: code.digits), to: place)
            let line = code == Self.district ? nil : try await Line()
            let office = Office(code, place, line: line)
            if let line {
                var settings = try office.folder.settings()
                settings.parentAddress = "\(line.address)"
                try office.folder.save(settings)
            }
            offices[code] = office
            try events.watch(place.path)
        }
        self.offices = offices
    }

    /// Starts the node and leads its children's lines to it.
    func start(_ office: Office, _ options: String...) async throws {
        switch options.count {
        case 2: try await office.start(options[0], options[1])
        default: try await office.start()
        }
        for child in children where child.code.parent == office.code { child.line?.lead(to: office.address) }
    }

    private func end() async {
        for office in all { office.node?.send(SIGKILL) }
        for office in all {
            _ = try? await office.node?.ended()
            try? office.closeReplica()
        }
        folder.remove()
    }

    // MARK: Waiting

    func until(
        _ what: String, within limit: Duration = .seconds(30), _ isSo: @escaping @Sendable () async throws -> Bool
    ) async throws {
        try await eventually(what, within: limit, after: [events.changes], detail: { try self.where() }, isSo)
    }

    /// Until every office and its parent have stored and applied the same, and every office has heard that the district has its
    /// changes.
    func untilQuiet(within limit: Duration = .seconds(120)) async throws {
        try await until("all offices have everything", within: limit) { try self.isQuiet() }
    }

    func isQuiet() throws -> Bool {
        for office in all {
            let replica = try office.replica()
            guard try replica.heldFeeds().isEmpty else { return false }
            guard office.line != nil else { continue }
            let parent = parent(of: office)
            guard try replica.vector(with: parent.code) == parent.replica().vector(with: office.code) else {
                return false
            }
            let fates = try replica.fates()
            guard fates.waiting == 0, fates.held == 0,
                fates.reached[Self.district, default: 0] + fates.refused == fates.own
            else { return false }
        }
        return true
    }

    /// How far everyone is, for a failure.
    private func `where`() throws -> String {
        try all.map { office in
            let replica = try office.replica()
            let fates = try replica.fates()
            let feeds = try replica.vector(with: office.code).sorted { $0.key < $1.key }
                .map { "\($0.key.scope.area):\($0.value.number)" }
            let held = try replica.heldFeeds().map(\.reason)
            return "\n\(office.code) \(office.isRunning ? "runs" : "stands") own \(fates.own) waiting \(fates.waiting) "
                + "reached \(fates.reached) "
                + "held \(fates.held) \(held) feeds \(feeds) \(ControlAnswer.ask(office.folder)?.lastError ?? "") "
                + "statements \(try statements(replica))"
        }.joined()
    }
}

extension Tree {
    private func statements(_ replica: OfficeReplica) throws -> [String] {
        try replica.read { db in
            try Row.fetchAll(db, sql: "SELECT hex(author) AS a, area, ordinal, given, statement FROM sanji_statement")
                .map {
                    let statement = try SignedStatement(parsing: [UInt8]($0["statement"] as Data), signature: [])
                        .statement
                    return
                        "\(($0["a"] as String).prefix(4)) \($0["area"] as String) #\($0["ordinal"] as Int64) \($0["given"] as Int64) "
                        + statement.feeds.map {
                            "\($0.author.description.prefix(4)):\($0.stored.number)/\($0.applied.number)"
                        }.joined(separator: ",")
                }
        }
    }
}

/// A short path, because a Unix socket's has at most 107 bytes.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "sj-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { remove() }

    func remove() { try? FileManager.default.removeItem(at: url) }
}
