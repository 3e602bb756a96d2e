import ChangeSets
import Exchange
import Logging
import NIOCore
import Replica
import ServiceLifecycle

/// What a parent does for a child, whoever carries the bytes: the other half of ``ParentExchange``.
///
/// The caller has made sure that the child is who it says.
package struct ChildExchange: Sendable {
    let replica: OfficeReplica
    let queue: AcceptQueue
    let environment: any NodeEnvironment
    let software: String
    let logger: Logger
    private let addressBook = AddressBook()
    private let budget = MemoryBudget(bytesMax: ExchangeLimits.keptBytesOfAllMax)

    init(
        replica: OfficeReplica, queue: AcceptQueue, environment: any NodeEnvironment, software: String, logger: Logger
    ) {
        self.replica = replica
        self.queue = queue
        self.environment = environment
        self.software = software
        self.logger = logger
    }

    package func greet(
        _ message: HelloMessage, from peer: OfficeCode, certificateNotAfter_ms: Int64?
    ) async throws -> HelloMessage {
        let now_ms = replica.environment.now_ms()
        var batch = IncomingBatch()
        batch.statements = message.statements
        if !batch.isEmpty {
            for reason in try await queue.accept(batch).disbelieved.prefix(20) { try await note(reason, of: peer) }
        }
        let addresses = addressBook.believable(message.addresses, by: peer, now_ms)
        let (replica, software) = (replica, software)
        return try await environment.blocking {
            try replica.notePeer(
                PeerNote(
                    office: peer, contact_ms: now_ms, clockOffset_ms: message.wallClock_ms - now_ms,
                    version: message.software, schema: message.schema, certificateNotAfter_ms: certificateNotAfter_ms))
            try replica.noteAddresses(addresses)
            let vector = try replica.vector(with: peer)
            let differs = vector.digest != message.vectorDigest
            return HelloMessage(
                office: replica.office, author: replica.own?.key.author ?? message.author, software: software,
                schema: replica.history.current.version, wallClock_ms: now_ms, vectorDigest: vector.digest,
                heads: differs ? vector : [:], wantsHeads: differs,
                statementsDigest: try replica.statementMarks(of: peer).digest,
                branches: Array(try replica.branchHeads(for: peer).prefix(ExchangeLimits.branchesMax)))
        }
    }

    /// Takes what a child sends up.
    /// - Throws: ``RefusedStream``; whatever arrived whole before is kept all the same.
    package func take(_ body: some AsyncSequence<ByteBuffer, any Error>, from peer: OfficeCode) async throws
        -> UpReplyMessage
    {
        let replica = replica
        var stream = IncomingStream(
            directory: try await environment.blocking { try replica.directory() }, queue: queue, budget: budget)
        do {
            for try await buffer in body { try await stream.receive(buffer) }
            try await stream.finish()
        } catch {
            // What arrived whole before vouches for itself, whatever came after it, and a line that is always cut early
            // must get on too.
            do { try await stream.commitRest() } catch is RefusedStream {}
            if stream.totals.stored > 0 { mark(.resume) }
            if let refused = error as? RefusedStream {
                try await note(refused.description, of: peer)
            } else if error is SQLiteFailure || error is DamagedReplica {
                // A cut line is everyday; a disk that is full is for the operator.
                try await note("not kept: \(error)", of: peer)
            }
            throw error
        }
        let totals = stream.totals
        for reason in totals.rejected.prefix(20).map(\.description) + totals.disbelieved.prefix(20) {
            try await note(reason, of: peer)
        }
        return try await environment.blocking {
            // A batch of another child may have moved scopes that are nothing to this one.
            let touched = totals.touched.filter { $0.reaches(peer) }
            let feeds = try replica.vector(with: peer).filter { touched.contains($0.key.scope) }
            return UpReplyMessage(
                stored: totals.stored, known: totals.known, refused: totals.refused, rejected: totals.rejected,
                heads: feeds, statements: try replica.ownStatements(on: touched))
        }
    }

    /// Sends a child what it lacks; where that is nothing, as soon as there is something, or when its patience ends.
    package func send(
        _ message: DownMessage, to peer: OfficeCode, write: (ByteBuffer) async throws -> Void
    ) async throws {
        let areas: Set<OfficeCode>? = message.directoryOnly ? [replica.root] : nil
        let (replica, commits) = (replica, replica.commits.stream())
        let waitEnd = environment.elapsed + .seconds(Int64(message.waitSeconds))
        var stream = OutgoingStream(
            replica: replica, peer: peer, cursor: OutgoingCursor(known: message.heads, areas: areas),
            environment: environment)
        let known = Dictionary(
            message.knownStatements.map { (StatementID(author: $0.author, scope: $0.scope), $0.ordinal) },
            uniquingKeysWith: max)
        var statements: [SignedStatement] = []
        var mayWait = message.waitSeconds > 0
        var hasGathered = false
        while true {
            while let page = try await stream.nextPage() { try await write(page) }
            if !message.directoryOnly {
                statements = try await environment.blocking { try replica.statements(forChild: peer, known: known) }
            }
            if mayWait, stream.sentChangeSets == 0, !statements.isEmpty, !hasGathered {
                // Statements alone come by the dozen while much is under way, and each answer is a commit below.
                hasGathered = true
                try await environment.sleep(for: Self.gathering)
                continue
            }
            guard mayWait, stream.sentChangeSets == 0, statements.isEmpty else { break }
            stream.leaveOutBelow()
            mayWait = await wait(for: commits, until: waitEnd)
        }
        try await write(stream.finish(statements))
    }

    package func answer(_ question: DigestQuestion) async throws -> DigestAnswer {
        let replica = replica
        return try await environment.blocking { try replica.answer(question) }
    }

    private static let gathering = Duration.milliseconds(100)

    private func note(_ refusal: String, of peer: OfficeCode) async throws {
        logger.notice("refused from a peer", metadata: ["peer": "\(peer)", "reason": "\(refusal)"])
        let replica = replica
        try await environment.blocking { try replica.noteRefusal(of: peer, reason: refusal) }
    }

    /// - Parameter end: Of the whole poll, however often something was committed that is nothing to this child.
    /// - Returns: false when the time is up, or this node is to stop.
    private func wait(for commits: AsyncStream<Void>, until end: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in commits { return true }
                return false
            }
            group.addTask { [environment] in
                try? await environment.sleep(for: max(.zero, end - environment.elapsed))
                return false
            }
            group.addTask {
                try? await gracefulShutdown()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
