import ChangeSets
import Exchange
import Replica

extension OfficeReplica {
    /// Answers a child's question for digests.
    func answer(_ question: DigestQuestion) throws -> DigestAnswer {
        guard let table = question.table else {
            let own = try digest(of: question.scope)
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
    case different(Scope, table: String, row: String)
}

/// Compares this replica with its parent, scope by scope, down to the first differing row (I8).
struct DigestComparison {
    let replica: OfficeReplica
    let client: ParentClient

    func run() async throws -> [ComparisonResult] {
        var results: [ComparisonResult] = []
        let (replica, parent) = (replica, client.office)
        for scope in try await Offload.run({ try replica.scopes() }) where scope.reaches(parent) {
            results.append(try await compare(scope))
        }
        return results
    }

    private func compare(_ scope: Scope) async throws -> ComparisonResult {
        let replica = replica
        let mine = try await Offload.run { try replica.answer(DigestQuestion(scope: scope)) }
        let theirs = try await ask(DigestQuestion(scope: scope))
        guard mine.applied == theirs.applied, mine.schema == theirs.schema else { return .differentVectors(scope) }
        for (one, other) in zip(mine.tables, theirs.tables) where one != other {
            return .different(scope, table: one.name, row: try await firstDifference(scope, one.name))
        }
        return .equal(scope)
    }

    private func firstDifference(_ scope: Scope, _ table: String) async throws -> String {
        let replica = replica
        var search = DifferenceSearch()
        var mine = try await Offload.run { try replica.rowDigests(of: scope, table: table, in: .all, pieces: 16) }
        while true {
            let ranges = mine.map { KeyRange($0.range) }
            let theirs = try await ask(DigestQuestion(scope: scope, table: table, ranges: ranges)).pieces.map(
                RowPiece.init)
            switch search.next(mine: mine, theirs: theirs) {
            case .same: return "none now: it was written while comparing"
            case .found(let range): return range.through?.bytes.hex ?? "the end of the table"
            case .ask(let ranges):
                mine = try await Offload.run { try replica.rowDigests(of: scope, table: table, ranges: ranges) }
            }
        }
    }

    private func ask(_ question: DigestQuestion) async throws -> DigestAnswer {
        try DigestAnswer(parsing: try await client.call("/v1/digest", question.encoded(), timeout: .minutes(10)))
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
