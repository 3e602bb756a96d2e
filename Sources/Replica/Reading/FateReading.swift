import ChangeSets

extension OfficeReplica {
    /// How far the change sets of this office have travelled. Rests on nothing but statements signed by the offices
    /// they speak of, so no office can speak for another.
    package func fates() throws -> Fates { try reading { try FateReader($0).all() } }

    /// - Returns: nil for a change set that is not this office's, or is not in the log.
    package func fate(of feed: FeedID, number: UInt64) throws -> Fate? {
        try reading { reader in
            guard let row = try reader.feed(feed) else { return nil }
            return try FateReader(reader).fate(of: row, number)
        }
    }
}

/// Reads what the offices above have said of this office's feeds.
final class FateReader {
    private let reader: ReplicaReader
    private let statements: StatementBook
    /// The offices above this one, the highest first.
    private let above: [OfficeCode]
    private var known: [FeedID: FeedFates] = [:]

    init(_ reader: ReplicaReader) throws {
        self.reader = reader
        statements = StatementBook(reader)
        above = Tier.all.filter { $0 >= reader.root.tier && $0 < reader.office.tier }
            .compactMap { try? OfficeCode(reader.office.digits.prefix($0.digits)) }
    }

    func all() throws -> Fates {
        var fates = Fates()
        for feed in try reader.feeds() where try isOwn(feed) {
            let its = try self.fates(of: feed)
            fates.add(its)
            fates.refusedCells += its.refusedCells
            if let first = its.spans.first(where: { $0.fate == .waiting })?.first,
                let header = try? reader.header(feed.id, first)?.header
            {
                // Without its time where it is damaged: that is for ``OfficeReplica/ownDamage(_:)`` to say.
                fates.oldestWaiting_ms = min(fates.oldestWaiting_ms ?? .max, header.wallClock_ms)
            }
        }
        return fates
    }

    func fate(of feed: FeedRow, _ number: UInt64) throws -> Fate? {
        guard try isOwn(feed) else { return nil }
        return try fates(of: feed).spans.first { $0.first <= number && number <= $0.last }?.fate
    }

    /// What offices above have said of cells of a change set of this office; empty for another's.
    func cellVerdicts(of feed: FeedRow, _ number: UInt64) throws -> [CellVerdict] {
        guard try isOwn(feed) else { return [] }
        return try fates(of: feed).cellVerdicts.filter { $0.number == number }
    }

    /// Also the feeds of this office's closed authors.
    private func isOwn(_ feed: FeedRow) throws -> Bool {
        try feed.stored.number > 0 && reader.office(of: feed.feed.author) == reader.office
    }

    private func fates(of feed: FeedRow) throws -> FeedFates {
        if let known = known[feed.feed] { return known }
        var witnesses: [Witness] = []
        var refused: [UInt64: (by: OfficeCode, reason: String)] = [:]
        // A lower office has no say in what a higher one has applied.
        var spoken: UInt64 = 0
        var cells: [CellVerdict] = []
        // Nobody is above the root: what it has applied has arrived.
        if above.isEmpty {
            witnesses.append(Witness(office: reader.office, stored: feed.stored.number, applied: feed.applied))
        }
        for office in above {
            guard let progress = try progress(of: office, feed) else { continue }
            let witness = try witness(office, progress, feed)
            witnesses.append(witness)
            let reasons = Dictionary(
                progress.verdicts.filter { $0.state == .refused }.map { ($0.number, $0.reason) },
                uniquingKeysWith: { $1 })
            for stretch in progress.refused where spoken < witness.applied {
                let clipped = stretch.clamped(to: spoken + 1...witness.applied)
                guard clipped.overlaps(stretch) else { continue }
                for number in clipped { refused[number] = (office, reasons[number] ?? "it does not say why") }
            }
            spoken = max(spoken, witness.applied)
            cells += progress.verdicts.filter { $0.state == .refusedCells }.map {
                CellVerdict(
                    office: office, number: $0.number, cells: Int($0.refusedCells), reason: $0.reason)
            }
        }
        let refusals = try reader.connection.statement("SELECT number, reason FROM sanji_refusal WHERE feed = ?1")
        for (number, reason) in try refusals.bind(1, feed.id).rows({ (try $0.number(0), $0.text(1)) }) {
            refused[number] = (reader.office, reason)
        }
        let fates = FeedFates(
            feed: feed.feed, spans: FateSpan.spans(upTo: feed.stored.number, witnesses: witnesses, refused: refused),
            cellVerdicts: cells.sorted { ($0.number, $0.office.tier) < ($1.number, $1.office.tier) })
        known[feed.feed] = fates
        return fates
    }

    private func progress(of office: OfficeCode, _ feed: FeedRow) throws -> FeedProgress? {
        try statements.newest(of: office, on: feed.feed.scope)?.statement.progress(of: feed.feed.author)
    }

    /// A head that is not on our branch of the feed proves nothing about what we wrote.
    private func witness(_ office: OfficeCode, _ progress: FeedProgress, _ feed: FeedRow) throws -> Witness {
        let applied = try common(progress.applied, feed)
        let stored = max(applied, try common(progress.stored, feed))
        let hold = progress.verdicts.first { $0.state == .held && $0.number == applied + 1 }?.reason
        let branches = try progress.branches.filter { try reader.holds($0.last, feed) }
        return Witness(
            office: office, stored: stored, applied: applied, hold: hold,
            branches: branches.map { $0.first...$0.last.number })
    }

    /// How far what ends with `head` is what we wrote: beyond the point where a copy of this disk went on, it is not.
    private func common(_ head: FeedHead, _ feed: FeedRow) throws -> UInt64 {
        if try reader.holds(head, feed) { return head.number }
        guard let point = try BranchPoint.read(feed.id, reader.connection), point <= head.number else { return 0 }
        return point
    }
}

/// The newest statement of each office on each scope, read once.
final class StatementBook {
    struct Page {
        let statement: Statement
        /// By this replica's clock.
        let received_ms: Int64
    }

    private let reader: ReplicaReader
    private var known: [OfficeCode: [Scope: Page]] = [:]

    init(_ reader: ReplicaReader) { self.reader = reader }

    func newest(of office: OfficeCode, on scope: Scope) throws -> Page? { try all(of: office)[scope] }

    /// How far an office says it has applied a feed, and when that came.
    /// - Returns: nil where it has said nothing of our branch.
    func applied(_ feed: FeedRow, by office: OfficeCode) throws -> (number: UInt64, received_ms: Int64)? {
        guard let page = try newest(of: office, on: feed.feed.scope),
            let said = page.statement.progress(of: feed.feed.author)?.applied, try reader.holds(said, feed)
        else { return nil }
        return (said.number, page.received_ms)
    }

    func all(of office: OfficeCode) throws -> [Scope: Page] {
        if let pages = known[office] { return pages }
        var pages: [Scope: Page] = [:]
        // A newer author of the office speaks over an older one: the disk may have been restored in between.
        let authors = try reader.directory().authors.values.filter { $0.office == office }
        for author in authors.sorted(by: { $0.ordinal < $1.ordinal }) {
            let statement = try reader.connection.statement(
                "SELECT statement, received_ms FROM sanji_statement WHERE author = ?1")
            let its = try statement.bind(1, blob: author.id.bytes).rows { row in
                Page(
                    statement: try SignedStatement(parsing: row.blob(0), signature: []).statement,
                    received_ms: row.integer(1))
            }
            for page in its { pages[page.statement.scope] = page }
        }
        known[office] = pages
        return pages
    }
}
