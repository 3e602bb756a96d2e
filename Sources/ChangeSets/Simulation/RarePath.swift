#if SANJI_SIMULATION
    import Synchronization
#endif

/// Ways through the engine that are rarely taken. The simulator counts how often its worlds took each, so that a green run
/// cannot mean that nothing happened.
@usableFromInline package enum RarePath: Int, CaseIterable, Sendable {
    /// A feed began to wait for a change set of another that its next one knows of.
    case early
    /// A feed began to be held for what this office lacks.
    case hold
    case refusal
    case refusedCell
    /// A stream broke, and what had arrived whole of it was kept: the next one goes on behind it.
    case resume
    /// A cell came to show one of two siblings of offices of one tier: by the newer author, or the larger number.
    case tie
    /// A key that had been deleted was inserted again.
    case reinsert
    /// A delete and an edit that did not know of each other.
    case editAgainstDelete
    /// A cell of a row came to be in conflict.
    case conflict
    /// A change set of another branch of a feed was held that had not been before.
    case fork
    /// A process began where one had died while applying a change set.
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
#endif

/// Where the simulator kills a process: inside the transactions of a replica and behind their commits.
@usableFromInline package enum CommitPoint {
    #if DEBUG || SANJI_SIMULATION
        @usableFromInline package nonisolated(unsafe) static var reached: @Sendable (_ isInside: Bool) throws -> Void =
            { _ in }
    #endif

    /// Does nothing in release builds.
    @inlinable package static func pass(isInside: Bool) throws {
        #if DEBUG || SANJI_SIMULATION
            try reached(isInside)
        #endif
    }
}
