import ChangeSets

/// Whether a node runs on a folder, and what it says of itself.
package struct NodePresence: Sendable {
    /// Also while the node does not answer: it starts, or is busy, or hangs.
    package let isRunning: Bool
    /// nil when no node runs, or it does not answer.
    package let answer: ControlAnswer?

    package init(_ folder: OfficeFolder) {
        answer = ControlAnswer.ask(folder)
        isRunning = answer != nil || RunLock.isHeld(path: folder.lockPath)
    }
}
