import Synchronization

/// Memory that all incoming streams share: announced headers are kept until their bodies come, however slowly that is.
final class MemoryBudget: Sendable {
    private let bytesMax: Int
    private let bytes = Mutex(0)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func share() -> Share { Share(self) }

    /// What one stream holds of it; given back when the stream is gone.
    final class Share: Sendable {
        private let budget: MemoryBudget
        private let held = Mutex(0)

        fileprivate init(_ budget: MemoryBudget) { self.budget = budget }

        /// - Returns: false when there is not so much left for this stream.
        func hold(_ count: Int) -> Bool {
            held.withLock { held in
                let fits = budget.bytes.withLock { bytes in
                    guard count <= held || bytes - held + count <= budget.bytesMax else { return false }
                    bytes += count - held
                    return true
                }
                if fits { held = count }
                return fits
            }
        }

        deinit { budget.bytes.withLock { $0 -= held.withLock { $0 } } }
    }
}
