import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas

@testable import Replica

/// A sample of the small histories, written by real replicas of a village, a town and a district in plain SQL: each by what
/// it has applied at that step; then delivered to all three in some causal order, and compared with the model.
package struct SmallHistoriesByReplicas {
    package private(set) var histories = 0
    /// How many there must be at least.
    package let due: Int
    package private(set) var problems: [String] = []
    private static let village = "330106109012"
    private static let offices = [village, "330106109", "330106"]
    private static let batch = 60
    private let table: ModelTable
    /// How far each office has applied each author's feed: what its next change set has to say that it knew.
    private var known: [OfficeCode: [AuthorID: UInt64]] = [:]
    private let columns: [String]

    /// - Parameter sample: How many histories are taken, of those that our program writes; fewer where there are no more.
    package init(kind number: Int, operations: Int, sample: Int) throws {
        let kind = SmallHistories.kinds[number]
        let honest = SmallHistories(kind: kind, operationsMax: operations, isHonest: true)
        let all = honest.count
        due = min(all, sample)
        table = kind.table
        columns = TestDomain.version1.table(named: table.name)!.columns.dropFirst(2).map(\.name)
        var random = ModelRandom(seed: UInt64(number) + 100)
        try honest.forEachBatch(of: Self.batch, every: max(1, all / sample)) { histories in
            guard problems.isEmpty else { return }
            try run(histories, using: &random)
        }
    }

    private mutating func run(_ histories: [SmallHistory], using random: inout ModelRandom) throws {
        let tree = try TestTree(Self.offices, domain: TestDomain.schema)
        known = [:]
        let scope = Scope(area: try OfficeCode(Self.village), audience: .village)
        for (index, history) in histories.enumerated() {
            var made: [[VerifiedChangeSet]] = []
            var applied = [0, 0, 0]
            for step in history.steps {
                let writer = tree[Self.offices[step.author]]
                try deliver(step.knows, of: history, made, to: writer, &applied[step.author], using: &random)
                let operation = step.changeSet.operations[0]
                made.append(try write(operation, id: index + 1, at: writer, scope))
                note(made[made.count - 1], writtenAt: writer.office)
                if made[made.count - 1].count != 1, !mayBeNothing(operation, by: writer.office) {
                    problems.append(
                        "\(writer.office) wrote \(operation) and \(made[made.count - 1].count) change sets came of it")
                }
                applied[step.author] |= 1 << (made.count - 1)
            }
            for (author, office) in Self.offices.enumerated() {
                try deliver(history.all, of: history, made, to: tree[office], &applied[author], using: &random)
            }
            self.histories += 1
        }
        for office in Self.offices { try compare(tree[office], scope) }
    }

    /// Brings a replica from some steps of a history to more of them, one after the other.
    private mutating func deliver(
        _ wanted: Int, of history: SmallHistory, _ made: [[VerifiedChangeSet]], to replica: OfficeReplica,
        _ applied: inout Int, using random: inout ModelRandom
    ) throws {
        while applied != wanted {
            let next = history.next(after: applied).filter { wanted & (1 << $0) != 0 }
            guard let step = next.randomElement(using: &random) else { throw Broken("no causal order") }
            applied |= 1 << step
            guard !made[step].isEmpty else { continue }
            var batch = IncomingBatch()
            batch.changeSets = made[step]
            let outcome = try replica.accept(batch)
            if outcome.applied != made[step].count { problems.append("\(replica.office) met \(outcome)") }
            for changeSet in made[step] {
                known[replica.office, default: [:]][changeSet.sealed.header.feed.author] =
                    changeSet.sealed.header.number
            }
        }
    }

    /// Holds what change sets say that their author knew against what it had applied.
    private mutating func note(_ made: [VerifiedChangeSet], writtenAt office: OfficeCode) {
        for changeSet in made {
            let expected = CausalContext(known[office] ?? [:])
            if changeSet.sealed.header.context != expected {
                problems.append("\(office) says it knew \(changeSet.sealed.header.context), having applied \(expected)")
            }
        }
    }

    /// Whether an operation may leave no change set: a cell that the office may not write, and a value that stood there.
    private func mayBeNothing(_ operation: ModelOperation, by office: OfficeCode) -> Bool {
        guard case .update(_, _, let old, let new) = operation else { return false }
        return new.allSatisfy { column, value in
            let cell = table.cells.first { $0.columns.contains(column) }
            return old[column] == value || cell?.writers.map { !$0.contains(office.digits.count) } ?? false
        }
    }

    /// - Returns: What came to the log: nothing where the office may not write the cell, or nothing changed.
    private func write(
        _ operation: ModelOperation, id: Int, at replica: OfficeReplica, _ scope: Scope
    ) throws -> [VerifiedChangeSet] {
        let row = "area = '\(Self.village)' AND id = \(Self.sql(id: id))"
        let feed = FeedID(author: try Self.author(of: replica), scope: scope)
        let before = try replica.vector(with: replica.office)[feed]?.number ?? 0
        var kept: [Capture.Resolution] = []
        let sql: String
        switch operation {
        case .insert(_, _, let values):
            sql =
                "INSERT INTO \(table.name) (area, id, \(columns.joined(separator: ", "))) VALUES ('\(Self.village)', "
                + "\(Self.sql(id: id)), \(values.map(Self.sql).joined(separator: ", ")))"
        case .update(_, _, let old, let new):
            sql =
                "UPDATE \(table.name) SET "
                + new.map { "\(columns[$0.key]) = \(Self.sql($0.value))" }.joined(separator: ", ") + " WHERE \(row)"
            // The same value again: a person keeps what is shown of a conflict.
            for (column, value) in new where old[column] == value {
                guard let cell = table.cells.firstIndex(where: { $0.columns == [column] }) else { continue }
                kept.append(
                    Capture.Resolution(
                        table: table.name, key: [.text(Self.village), .blob([UInt8(id)])], cell: cell))
            }
        case .delete: sql = "DELETE FROM \(table.name) WHERE \(row)"
        }
        do {
            try replica.capture(as: ActingUser("甲"), mode: .block, resolutions: kept) { db in try db.execute(sql: sql) }
        } catch RefusedWrite.cell {
            return []
        }
        return try replica.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.header, c.body FROM sanji_change_set AS c JOIN sanji_feed AS f ON f.id = c.feed
                    WHERE f.author = ? AND f.area = ? AND f.audience = ? AND c.number > ? ORDER BY c.number
                    """,
                arguments: [
                    Data(feed.author.bytes), scope.area.digits, scope.audience.digits, Int64(before),
                ])
        }.map { row in
            VerifiedChangeSet(
                sealed: try SealedHeader(parsing: [UInt8](row["header"] as Data)), body: [UInt8](row["body"] as Data))
        }
    }

    private static func author(of replica: OfficeReplica) throws -> AuthorID {
        guard let author = try replica.directory().authors.first(where: { $0.value.office == replica.office }) else {
            throw Broken("\(replica.office) has no author")
        }
        return author.key
    }

    private static func sql(id: Int) -> String { "x'" + (id < 16 ? "0" : "") + String(id, radix: 16) + "'" }

    private static func sql(_ value: ModelValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): "'\(text)'"
        case .blob(let bytes): "x'\(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())'"
        }
    }

    /// The model computes the state from the replica's own log.
    private mutating func compare(_ replica: OfficeReplica, _ scope: Scope) throws {
        let authors = ModelAuthor.all(in: try replica.directory())
        let expected = try ReplicaContent.expected(of: replica, in: scope, authors: authors)
        let actual = try ReplicaContent(of: replica, in: scope)
        if actual != expected { problems.append("\(replica.office) differs: \(actual.difference(expected))") }
    }
}
