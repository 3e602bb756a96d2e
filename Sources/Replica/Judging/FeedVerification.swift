import ChangeSets

/// Holds one feed against its chain, its bodies' hashes and its signatures.
struct FeedVerification {
    private let reader: ReplicaReader
    private let feed: FeedRow
    private let author: AuthorEntry?
    private let isOwn: Bool
    private var findings: FeedFindings

    static func check(_ feed: FeedRow, _ reader: ReplicaReader) throws -> FeedFindings {
        let author = try reader.directory().authors[feed.feed.author]
        let isOwn = author?.office == reader.office
        var verification = FeedVerification(
            reader: reader, feed: feed, author: author, isOwn: isOwn,
            findings: FeedFindings(row: feed, isOwn: isOwn))
        try verification.run()
        return verification.findings
    }

    private mutating func run() throws {
        let scope = feed.feed.scope
        let said = try ownWord()
        findings.said = said
        guard try feed.stored.number > 0 || said > 0 || isInLog() else { return }
        if !scope.reaches(reader.office) { findings.problems.append(.offBranch(feed.feed)) }
        if let author, !scope.mayBeWritten(by: author.office) { findings.problems.append(.authority(feed.feed)) }
        if author == nil { findings.problems.append(.unknownAuthor(feed.feed)) }
        let signatures = try storedSignatures()
        try walk(signatures)
        checkHead()
        for number in signatures.keys where number > findings.lastInLog { reject(signature: number) }
        try checkKeptHeaders()
        if findings.sound.number < said, findings.sound.number >= findings.lastInLog {
            findings.problems.append(.missing(feed.feed, findings.sound.number + 1))
        }
        if isOwn {
            findings.vouched = findings.sound
        } else if findings.vouched.number < findings.sound.number {
            findings.problems.append(.unsigned(feed.feed, first: findings.vouched.number + 1))
        }
    }

    private func isInLog() throws -> Bool {
        try reader.connection.statement("SELECT 1 FROM sanji_change_set WHERE feed = ?1 LIMIT 1").bind(1, feed.id)
            .first { _ in true } ?? false
    }

    /// How far this office has said that its own feed goes; 0 of another's.
    private func ownWord() throws -> UInt64 {
        guard let own = reader.own, own.key.author == feed.feed.author else { return 0 }
        return try OwnWord.all(own, on: feed.feed.scope, reader.connection).first?.head.number ?? 0
    }

    private func storedSignatures() throws -> [UInt64: [UInt8]] {
        let statement = try reader.connection.statement("SELECT number, signature FROM sanji_signature WHERE feed = ?1")
        return Dictionary(
            uniqueKeysWithValues: try statement.bind(1, feed.id).rows { row in
                // Another number is named and mended by ``Bookkeeping``; so it is below.
                (try? row.number(0)).map { ($0, row.blob(1)) }
            }.compactMap { $0 })
    }

    /// From number 1 to the first that is wrong.
    private mutating func walk(_ signatures: [UInt64: [UInt8]]) throws {
        let statement = try reader.connection.statement(
            "SELECT number, header, body FROM sanji_change_set WHERE feed = ?1 ORDER BY number")
        statement.bind(1, feed.id)
        defer { statement.reset() }
        var before: SealedHeader?
        var isBroken = false
        while try statement.step() {
            findings.changeSets += 1
            guard let logged = try? statement.number(0) else { continue }
            findings.lastInLog = logged
            guard !isBroken else { continue }
            let number = (before?.header.number ?? 0) + 1
            do {
                let sealed = try check(number, statement, after: before)
                findings.sound = sealed.head
                before = sealed
                if let signature = signatures[number] { check(signature, on: sealed) }
            } catch let problem as VerificationProblem {
                findings.problems.append(problem)
                isBroken = true
            }
        }
    }

    private func check(
        _ number: UInt64, _ row: PreparedStatement, after before: SealedHeader?
    ) throws -> SealedHeader {
        guard try row.number(0) == number else { throw VerificationProblem.missing(feed.feed, number) }
        let sealed: SealedHeader
        do {
            sealed = try SealedHeader(parsing: row.blob(1))
        } catch {
            throw VerificationProblem.header(feed.feed, number, error.description)
        }
        let header = sealed.header
        guard header.feed == feed.feed, header.number == number else {
            throw VerificationProblem.header(feed.feed, number, "it names another feed or number")
        }
        guard header.previous == before?.hash ?? .zero else { throw VerificationProblem.chain(feed.feed, number) }
        if let author, header.algorithm != author.publicKey.algorithm {
            throw VerificationProblem.header(feed.feed, number, "it names another algorithm than its author's key has")
        }
        if let before = before?.header {
            guard header.context.includes(before.context), header.schema >= before.schema else {
                throw VerificationProblem.backwards(feed.feed, number)
            }
        }
        // What is held for that has no effect here, and says so.
        for entry in header.context.entries where number <= feed.applied {
            // One that the directory does not name yet is no fault: then the change set waits.
            let office = try reader.office(of: entry.author)
            guard office.map(feed.feed.scope.mayBeWritten) ?? true else {
                throw VerificationProblem.contextAuthor(feed.feed, number, entry.author)
            }
        }
        guard sealed.vouches(for: row.blob(2)) else { throw VerificationProblem.body(feed.feed, number) }
        return sealed
    }

    private mutating func check(_ signature: [UInt8], on sealed: SealedHeader) {
        findings.signatures += 1
        guard let author else { return }
        if author.verificationKey.isValid(signature, over: SignedMessage.header(sealed.hash)) {
            findings.vouched = sealed.head
        } else {
            reject(signature: sealed.header.number)
        }
    }

    private mutating func reject(signature number: UInt64) {
        findings.badSignatures.append(number)
        findings.problems.append(.signature(feed.feed, number))
    }

    private mutating func checkHead() {
        // A chain that is broken has said so already.
        guard findings.sound.number == findings.lastInLog, findings.sound != feed.stored else { return }
        findings.problems.append(
            .head(feed.feed, recorded: feed.stored.number, found: findings.sound.number))
    }

    /// Headers whose bodies are still to come carry the signature that vouches for the last one stored.
    private mutating func checkKeptHeaders() throws {
        let statement = try reader.connection.statement(
            "SELECT headers, signature, last FROM sanji_tail WHERE feed = ?1")
        let kept = try statement.bind(1, feed.id).first {
            (headers: $0.blob(0), signature: $0.blob(1), last: $0.integer(2))
        }
        guard let kept, let author, findings.sound == feed.stored else { return }
        findings.signatures += 1
        guard let headers = try? HeaderList.decode(kept.headers), let last = headers.last,
            Int64(last.header.number) == kept.last,
            author.verificationKey.isValid(kept.signature, over: SignedMessage.header(last.hash))
        else { return rejectKeptHeaders() }
        // Those that have been stored since are skipped, as the sender does.
        var before = feed.stored
        for sealed in headers where sealed.header.number > feed.stored.number {
            guard sealed.header.number == before.number + 1, sealed.header.previous == before.hash else {
                return rejectKeptHeaders()
            }
            before = sealed.head
        }
        if last.header.number > feed.stored.number || last.head == feed.stored { findings.vouched = feed.stored }
    }

    private mutating func rejectKeptHeaders() {
        findings.hasBadKeptHeaders = true
        findings.problems.append(.keptHeaders(feed.feed))
    }
}
