import ChangeSets

/// What `sanji repair` did.
package struct RepairReport: Sendable, Hashable {
    /// Change sets of other offices that could not be relied on; the next exchange brings them again.
    package var dropped: [DroppedSuffix] = []
    /// What was made good in the engine's own tables, or forgotten because it can be done without.
    package var mended: [String] = []
    /// Scopes whose rows were computed again from the log.
    package var rebuilt: [Scope] = []
    /// What this office cannot mend by itself. The rows of such a scope were left as they are.
    package var unmended: [VerificationProblem] = []

    /// Whether an exchange must follow, with the parent and the children.
    package var needsPeer: Bool { !dropped.isEmpty }
}

/// The end of a feed, from its first change set that no valid signature vouches for.
package struct DroppedSuffix: Sendable, Hashable {
    package let feed: FeedID
    package let first: UInt64
    package let last: UInt64
}

extension OfficeReplica {
    /// Computes rows, stamps and lists again from the log's verified part, in one transaction, and drops what another
    /// office must send again. Never drops what this office wrote: nobody else may have it.
    package func repair(_ onProgress: (VerificationProgress) -> Void = { _ in }) throws -> RepairReport {
        let report: RepairReport
        do {
            report = try engine { writer in
                writer.connection.setTriggers(enabled: false)
                defer {
                    writer.foreknown = []
                    writer.marker.clear()
                }
                return try writer.isolating { try Repair(writer, of: self).run(onProgress) }
            }
        } catch let damage as UnreadableFile {
            return RepairReport(unmended: damage.problems)
        }
        commits.signal()
        return report
    }
}

private final class Repair {
    private let writer: ReplicaWriter
    private let replica: OfficeReplica
    private var report = RepairReport()

    init(_ writer: ReplicaWriter, of replica: OfficeReplica) {
        self.writer = writer
        self.replica = replica
    }

    func run(_ onProgress: (VerificationProgress) -> Void) throws -> RepairReport {
        let connection = writer.connection
        onProgress(VerificationProgress(phase: .file, done: 0, total: 1))
        try mendFile(connection)
        try pinRoot()
        try writer.forgetFailures()
        // The directory first: it says whose signatures to expect everywhere else. Its own authors are the root's.
        writer.foreknown = writer.directory.authors.values.filter { $0.office == replica.root }
        try rebuild(onProgress) { $0.area == replica.root }
        writer.foreknown = []
        try writer.noteDirectoryChange()
        try rebuild(onProgress) { $0.area != replica.root }
        try StatementVerification.forget(try StatementVerification.wrong(reader()), connection)
        let left = try Bookkeeping(reader: reader()).problems()
        report.unmended += left.filter { !report.unmended.contains($0) }
        try Strays(reader()).remove()
        try writer.issueStatements(for: Set(report.rebuilt))
        return report
    }

    /// Indexes can be made anew; from what SQLite cannot read nobody can compute.
    private func mendFile(_ connection: Connection) throws {
        var problems = try FileCheck.problems(connection)
        do {
            if !problems.isEmpty { try connection.execute("REINDEX") }
            // Before the second look: SQLite also names what breaks a CHECK.
            report.mended = try Bookkeeping(reader: reader()).mend()
            if !problems.isEmpty { problems = try FileCheck.problems(connection) }
        } catch let error as SQLiteFailure where error.isCorrupt && !problems.isEmpty {}
        guard problems.isEmpty else { throw UnreadableFile(problems: problems) }
    }

    /// The district's first key, where it was lost: the directory here was verified with it, and names it as well.
    private func pinRoot() throws {
        guard try !reader().hasPinnedRoot() else { return }
        let known = writer.directory.authors.values.filter { $0.office == replica.root }
        guard let first = known.min(by: { $0.ordinal < $1.ordinal }) else { return }
        try writer.pin(first)
        report.mended.append("the key of \(replica.root)")
    }

    /// A new one after each step: a reader remembers what it has read.
    private func reader() -> ReplicaReader { ReplicaReader(writer.connection, of: replica) }

    private func rebuild(_ onProgress: (VerificationProgress) -> Void, _ isMeant: (Scope) -> Bool) throws {
        let reader = reader()
        let lost = Set(try reader.lostOwn().map(\.feed).filter { try reader.feed($0) == nil }.map(\.scope))
        let feeds = try reader.feeds().filter { isMeant($0.feed.scope) }
        let findings = try feeds.enumerated().map { index, feed in
            onProgress(VerificationProgress(phase: .chains, done: index, total: feeds.count))
            return try FeedVerification.check(feed, reader)
        }
        let scopes = Dictionary(grouping: findings, by: \.row.feed.scope).sorted { $0.key < $1.key }
        for (index, (scope, its)) in scopes.enumerated() {
            onProgress(VerificationProgress(phase: .comparing, done: index, total: scopes.count))
            for findings in its where findings.isOwn {
                try writer.noteOwnDamage(findings.row, findings.cannotBeCut ? findings.sound.number + 1 : nil)
            }
            let hopeless = its.filter(\.cannotBeCut)
            // Where the feed itself is gone, no finding names it.
            guard hopeless.isEmpty, !lost.contains(scope) else {
                report.unmended += hopeless.flatMap(\.problems)
                for findings in hopeless where findings.isOwn && findings.sound.number == findings.lastInLog {
                    // What is gone from the end comes back from the parent only where the record says what is left.
                    try FeedCut(writer.connection, findings).recordEnd()
                }
                continue
            }
            for findings in its {
                if let dropped = try FeedCut(writer.connection, findings).run() { report.dropped.append(dropped) }
            }
            try DerivedState(writer: writer, scope: scope).computeAgain()
            report.rebuilt.append(scope)
        }
    }
}

extension FeedFindings {
    /// What this office wrote is in nobody else's log for certain, and of an unknown author nothing can be judged.
    fileprivate var cannotBeCut: Bool {
        if isOwn { return sound.number < max(row.stored.number, lastInLog, said) }
        return problems.contains { if case .unknownAuthor = $0 { true } else { false } }
    }
}

/// Rolls back a repair that cannot be done.
private struct UnreadableFile: Error { let problems: [VerificationProblem] }

/// Cuts a feed back to what a valid signature vouches for.
private struct FeedCut {
    let connection: Connection
    let findings: FeedFindings

    init(_ connection: Connection, _ findings: FeedFindings) {
        self.connection = connection
        self.findings = findings
    }

    func run() throws -> DroppedSuffix? {
        let id = findings.row.id
        for number in findings.badSignatures {
            try connection.statement("DELETE FROM sanji_signature WHERE feed = ?1 AND number = ?2")
                .bind(1, id).bind(2, Int64(number)).run()
        }
        let kept = findings.vouched
        let last = max(findings.row.stored.number, findings.lastInLog)
        if findings.hasBadKeptHeaders || kept != findings.row.stored {
            try connection.statement("DELETE FROM sanji_tail WHERE feed = ?1").bind(1, id).run()
        }
        try recordEnd()
        guard kept.number < last else { return nil }
        for table in ["sanji_change_set", "sanji_signature"] {
            try connection.statement("DELETE FROM \(table) WHERE feed = ?1 AND number > ?2")
                .bind(1, id).bind(2, Int64(kept.number)).run()
        }
        return DroppedSuffix(feed: findings.row.feed, first: kept.number + 1, last: last)
    }

    func recordEnd() throws {
        let kept = findings.vouched
        try connection.statement(
            """
            UPDATE sanji_feed SET stored = ?2, stored_hash = ?3, applied = min(applied, ?2), hold = NULL WHERE id = ?1
            """
        ).bind(1, findings.row.id).bind(2, Int64(kept.number)).bind(3, blob: kept.hash.bytes).run()
    }
}
