import ChangeSets
import Exchange
import Replica

extension OfficeReplica {
    /// Answers a child's question for digests.
    func answer(_ question: DigestQuestion) throws -> DigestAnswer {
        guard let table = question.table else {
            let own = try digest(of: question.scope, isFresh: question.isFresh)
            let applied = Dictionary(uniqueKeysWithValues: own.applied.map { ($0.key.author, $0.value) })
            return DigestAnswer(
                schema: own.schema, applied: applied,
                tables: own.tables.map { .init(name: $0.table, rows: $0.rows, digest: $0.digest) }, pieces: [])
        }
        let pieces = try rowDigests(of: question.scope, table: table, ranges: question.ranges.map(RowRange.init))
        return DigestAnswer(
            schema: history.current.version, applied: [:], tables: [], pieces: pieces.map(DigestAnswer.Piece.init))
    }
}

/// What comparing one scope with the parent found.
package enum ComparisonResult: Sendable {
    case equal(Scope)
    /// The two have not applied the same change sets, so nothing can be said.
    case differentVectors(Scope)
    /// - Parameter row: The first row that differs, in words: `TABLE AREA/KEY`.
    case different(Scope, table: String, row: String)
    /// The two do not keep the same tables, although they say that they have the same schema.
    case differentTables(Scope, here: [String], parent: [String])
}

extension ComparisonResult {
    /// Of two that have applied the same and hold something else; nil where all is well, or nothing can be said.
    var alarm: String? {
        switch self {
        case .equal, .differentVectors: nil
        case .different(_, _, let row): row
        case .differentTables(let scope, let here, let parent):
            "the tables of \(scope): \(here.joined(separator: ", ")) here, \(parent.joined(separator: ", ")) at the parent"
        }
    }
}

/// Compares this replica with its parent, scope by scope, down to the first differing row (I8).
struct DigestComparison {
    let replica: OfficeReplica
    let line: any ParentTransport
    let environment: any NodeEnvironment
    /// Of the parent's side; this side's always is.
    let isFresh: Bool

    func run() async throws -> [ComparisonResult] {
        var results: [ComparisonResult] = []
        let (replica, parent) = (replica, line.parent)
        let here = try await environment.blocking { try replica.scopes() }.filter { $0.reaches(parent) }
        for scope in Set(here).union(try await scopesOfParent()).sorted() { results.append(try await compare(scope)) }
        return results
    }

    /// Where the parent has anything that this office is to have as well: a scope that is not here at all must not pass
    /// as equal.
    private func scopesOfParent() async throws -> Set<Scope> {
        let replica = replica
        guard let own = replica.own else { throw OfficeProblem.notJoined }
        // No vector has this digest, so the parent tells its whole one.
        let question = HelloMessage(
            office: replica.office, author: own.key.author, software: sanjiVersion,
            schema: replica.history.current.version, wallClock_ms: replica.environment.now_ms(), vectorDigest: .zero)
        let reply = try HelloMessage(parsing: try await line.call("/v1/hello", question.encoded()))
        return Set(reply.heads.keys.map(\.scope).filter { $0.reaches(replica.office) })
    }

    private func compare(_ scope: Scope) async throws -> ComparisonResult {
        let replica = replica
        let mine = try await environment.blocking { try replica.answer(DigestQuestion(scope: scope, isFresh: true)) }
        let theirs = try await ask(DigestQuestion(scope: scope, isFresh: isFresh))
        guard mine.applied == theirs.applied, mine.schema == theirs.schema else { return .differentVectors(scope) }
        let (here, there) = (mine.tables.map(\.name), theirs.tables.map(\.name))
        guard here == there else { return .differentTables(scope, here: here, parent: there) }
        for (one, other) in zip(mine.tables, theirs.tables) where one != other {
            return .different(scope, table: one.name, row: try await firstDifference(scope, one.name))
        }
        return .equal(scope)
    }

    private func firstDifference(_ scope: Scope, _ table: String) async throws -> String {
        let replica = replica
        var search = DifferenceSearch()
        var mine = try await environment.blocking {
            try replica.rowDigests(of: scope, table: table, in: .all, pieces: 16)
        }
        while true {
            let ranges = mine.map { KeyRange($0.range) }
            let theirs = try await ask(DigestQuestion(scope: scope, table: table, ranges: ranges)).pieces.map(
                RowPiece.init)
            switch search.next(mine: mine, theirs: theirs) {
            case .same: return "none now: it was written while comparing"
            case .found(let range):
                let isOnlyThere = zip(mine, theirs).contains { $0.range == range && $0.rows < $1.rows }
                return Self.words(range, table, scope, isOnlyThere: isOnlyThere)
            case .ask(let ranges):
                mine = try await environment.blocking {
                    try replica.rowDigests(of: scope, table: table, ranges: ranges)
                }
            }
        }
    }

    private static func words(_ range: RowRange, _ table: String, _ scope: Scope, isOnlyThere: Bool) -> String {
        switch (range.through, range.after) {
        case (let row?, _):
            "\(isOnlyThere ? "a row that only the parent has, before " : "")\(table) \(scope.area)/\(row)"
        case (nil, let row?): "a row that only the parent has, after \(table) \(scope.area)/\(row)"
        case (nil, nil): "a row of \(table) in \(scope.area) that only the parent has"
        }
    }

    private func ask(_ question: DigestQuestion) async throws -> DigestAnswer {
        try DigestAnswer(parsing: try await line.call("/v1/digest", question.encoded(), within: .seconds(600)))
    }
}

extension RowRange {
    init(_ range: KeyRange) {
        self.init(
            after: range.after.map { RowPosition(bytes: $0) }, through: range.through.map { RowPosition(bytes: $0) })
    }
}

extension KeyRange {
    init(_ range: RowRange) { self.init(after: range.after?.bytes, through: range.through?.bytes) }
}

extension DigestAnswer.Piece {
    init(_ piece: RowPiece) { self.init(range: KeyRange(piece.range), rows: piece.rows, digest: piece.digest) }
}

extension RowPiece {
    init(_ piece: DigestAnswer.Piece) {
        self.init(range: RowRange(piece.range), rows: piece.rows, digest: piece.digest)
    }
}
