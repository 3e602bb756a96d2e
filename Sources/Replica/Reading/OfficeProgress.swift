import ChangeSets

/// How far one office below has come, by its own signed words: what `sanji tree` prints of it.
package struct OfficeProgress: Sendable, Hashable {
    package let office: OfficeCode
    package let name: String
    /// False while it is only named in the topology: nobody has joined as this office.
    package let hasAuthor: Bool
    /// Its own change sets that it says it has and that are not here.
    package let waitingUp: Int
    /// Change sets here that it is to have and has not applied, as far as it has said.
    package let waitingDown: Int
    /// Open conflicts in its own area that call for attention.
    package let conflicts: Int
    /// Its change sets that are stored here and not applied.
    package let held: Int
    package let refused: Int
    /// Whether a key of it was used on two disks, as far as is known here.
    package let isForked: Bool
    /// The schema it works by; nil before its first statement.
    package let schema: UInt32?
    /// When its newest statement came, by this replica's clock.
    package let statementReceived_ms: Int64?
    /// When it said that, by this replica's clock as far as the two are known to differ; never later than it came. What it has done up to then is
    /// here, but for ``waitingUp`` and ``held``.
    package let statementMade_ms: Int64?
    /// When it was last talked to; nil where this office never has.
    package let contact_ms: Int64?
    /// Of its node: as seen here where this office talks to it, and else as it says itself. Its clock is held against
    /// this office's.
    package let node: NodeDetails?
}

extension OfficeReplica {
    /// Every office below this one, in order of code.
    package func officeProgress() throws -> [OfficeProgress] {
        try reading { reader in try ProgressReader(reader).all() }
    }
}

private struct ProgressReader {
    private let reader: ReplicaReader
    private let directory: Directory
    private let statements: StatementBook
    private let feeds: [Scope: [FeedRow]]
    private let authors: [OfficeCode: Set<AuthorID>]
    private let refusals: [Int64: Int]
    private let conflicts: [String: Int]
    private let peers: [OfficeCode: PeerRecord]
    private let forked: Set<Int64>

    init(_ reader: ReplicaReader) throws {
        self.reader = reader
        directory = try reader.directory()
        statements = StatementBook(reader)
        feeds = Dictionary(grouping: try reader.feeds()) { $0.feed.scope }
        authors = Dictionary(grouping: directory.authors.values, by: \.office).mapValues { Set($0.map(\.id)) }
        let connection = reader.connection
        refusals = Dictionary(
            uniqueKeysWithValues: try connection.statement("SELECT feed, count(*) FROM sanji_refusal GROUP BY feed")
                .rows { ($0.integer(0), Int($0.integer(1))) })
        conflicts = Dictionary(
            uniqueKeysWithValues: try connection.statement(
                "SELECT area, count(*) FROM sanji_conflict WHERE quiet = 0 GROUP BY area"
            ).rows { ($0.text(0), Int($0.integer(1))) })
        forked = Set(try connection.statement("SELECT DISTINCT feed FROM sanji_fork").rows { $0.integer(0) })
        peers = Dictionary(uniqueKeysWithValues: try reader.peers().map { ($0.office, $0) })
    }

    func all() throws -> [OfficeProgress] {
        let named = Set(directory.offices.keys).union(authors.keys)
        var offsets: [OfficeCode: Int64] = [reader.office: 0]
        // Parents come before their children: an office that is not talked to says how far its clock is from its parent's.
        return try named.filter { $0 != reader.office && reader.office.covers($0) }.sorted().map { office in
            let progress = try progress(of: office) { said in office.parent.flatMap { offsets[$0] }.map { $0 + said } }
            offsets[office] = progress.node?.clockOffset_ms
            return progress
        }
    }

    /// - Parameter offset: Of a clock against this office's, from what it is against its parent's.
    private func progress(of office: OfficeCode, offset: (Int64) -> Int64?) throws -> OfficeProgress {
        let pages = try statements.all(of: office)
        let newest = pages.values.max { $0.statement.wallClock_ms < $1.statement.wallClock_ms }
        let its = authors[office] ?? []
        var counts = Counts()
        var isForked = false
        for (scope, rows) in feeds where scope.reaches(office) {
            let said = pages[scope]?.statement
            for row in rows {
                if its.contains(row.feed.author) {
                    if forked.contains(row.id) { isForked = true }
                    counts.held += Int(row.stored.number - row.applied)
                    counts.refused += refusals[row.id] ?? 0
                } else {
                    let applied = said?.progress(of: row.feed.author)?.applied.number ?? 0
                    counts.down += Int(row.stored.number - min(applied, row.stored.number))
                }
            }
        }
        for (scope, page) in pages {
            for said in page.statement.feeds where its.contains(said.author) {
                let here = feeds[scope]?.first { $0.feed.author == said.author }?.stored.number ?? 0
                counts.up += Int(said.stored.number - min(here, said.stored.number))
            }
        }
        let node = details(
            of: office, said: pages[Scope(area: reader.root, audience: .village)]?.statement.node, offset)
        let made = pages.values.map { page in
            // A peer's words: any number at all.
            let (said, isOdd) = page.statement.wallClock_ms.subtractingReportingOverflow(node?.clockOffset_ms ?? 0)
            return isOdd || !Limits.clockRange_ms.contains(said) ? page.received_ms : min(page.received_ms, said)
        }
        return OfficeProgress(
            office: office, name: directory.offices[office]?.name ?? "", hasAuthor: !its.isEmpty, waitingUp: counts.up,
            waitingDown: counts.down, conflicts: conflicts[office.digits] ?? 0, held: counts.held,
            refused: counts.refused, isForked: isForked, schema: peers[office]?.schema ?? newest?.statement.schema,
            statementReceived_ms: pages.values.map(\.received_ms).max(), statementMade_ms: made.max(),
            contact_ms: peers[office]?.contact_ms, node: node)
    }

    private func details(
        of office: OfficeCode, said: NodeDetails?, _ offset: (Int64) -> Int64?
    ) -> NodeDetails? {
        if let peer = peers[office], let version = peer.version {
            return NodeDetails(
                software: version, certificateNotAfter_ms: peer.certificateNotAfter_ms,
                clockOffset_ms: peer.clockOffset_ms)
        }
        return said.map {
            NodeDetails(
                software: $0.software, certificateNotAfter_ms: $0.certificateNotAfter_ms,
                clockOffset_ms: $0.clockOffset_ms.flatMap(offset))
        }
    }

    private struct Counts {
        var up = 0
        var down = 0
        var held = 0
        var refused = 0
    }
}
