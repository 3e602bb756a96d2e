import Synchronization

/// What the troubles of worlds really did: counted where it happened, so that a trouble that does nothing shows.
package enum Effect: String, CaseIterable, Sendable {
    case write = "writes"
    case resolved = "conflicts that somebody closed"
    case severalAreas = "writes over several areas"
    case otherProcess = "writes beside the node"
    case killed = "kills"
    case diedBehindCommit = "deaths behind a commit"
    case diedInside = "deaths inside a transaction"
    case upgraded = "upgrades"
    case unanswered = "calls on a dead line"
    case answerLost = "calls whose answer could not come"
    case cut = "calls cut"
    case altered = "bytes altered"
    case repeated = "calls served twice"
    case late = "calls given up that arrived late"
    case refusedCall = "calls refused"
    case slowLine = "pieces over a slow line"
    case slowWork = "pieces of slow work"
    case fullDisk = "writes on a full disk"
    case clockJumped = "clocks turned"
    case clockStopped = "clocks stopped"
    case clockTied = "clocks stopped where another stands"
    case parentChanged = "calls begun to another than the parent"
    case forged = "odd change sets by a true key"
    case otherTiersRow = "rows of another tier refused"
    case otherTiersCell = "cells of another tier refused"
    case counterKey = "keys of counters refused again"
    case liedName = "lies in another's name"
    case liedArea = "lies of an area above"
    case liedBody = "lies with another body"
    case liedGap = "lies with a gap"
    case liedStatement = "lies about another's progress"
    case hurried = "writes in a hurry"
    /// Stretches of change sets, each time that somebody looks.
    case seenWaiting = "stretches seen waiting"
    case seenAtTown = "stretches seen on their way up"
    case seenHeld = "stretches seen held"
    case keyUsedTwice = "keys used on two disks"
    case machineLost = "machines lost"
}

/// Of all worlds of this process.
package enum Exercised {
    private static let counts = Mutex([Effect: Int]())

    static func note(_ effect: Effect) { counts.withLock { $0[effect, default: 0] += 1 } }

    package static var all: [(effect: Effect, count: Int)] {
        let counts = counts.withLock { $0 }
        return Effect.allCases.map { ($0, counts[$0] ?? 0) }
    }
}
