import ChangeSets

extension ReplicaWriter {
    /// Keeps a peer's statements that are newer than those known, and truly their offices'.
    /// - Returns: Why some are not believed: the sender is broken or hostile, or ahead of this office's directory.
    func keep(_ statements: [SignedStatement], _ now_ms: Int64) throws -> [String] {
        var reasons: [String] = []
        // Newest first, and nothing more of a scope once its word is known: a signature costs more than all else here.
        var done: Set<StatementID> = []
        for signed in statements.sorted(by: { $0.statement.ordinal > $1.statement.ordinal }) {
            let statement = signed.statement
            guard done.insert(StatementID(author: statement.author, scope: statement.scope)).inserted else { continue }
            guard try statement.ordinal > ordinal(statement) else { continue }
            if let reason = try keep(signed, now_ms) { reasons.append(reason) }
        }
        return reasons
    }

    private func keep(_ signed: SignedStatement, _ now_ms: Int64) throws -> String? {
        let statement = signed.statement
        let what = "a statement of author \(statement.author) on \(statement.scope)"
        guard let author = directory.authors[statement.author] else {
            return "\(what): the author is not in the directory here yet"
        }
        guard statement.author != own?.key.author, statement.scope.reaches(author.office),
            author.office.isOnBranch(of: office), statement.scope.reaches(office)
        else { return "\(what): it is not that office's to say here" }
        // An area without an office has no feeds to speak of, unless somebody above has written there all the same.
        let isKnown =
            try directory.offices[statement.scope.area] != nil || statement.scope.area == root
            || feeds(in: statement.scope).contains { $0.stored.number > 0 }
        guard isKnown else {
            return "\(what): no such office in the directory here yet"
        }
        guard signed.isSigned(by: author.verificationKey) else { return "\(what): its signature is not the author's" }
        try save(signed, now_ms)
        return nil
    }

    private func ordinal(_ statement: Statement) throws -> UInt64 {
        let select = try connection.statement(
            "SELECT ordinal FROM sanji_statement WHERE author = ?1 AND area = ?2 AND audience = ?3")
        return try select.bind(1, blob: statement.author.bytes).bind(2, statement.scope.area.digits)
            .bind(3, Int64(statement.scope.audience.digits)).first { try $0.ordinal(0) } ?? 0
    }

    private func save(_ signed: SignedStatement, _ now_ms: Int64) throws {
        let statement = signed.statement
        let upsert = try connection.statement(
            """
            INSERT INTO sanji_statement (author, area, audience, ordinal, statement, signature, received_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT DO UPDATE SET ordinal = excluded.ordinal, statement = excluded.statement,
                signature = excluded.signature, received_ms = excluded.received_ms
            WHERE excluded.ordinal > ordinal
            """)
        try upsert.bind(1, blob: statement.author.bytes).bind(2, statement.scope.area.digits)
            .bind(3, Int64(statement.scope.audience.digits)).bind(4, Int64(statement.ordinal))
            .bind(5, blob: signed.bytes).bind(6, blob: signed.signature).bind(7, now_ms).run()
    }

    /// Says anew, in signed words, how far this office has come in each of the scopes, where that has changed.
    /// - Parameter isAlive: The directory's is said again although nothing has changed: whoever says nothing is taken for
    ///   dead.
    func issueStatements(for scopes: Set<Scope>, isAlive: Bool = false) throws {
        guard let own else { return }
        let directoryScope = Scope(area: root, audience: .village)
        let now_ms = environment.now_ms()
        for scope in scopes.sorted() {
            let feeds = try feeds(in: scope)
            var progress: [FeedProgress] = []
            for feed in feeds where feed.stored.number > 0 {
                let applied = try headerHash(of: feed, at: feed.applied) ?? .zero
                progress.append(
                    FeedProgress(
                        author: feed.feed.author, stored: feed.stored,
                        applied: feed.applied == 0 ? .start : FeedHead(number: feed.applied, hash: applied),
                        verdicts: try verdicts(feed, most: max(1, min(32, 128 / feeds.count))),
                        refused: try refusedStretches(feed), branches: try heldBranches(feed)))
            }
            progress.sort { $0.author < $1.author }
            let select = try connection.statement(
                "SELECT ordinal, statement FROM sanji_statement WHERE author = ?1 AND area = ?2 AND audience = ?3")
            let last = try select.bind(1, blob: own.key.author.bytes).bind(2, scope.area.digits)
                .bind(3, Int64(scope.audience.digits)).first {
                    (
                        ordinal: try $0.ordinal(0),
                        said: try SignedStatement(parsing: $0.blob(1), signature: []).statement
                    )
                }
            // Not over what shows that this disk has lost own change sets.
            let saidOfOwn = last?.said.progress(of: own.key.author)?.stored.number ?? 0
            guard saidOfOwn <= feeds.first(where: { $0.feed.author == own.key.author })?.stored.number ?? 0 else {
                continue
            }
            let node = scope == directoryScope ? details ?? last?.said.node : nil
            if let last, last.said.feeds == progress, node?.isNews(after: last.said.node) != true,
                !isAlive || scope != directoryScope
            {
                continue
            }
            let statement = Statement(
                algorithm: own.key.publicKey.algorithm, author: own.key.author, scope: scope,
                ordinal: max((last?.ordinal ?? 0) + 1, UInt64(max(0, now_ms))), wallClock_ms: now_ms,
                schema: history.current.version, feeds: progress, node: node)
            try save(try SignedStatement(statement, signedBy: own.key), now_ms)
        }
    }

    /// Where there are more than a statement may name, the oldest stretches are left out.
    private func refusedStretches(_ feed: FeedRow) throws -> [ClosedRange<UInt64>] {
        let numbers = try connection.statement("SELECT number FROM sanji_refusal WHERE feed = ?1 ORDER BY number")
            .bind(1, feed.id).rows { try $0.number(0) }
        var stretches: [ClosedRange<UInt64>] = []
        for number in numbers {
            if let last = stretches.last, last.upperBound + 1 == number {
                stretches[stretches.count - 1] = last.lowerBound...number
            } else {
                stretches.append(number...number)
            }
        }
        return Array(stretches.suffix(Limits.stretchesMax))
    }

    /// The newest of other branches that are held of a feed: where a run ended, back to where nothing more is held.
    private func heldBranches(_ feed: FeedRow) throws -> [HeldBranch] {
        let rows = try connection.statement(
            "SELECT header, signature IS NOT NULL FROM sanji_fork WHERE feed = ?1 ORDER BY number DESC LIMIT 2048"
        ).bind(1, feed.id).rows { (try? SealedHeader(parsing: $0.blob(0)), $0.integer(1) != 0) }.reversed()
        var firsts: [Digest: UInt64] = [:]
        var branches: [HeldBranch] = []
        for case (let sealed?, let endsRun) in rows {
            let first = firsts[sealed.header.previous] ?? sealed.header.number
            firsts[sealed.hash] = first
            if endsRun { branches.append(HeldBranch(first: first, last: sealed.head)) }
        }
        return Array(branches.suffix(Limits.branchesMax))
    }

    /// The newest refusals, refused cells and the hold of one feed, for its author to see.
    /// - Parameter most: Of each kind, so that a statement keeps to its limit however many feeds it speaks of.
    private func verdicts(_ feed: FeedRow, most: Int) throws -> [Verdict] {
        var verdicts: [Verdict] = try connection.statement(
            "SELECT number, reason FROM sanji_refusal WHERE feed = ?1 ORDER BY number DESC LIMIT \(most)"
        ).bind(1, feed.id).rows { Verdict(number: try $0.number(0), state: .refused, reason: $0.text(1)) }
        verdicts += try connection.statement(
            """
            SELECT number, reason, cells FROM sanji_refused_cells WHERE feed = ?1
            ORDER BY number DESC LIMIT \(most)
            """
        ).bind(1, feed.id).rows {
            Verdict(
                number: try $0.number(0), state: .refusedCells, reason: $0.text(1),
                refusedCells: UInt32(clamping: $0.integer(2)))
        }
        if let hold = feed.hold { verdicts.append(Verdict(number: feed.applied + 1, state: .held, reason: hold)) }
        return verdicts.sorted { ($0.number, $0.state.rawValue) < ($1.number, $1.state.rawValue) }
    }
}

extension NodeDetails {
    /// Clocks drift all the time; how far is told when something else is.
    fileprivate func isNews(after last: NodeDetails?) -> Bool {
        software != last?.software || certificateNotAfter_ms != last?.certificateNotAfter_ms
            || clockOffset_ms != nil && last?.clockOffset_ms == nil
    }
}
