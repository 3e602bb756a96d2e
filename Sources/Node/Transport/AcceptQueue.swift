import ChangeSets
import Replica

/// One writer for all children: what arrives while a commit waits for the disk goes into the next one together.
actor AcceptQueue {
    private struct Waiting {
        let batch: IncomingBatch
        let continuation: CheckedContinuation<AcceptOutcome, any Error>
    }

    private let replica: OfficeReplica
    private let environment: any NodeEnvironment
    private var waiting: [Waiting] = []
    private var isWriting = false
    /// Batches that share one commit.
    private let shareMax = 64

    init(replica: OfficeReplica, environment: any NodeEnvironment) {
        self.replica = replica
        self.environment = environment
    }

    func accept(_ batch: IncomingBatch) async throws -> AcceptOutcome {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiting(batch: batch, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await write() }
        }
    }

    private func write() async {
        while !waiting.isEmpty {
            let together = Array(waiting.prefix(shareMax))
            waiting.removeFirst(together.count)
            let (replica, batches) = (replica, together.map(\.batch))
            do {
                let outcomes = try await environment.blocking { try replica.accept(batches) }
                for (one, outcome) in zip(together, outcomes) { one.continuation.resume(returning: outcome) }
            } catch {
                await writeAlone(together)
            }
        }
        isWriting = false
    }

    /// One batch, or one change set, that cannot be written must not take the others with it.
    private func writeAlone(_ together: [Waiting]) async {
        for one in together {
            let replica = replica
            do {
                one.continuation.resume(returning: try await environment.blocking { try replica.accept(one.batch) })
            } catch {
                one.continuation.resume(throwing: error)
            }
        }
    }
}
