#if SANJI_SIMULATION
    import Synchronization
#endif

/// Ways through the engine that are rarely taken. The simulator counts how often its worlds took each, so that a green run
/// cannot mean that nothing happened.
@usableFromInline package enum RarePath: Int, CaseIterable, Sendable {
    /// A change set waited for another one in its context.
    case early
    /// A change set was held for what this office lacks.
    case hold
    case refusal
    case refusedCell
    /// What had arrived whole of a stream that broke was kept.
    case resume
    /// Two siblings of offices of one tier: the newer author decides, or the larger number.
    case tie
    /// A key that had been deleted was inserted again.
    case reinsert
    /// A delete and an edit that did not know of each other.
    case editAgainstDelete
    case conflict
    case fork
    /// An office began again after a commit that nobody had been told of.
    case crash
}

/// Counts one step along a rare way: in the build of `scripts/simulate` only, nothing in any other.
@inlinable package func mark(_ path: RarePath) {
    #if SANJI_SIMULATION
        RarePathCounts.add(path)
    #endif
}

#if SANJI_SIMULATION
    /// Of all worlds of this process.
    @usableFromInline package enum RarePathCounts {
        private static let counts = Mutex([Int](repeating: 0, count: RarePath.allCases.count))

        @usableFromInline package static func add(_ path: RarePath) { counts.withLock { $0[path.rawValue] += 1 } }

        package static var all: [(path: RarePath, count: Int)] {
            let counts = counts.withLock { $0 }
            return RarePath.allCases.map { ($0, counts[$0.rawValue]) }
        }
    }

    /// Asked after every commit of a replica: where the simulator kills a process between two of them.
    package enum CommitPoint {
        package nonisolated(unsafe) static var passed: @Sendable () throws -> Void = {}
    }
#endif
