import ChangeSets

/// What became of a batch. Accepted, refused, held and skipped add up to what was sent.
package struct AcceptOutcome: Sendable {
    /// New here and durable; some of them may be refused or wait.
    package var stored = 0
    package var applied = 0
    /// Already known: replays are normal.
    package var known = 0
    package var refused: [(feed: FeedID, number: UInt64, reason: String)] = []
    /// Not stored: the author or the feed may not be served or taken here, or the chain does not continue.
    package var rejected: [RejectedChangeSets] = []
    /// Held, as another branch of a feed than the one known here: the first of each feed.
    package var forked: [RejectedChangeSets] = []
    /// Why statements were not kept.
    package var disbelieved: [String] = []
    /// Scopes of which this office has something new to say: its vectors moved, or it holds another branch.
    package var touched: Set<Scope> = []
    /// How far each feed is stored here by what was sent: the sender has as much of it.
    package var heads: FeedVector = [:]
}

extension ReplicaWriter {
    /// Stores and applies batches in one transaction: progress is never recorded for what is not durable (I9).
    ///
    /// Batches of different peers share it, because a commit waits for the disk.
    func accept(_ batches: [IncomingBatch]) throws -> [AcceptOutcome] {
        try merging {
            let now_ms = environment.now_ms()
            var outcomes = try batches.map { try take($0, now_ms) }
            // A new row of the directory may free what waits anywhere.
            if directoryChanged, let last = outcomes.indices.last { try applyAllWaiting(&outcomes[last]) }
            try issueStatements(for: outcomes.reduce(into: []) { $0.formUnion($1.touched) })
            return outcomes
        }
    }

    /// One transaction that may apply change sets: without triggers, and remembered should the process die in it.
    func merging<T>(_ body: () throws -> T) throws -> T {
        try countDeath()
        connection.setTriggers(enabled: false)
        return try transaction {
            // Before the lock is let go: the marker is then another process's.
            defer { marker.clear() }
            return try body()
        }
    }

    private func take(_ batch: IncomingBatch, _ now_ms: Int64) throws -> AcceptOutcome {
        var outcome = AcceptOutcome()
        var blocked: Set<FeedID> = []
        for changeSet in batch.changeSets where !blocked.contains(changeSet.sealed.header.feed) {
            if let rejected = try take(changeSet, now_ms, &outcome) {
                outcome.rejected.append(rejected)
                blocked.insert(rejected.feed)
            }
        }
        // Also of a feed that was cut short here: what was taken of it needs its signature to be relayed.
        for run in batch.runs { try keepSignature(of: run) }
        try applyWaiting(in: outcome.touched, &outcome)
        outcome.disbelieved = try keep(batch.statements, now_ms)
        return outcome
    }

    /// - Returns: Why it was not stored, nil when it was, or was known.
    private func take(
        _ changeSet: VerifiedChangeSet, _ now_ms: Int64, _ outcome: inout AcceptOutcome
    ) throws -> RejectedChangeSets? {
        let sealed = changeSet.sealed
        let header = sealed.header
        func reject(_ reason: String) -> RejectedChangeSets {
            RejectedChangeSets(feed: header.feed, number: header.number, reason: reason)
        }
        guard let author = directory.authors[header.feed.author] else {
            return reject("author \(header.feed.author) is not in the directory here yet; it is sent again later")
        }
        guard header.feed.scope.reaches(office) else {
            return reject("\(header.feed.scope) is not on the branch of \(office)")
        }
        guard header.feed.scope.mayBeWritten(by: author.office) else {
            return reject("office \(author.office) may not write rows of \(header.feed.scope)")
        }
        var feed = try feedOrNew(header.feed)
        var isLost = false
        if header.feed.author == own?.key.author {
            switch try takeOwn(changeSet, feed) {
            case .here:
                outcome.known += 1
                outcome.heads[header.feed] = sealed.head
                return nil
            case .damagedHere:
                return reject("number \(header.number) is damaged at \(office); run `sanji verify` there")
            case .lostHere: isLost = true
            case .elsewhere: break
            }
        }
        if header.number <= feed.stored.number {
            if try headerHash(of: feed, at: header.number) == sealed.hash {
                outcome.known += 1
                outcome.heads[header.feed] = sealed.head
                return nil
            }
            return try hold(changeSet, asBranchOf: feed, now_ms, &outcome)
        }
        let isNext = header.number == feed.stored.number + 1
        if isNext ? header.previous != feed.stored.hash : try buildsOnBranch(header, feed) {
            return try hold(changeSet, asBranchOf: feed, now_ms, &outcome)
        }
        guard isNext else { return reject("number \(feed.stored.number + 1) is missing before \(header.number)") }
        if header.feed.author == own?.key.author, !isLost {
            return reject("this office's own change set came back without being known: it was restored or cloned")
        }
        let last = try lastHeader(of: feed)
        // A run is checked in itself; this joins it to the one before.
        if let last, !header.context.includes(last.context) || header.schema < last.schema {
            return reject("number \(header.number) knows less than the one before it; the sender is broken or hostile")
        }
        try append(sealed, body: changeSet.body, feed: feed.id, now_ms: now_ms)
        lastHeaders[feed.id] = header
        feed.stored = sealed.head
        outcome.stored += 1
        outcome.heads[header.feed] = sealed.head
        outcome.touched.insert(header.feed.scope)
        if feed.applied == header.number - 1, try readiness(of: sealed, feed) == .ready {
            try advance(sealed, body: changeSet.body, author, feed, &outcome)
        } else {
            try save(feed)
        }
        return nil
    }

    /// - Returns: Why it is not held, where there is enough of that kind.
    private func hold(
        _ changeSet: VerifiedChangeSet, asBranchOf feed: FeedRow, _ now_ms: Int64, _ outcome: inout AcceptOutcome
    ) throws -> RejectedChangeSets? {
        let number = changeSet.sealed.header.number
        let isHeldAlready = try isHeld(changeSet.sealed.head, feed)
        guard try isHeldAlready || branchRuns(of: feed) < Limits.heldBranchRunsMax else {
            return RejectedChangeSets(
                feed: feed.feed, number: number,
                reason:
                    "number \(number) is of yet another branch: \(Limits.heldBranchRunsMax) runs of others are held, and "
                    + "prove that its key was used twice")
        }
        if !isHeldAlready { mark(.fork) }
        try hold(changeSet, asBranchOf: feed, now_ms)
        outcome.touched.insert(feed.feed.scope)
        guard !outcome.forked.contains(where: { $0.feed == feed.feed }) else { return nil }
        outcome.forked.append(
            RejectedChangeSets(
                feed: feed.feed, number: number,
                reason: "number \(number) is another branch than the one known here: its key was used twice; it is held"
            ))
        return nil
    }

    enum Readiness: Equatable {
        case ready
        /// Something in its context has not been applied here yet.
        case early(String)
        case held(String)
    }

    func readiness(of sealed: SealedHeader, _ feed: FeedRow) throws -> Readiness {
        let header = sealed.header
        if directory.isVoided(sealed) { return .ready }
        guard header.schema <= history.current.version else {
            return .held("needs schema \(header.schema), this office has \(history.current.version): upgrade it")
        }
        if let failure = try failure(of: sealed) { return .held(failure) }
        for entry in header.context.entries {
            // Judged here, not when it came: then the directory may not have known that author.
            if let author = directory.authors[entry.author], !feed.feed.scope.mayBeWritten(by: author.office) {
                return .held(
                    "its context names \(entry.author), who may not write here; its author is broken or hostile")
            }
            let known = try self.feed(FeedID(author: entry.author, scope: feed.feed.scope))
            guard let known, known.applied >= entry.number else {
                return .early("waits for number \(entry.number) of author \(entry.author)")
            }
        }
        return .ready
    }

    /// Applies or refuses the next change set of a feed, or holds it where that fails.
    private func advance(
        _ sealed: SealedHeader, body: [UInt8], _ author: AuthorEntry, _ feed: FeedRow, _ outcome: inout AcceptOutcome
    ) throws {
        var feed = feed
        let failure = try isolated(sealed, &outcome) { outcome in
            var moved = feed
            moved.applied = sealed.header.number
            moved.hold = nil
            try settle(sealed, body: body, author, moved, &outcome)
            try forgetFailure(of: sealed)
        }
        guard let failure else { return }
        feed.hold = failure
        try save(feed)
    }

    /// Applies or refuses the next change set of a feed, whose `applied` the caller has moved already.
    private func settle(
        _ sealed: SealedHeader, body: [UInt8], _ author: AuthorEntry, _ feed: FeedRow, _ outcome: inout AcceptOutcome
    ) throws {
        let number = sealed.header.number
        marker.set(sealed.hash)
        try CommitPoint.pass(isInside: true)
        switch try check(sealed, body: body, author) {
        case .failure(let reason):
            try refuse(feed.id, number, reason.description)
            outcome.refused.append((feed.feed, number, reason.description))
            try save(feed)
        case .success(let checked):
            let coverage = Coverage(
                feed: feed.id, number: number, context: sealed.header.context, feeds: try feeds(in: feed.feed.scope))
            // In memory first: ranks and coverage must know the feed while its rows are merged.
            try save(feed)
            try keep(try apply(checked, feed: feed, coverage: coverage), author)
        }
        outcome.applied += 1
        if feed.feed.scope.area == root { try noteDirectoryChange() }
        marker.clear()
    }

    private func check(
        _ sealed: SealedHeader, body: [UInt8], _ author: AuthorEntry
    ) throws -> Result<CheckedChangeSet, RefusedBody> {
        if directory.isVoided(sealed) { return .failure(.voided) }
        // Not a newer one, which would be held: one that was never released.
        guard let schema = history.version(sealed.header.schema) else {
            return .failure(.unknownSchema(sealed.header.schema))
        }
        let parsed: ParsedChangeset
        do {
            parsed = try ParsedChangeset(body)
        } catch {
            return .failure(.malformed(error))
        }
        do {
            let declared = try BodyCheck(
                schema: schema, scope: sealed.header.feed.scope, authorTier: author.office.tier
            ).check(parsed)
            if let broken = try brokenConstraint(parsed, declared) { return .failure(broken) }
            return .success(CheckedChangeSet(sealed: sealed, body: parsed, declared: declared, author: author))
        } catch let refused as RefusedBody {
            return .failure(refused)
        }
    }

    /// CHECKs are evaluated by SQLite, value by value: a shown row's values may come from different change sets.
    private func brokenConstraint(_ body: ParsedChangeset, _ declared: [SyncedTable]) throws -> RefusedBody? {
        // By name: a body may name its table many times.
        var known: [String: [WrittenCheck]] = [:]
        for table in declared where known[table.name] == nil {
            known[table.name] = try writtenChecks(of: table)
        }
        guard known.contains(where: { !$0.value.isEmpty }) else { return nil }
        let checks = declared.map { known[$0.name] ?? [] }
        return try body.bytes.withUnsafeBytes { bytes in
            // One check after the other over all rows under one table header: looking a check up for every row costs more
            // than asking it.
            var rest = body.changes[...]
            while let table = rest.first?.table {
                let changes = rest.prefix { $0.table == table }
                rest = rest.dropFirst(changes.count)
                for check in checks[table] {
                    for change in changes where change.operation != .delete {
                        guard try check.isBroken(by: body.new(change), in: bytes) else { continue }
                        return .constraint(declared[table].name, declared[table].cells[check.cell].name)
                    }
                }
            }
            return nil
        }
    }

    private func writtenChecks(of table: SyncedTable) throws -> [WrittenCheck] {
        guard let access = tables[table.name] else { return [] }
        return try access.checks.filter { $0.cell < table.cells.count }.map { check in
            WrittenCheck(
                cell: check.cell, columns: access.cellRanges[check.cell],
                defaults: table.cells[check.cell].columns.map(\.defaultValue),
                statement: try connection.statement(check.query))
        }
    }

    /// Applies what had come too early and is not any more.
    func applyWaiting(in scopes: Set<Scope>, _ outcome: inout AcceptOutcome) throws {
        for scope in scopes {
            var moved = true
            while moved {
                moved = false
                for waiting in try feeds(in: scope) where waiting.isWaiting {
                    guard let feed = feedsByID[waiting.id], feed.isWaiting,
                        let found = try body(feed: feed.id, number: feed.applied + 1),
                        let author = directory.authors[feed.feed.author]
                    else { continue }
                    guard let sealed = try? SealedHeader(parsing: found.header), sealed.vouches(for: found.body) else {
                        try note(hold: "it has changed on this disk; run `sanji repair`", as: .hold, of: feed, &outcome)
                        continue
                    }
                    switch try readiness(of: sealed, feed) {
                    case .early(let reason): try note(hold: reason, as: .early, of: feed, &outcome)
                    case .held(let reason): try note(hold: reason, as: .hold, of: feed, &outcome)
                    case .ready:
                        try advance(sealed, body: found.body, author, feed, &outcome)
                        outcome.touched.insert(scope)
                        moved = true
                    }
                }
            }
        }
    }

    /// Applies what is not early or held any more, the directory first: it may free, or void, what is in any other area.
    func applyAllWaiting(_ outcome: inout AcceptOutcome) throws {
        try applyWaiting(in: try waitingScopes().filter { $0.area == root }, &outcome)
        outcome.touched.formUnion(try takeOutVoided())
        try applyWaiting(in: try waitingScopes().filter { $0.area != root }, &outcome)
    }

    private func note(
        hold: String, as path: RarePath, of feed: FeedRow, _ outcome: inout AcceptOutcome
    ) throws {
        guard feed.hold != hold else { return }
        mark(path)
        var feed = feed
        feed.hold = hold
        try save(feed)
        outcome.touched.insert(feed.feed.scope)
    }

    func waitingScopes() throws -> Set<Scope> {
        let waiting = try connection.statement("SELECT DISTINCT area, audience FROM sanji_feed WHERE stored > applied")
            .rows { ($0.text(0), Int($0.integer(1))) }
        return try Set(
            waiting.compactMap { area, audience in
                try Tier(digits: audience).map { try Scope(area: OfficeCode(area), audience: $0) }
            })
    }
}

/// A CHECK over one cell, ready to be asked of written values.
private final class WrittenCheck {
    let cell: Int
    let columns: Range<Int>
    /// The cell's columns' defaults as a body has them, one behind the other.
    private let defaults: [UInt8]
    private let kinds: [(kind: ValueSpan.Kind, length: Int)]
    private let statement: PreparedStatement

    init(cell: Int, columns: Range<Int>, defaults: [CellValue], statement: PreparedStatement) {
        let encoded = defaults.map(Self.encoded)
        self.cell = cell
        self.columns = columns
        self.defaults = encoded.flatMap(\.content)
        kinds = encoded.map { ($0.kind, $0.content.count) }
        self.statement = statement
    }

    /// Also where the expression fails on the values: it would fail at every office.
    func isBroken(by new: ArraySlice<ValueSpan>, in bytes: UnsafeRawBufferPointer) throws -> Bool {
        let first = new.startIndex + columns.lowerBound
        guard new[first].kind != .undefined else { return false }
        // Defaults were tried when the replica was opened, and most columns of most rows have theirs.
        guard !areDefaults(new, from: first, in: bytes) else { return false }
        for (place, column) in columns.enumerated() {
            statement.bind(Int32(place + 1), new[new.startIndex + column], in: bytes)
        }
        do {
            return try statement.first { _ in true } ?? false
        } catch let failure as SQLiteFailure where failure.isOfTheData {
            return true
        }
    }

    private func areDefaults(_ spans: ArraySlice<ValueSpan>, from first: Int, in bytes: UnsafeRawBufferPointer) -> Bool
    {
        var start = 0
        for (place, (kind, length)) in kinds.enumerated() {
            let span = spans[first + place]
            guard span.kind == kind, span.length == length else { return false }
            for index in 0..<length where bytes[Int(span.offset) + index] != defaults[start + index] { return false }
            start += length
        }
        return true
    }

    private static func encoded(_ value: CellValue) -> (kind: ValueSpan.Kind, content: [UInt8]) {
        func bytes(_ bits: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) } }
        return switch value {
        case .null: (.null, [])
        case .integer(let value): (.integer, bytes(UInt64(bitPattern: value)))
        case .real(let value): (.real, bytes(value.bitPattern))
        case .text(let value): (.text, Array(value.utf8))
        case .blob(let value): (.blob, value)
        }
    }
}
