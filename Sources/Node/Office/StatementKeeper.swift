import ChangeSets
import Replica

/// Keeps what a parent's replies say, beside the exchange: the replica may be busy with somebody's long work, and change
/// sets must not wait for that. What is lost on the way comes again with the next poll.
actor StatementKeeper {
    private let queue: AcceptQueue
    private var pending: [StatementID: SignedStatement] = [:]
    private var keeping: Task<Void, Never>?
    private var failure: (any Error)?

    init(queue: AcceptQueue) { self.queue = queue }

    /// - Throws: What went wrong with those before.
    func keep(_ statements: [SignedStatement]) throws {
        try throwFailure()
        for signed in statements {
            let id = StatementID(author: signed.statement.author, scope: signed.statement.scope)
            if signed.statement.ordinal > pending[id]?.statement.ordinal ?? 0 { pending[id] = signed }
        }
        guard !pending.isEmpty, keeping == nil else { return }
        keeping = Task { await work() }
    }

    /// Waits until everything is kept.
    func settle() async throws {
        await keeping?.value
        try throwFailure()
    }

    private func throwFailure() throws {
        defer { failure = nil }
        if let failure { throw failure }
    }

    private func work() async {
        defer { keeping = nil }
        while !pending.isEmpty {
            var batch = IncomingBatch()
            batch.statements = Array(pending.values)
            pending = [:]
            do {
                _ = try await queue.accept(batch)
            } catch {
                failure = error
                return
            }
        }
    }
}
