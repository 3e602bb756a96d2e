import ChangeSets

/// Everything that writes the replica. Lives in the writer's queue and is never touched outside it.
final class ReplicaWriter {
    let connection: Connection
    let guardian: WriteGuard
    let office: OfficeCode
    let root: OfficeCode
    let history: SchemaHistory
    let tables: [String: TableAccess]
    let environment: ReplicaEnvironment
    let marker: CrashMarker
    let own: OwnAuthor?
    private(set) var directory = Directory()
    /// nil while it has not been read.
    private var directoryVersion: Int64?
    /// Authors known before the rows that name them: while the directory itself is computed again from the log.
    var foreknown: [AuthorEntry] = []

    /// Valid within one transaction only: another process may write in between.
    struct Caches {
        var feeds: [Scope: [FeedRow]] = [:]
        var feedsByID: [Int64: FeedRow] = [:]
        var absentTables: Set<String>?
        var attempts: [[UInt8]: Attempt]?
        /// The last header stored of each feed that this transaction touched.
        var lastHeaders: [Int64: ChangeSetHeader] = [:]
    }
    var caches = Caches()
    private(set) var directoryChanged = false
    /// What this transaction's directory rows have voided.
    private var newlyVoided: Set<VoidedEntry> = []
    var lastTick: (clock_ms: Int64, counter: UInt32) = (0, 0)
    /// Of the node that works with this replica, as it was last told.
    var details: NodeDetails?
    /// The end of each own feed as this connection wrote it; of use only where the feed still ends there.
    var ownEnds: [Int64: (head: FeedHead, context: CausalContext)] = [:]
    /// Whether each change set is applied under a savepoint of its own: after a batch has failed as a whole.
    var isolates = false

    init(
        connection: Connection, guardian: WriteGuard, office: OfficeCode, root: OfficeCode, history: SchemaHistory,
        checks: [String: [CellCheck]], environment: ReplicaEnvironment, marker: CrashMarker, own: OwnAuthor?
    ) {
        self.connection = connection
        self.guardian = guardian
        self.office = office
        self.root = root
        self.history = history
        self.environment = environment
        self.marker = marker
        self.own = own
        tables = Dictionary(
            uniqueKeysWithValues: history.current.tables.map {
                ($0.name, TableAccess($0, checks: checks[$0.name] ?? []))
            })
    }

    /// One write transaction, with the caches of the one before forgotten.
    func transaction<T>(_ body: () throws -> T) throws -> T {
        caches.feeds.removeAll(keepingCapacity: true)
        caches.feedsByID.removeAll(keepingCapacity: true)
        caches.lastHeaders.removeAll(keepingCapacity: true)
        absentTables = nil
        attempts = nil
        directoryChanged = false
        newlyVoided = []
        do {
            return try connection.transaction {
                // A newer program may have brought the file to its schema while this one was running.
                guard try metaInteger("schema") ?? 0 <= Int64(history.current.version) else { throw NewerReplica() }
                try refreshDirectory()
                return try body()
            }
        } catch {
            if directoryChanged { directoryVersion = nil }  // To one that was never committed.
            throw error
        }
    }

    /// Reads the directory anew when it has changed since; `force` after this transaction changed it.
    func refreshDirectory() throws {
        let version = try metaInteger("directory") ?? 0
        guard version != directoryVersion else { return }
        directory = try DirectoryReader(root: root, connection: connection).read()
        if let own, directory.authors[own.key.author] == nil {
            directory.add(try own.entry(office: office))
        }
        for author in foreknown where directory.authors[author.id] == nil { directory.add(author) }
        directoryVersion = version
    }

    func noteDirectoryChange() throws {
        let before = directory.voided
        try setMeta("directory", .integer((try metaInteger("directory") ?? 0) &+ 1))
        directoryChanged = true
        try refreshDirectory()
        newlyVoided.formUnion(directory.voided.subtracting(before))
    }

    /// Computes the areas again in which a change set that is voided now had been applied: the rows must be what they
    /// would be if the voiding had come first.
    /// - Returns: Those areas.
    func takeOutVoided() throws -> Set<Scope> {
        var scopes: Set<Scope> = []
        for entry in newlyVoided {
            guard let feed = try feed(entry.feed), entry.number > 0, entry.number <= feed.applied,
                try headerHash(of: feed, at: entry.number) == entry.hash
            else { continue }
            scopes.insert(entry.feed.scope)
        }
        newlyVoided = []
        for scope in scopes.sorted() { try DerivedState(writer: self, scope: scope).computeAgain() }
        return scopes
    }

    /// What was read of it may have been rolled back.
    func forgetDirectory() throws {
        guard directoryChanged else { return }
        directoryVersion = nil
        try refreshDirectory()
    }

    // MARK: Meta

    func metaInteger(_ key: String) throws -> Int64? {
        let statement = try connection.statement("SELECT value FROM sanji_meta WHERE key = ?1")
        return try statement.bind(1, key).first { $0.integer(0) }
    }

    func setMeta(_ key: String, _ value: CellValue) throws {
        let statement = try connection.statement(
            "INSERT INTO sanji_meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value")
        statement.bind(1, key)
        statement.bind(2, value)
        try statement.run()
    }
}

extension ReplicaWriter {
    var feeds: [Scope: [FeedRow]] {
        get { caches.feeds }
        _modify { yield &caches.feeds }
    }
    var feedsByID: [Int64: FeedRow] {
        get { caches.feedsByID }
        _modify { yield &caches.feedsByID }
    }
    var lastHeaders: [Int64: ChangeSetHeader] {
        get { caches.lastHeaders }
        _modify { yield &caches.lastHeaders }
    }
    var absentTables: Set<String>? {
        get { caches.absentTables }
        _modify { yield &caches.absentTables }
    }
    var attempts: [[UInt8]: Attempt]? {
        get { caches.attempts }
        _modify { yield &caches.attempts }
    }
}

/// The office's open author, as this machine knows it.
package struct OwnAuthor: Sendable {
    package let key: SigningKey
    package let ordinal: UInt32
    package let tlsKey: [UInt8]
    package let sealingKey: [UInt8]

    package init(key: SigningKey, ordinal: UInt32, tlsKey: [UInt8] = [], sealingKey: [UInt8] = []) {
        self.key = key
        self.ordinal = ordinal
        self.tlsKey = tlsKey
        self.sealingKey = sealingKey
    }

    package func entry(office: OfficeCode) throws(KeyError) -> AuthorEntry {
        try AuthorEntry(
            office: office, ordinal: ordinal, publicKey: key.publicKey, tlsKey: tlsKey, sealingKey: sealingKey)
    }
}
