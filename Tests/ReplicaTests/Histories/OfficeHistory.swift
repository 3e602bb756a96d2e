import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas

@testable import Replica

/// A random history of one area over real replicas: offices write plain SQL, hand each other what they have, and
/// restart; a forger with a key of the lowest office sends what no honest program would.
final class OfficeHistory {
    let tree: TestTree
    let area: OfficeCode
    let forger: HandAuthor
    private(set) var holders: [OfficeCode]
    private var random: ModelRandom
    /// Offices that run the program of ``GrownDomain``.
    private var grown: Set<OfficeCode> = []
    private var refused: [FeedID: Set<UInt64>] = [:]
    private(set) var problems: [String] = []

    init(seed: UInt64) throws {
        random = ModelRandom(seed: seed)
        let isFan = seed.isMultiple(of: 3)
        let codes = ["330106", "330106109", "330106109201"] + (isFan ? ["330106109202"] : [])
        tree = try TestTree(codes, domain: TestDomain.schema)
        area = try OfficeCode(isFan ? codes[1] : codes[2])
        holders = try codes.map { try OfficeCode($0) }
        forger = try HandAuthor(area, in: tree)
        for office in holders.dropFirst() { try tree.send(from: tree.root, to: office) }
    }

    var scopes: [Scope] { [Scope(area: area, audience: .village), Scope(area: area, audience: .town)] }

    var authors: [ModelAuthor] {
        let open = holders.map { ($0, tree.author($0)) } + [(area, forger.own)]
        return open.map { office, own in
            ModelAuthor(id: own.key.author.description, office: office.digits, ordinal: Int(own.ordinal))
        }
    }

    func isRefused(_ feed: FeedID, _ number: UInt64) -> Bool { refused[feed]?.contains(number) ?? false }

    func run(steps: Int) throws {
        for _ in 0..<steps {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<9: try write()
            case 9, 10: try resolve()
            case 11, 12: try forge()
            case 13: try restart()
            default: try deliver()
            }
        }
    }

    /// Everything is delivered everywhere.
    func settle() throws {
        for office in holders + holders.reversed() {
            for other in holders where other != office { try tree.send(from: office, to: other) }
        }
    }

    private func office() -> OfficeCode { holders.randomElement(using: &random)! }

    private func write() throws {
        let office = office()
        guard office.covers(area) else { return }
        let statements = RandomSQL(area: area, tier: office.tier, isGrown: grown.contains(office)).block(using: &random)
        try refusing("\(office): \(statements)", by: office) {
            try tree[office].write(as: ActingUser("甲")) { db in
                for sql in statements { try db.execute(sql: sql) }
            }
        }
    }

    /// A person keeps what is shown of a conflict.
    private func resolve() throws {
        let office = office()
        guard office.covers(area) else { return }
        let replica = tree[office]
        guard let resolution = try RandomResolution(in: replica, using: &random) else { return }
        try refusing("\(office) keeps \(resolution.what)", by: office) { try resolution.keep(in: replica) }
    }

    /// What the rights of offices and the rule of counters forbid is refused; anything else fails the test.
    private func refusing(_ what: String, by office: OfficeCode, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch RefusedWrite.declaration(.foreignRow) where ![.town, .district].contains(office.tier) {
        } catch RefusedWrite.cell(let table, let cell, _, _)
            where ![.town, .district].contains(office.tier)
            && ["family.category", "ruling.text"].contains("\(table).\(cell)")
        {
        } catch RefusedWrite.counterKeyDeleted {
        } catch {
            problems.append("\(what): \(error)")
            throw error
        }
    }

    /// The forger writes what it likes, by what one of the offices has applied.
    private func forge() throws {
        let office = office()
        guard let context = try forger.knowledge(at: tree[office], in: scopes[0]) else { return }
        let (bytes, isRefused) = RandomForgery(area: area).body(using: &random)
        if isRefused { refused[forger.feed(in: scopes[0]), default: []].insert(forger.head(in: scopes[0]).number + 1) }
        let outcome = try forger.send(bytes, to: tree[office], in: scopes[0], knowing: context)
        if outcome.refused.count != (isRefused ? 1 : 0) || outcome.applied != 1 {
            problems.append("forgery: \(outcome)")
        }
    }

    private func restart() throws {
        let office = office()
        try tree.close(office)
        try tree.open(office, newer: grown.contains(office) ? GrownDomain.schema : nil)
    }

    func upgrade(_ office: OfficeCode) throws {
        grown.insert(office)
        try tree.close(office)
        try tree.open(office, newer: GrownDomain.schema)
    }

    /// Some of what the other lacks: cut short, out of order between feeds, or twice.
    private func deliver() throws {
        let (sender, receiver) = (office(), office())
        guard sender != receiver else { return }
        var batch = try tree.batch(from: sender, to: receiver)
        if Bool.random(using: &random) {
            batch.changeSets = Array(
                batch.changeSets.prefix(Int.random(in: 0...batch.changeSets.count, using: &random)))
        } else if Bool.random(using: &random) {
            var feeds = Dictionary(grouping: batch.changeSets) { $0.sealed.header.feed }
            batch.changeSets = batch.changeSets.map(\.sealed.header.feed).shuffled(using: &random)
                .map { feeds[$0]!.removeFirst() }
        }
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let outcome = try tree[receiver].accept(batch)
            if outcome.stored + outcome.known != batch.changeSets.count { problems.append("delivery: \(outcome)") }
        }
    }
}
