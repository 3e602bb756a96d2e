import ChangeSets
import GRDB

extension OfficeReplica {
    /// Holds everything in the file against what its authors signed: every chain, body and signature, and then every
    /// row, stamp and list against what the verified log gives when it is applied once more to an empty replica.
    ///
    /// Changes nothing, holds up no writer, and needs about as much memory or temporary disk as the replica has rows.
    package func verify(_ onProgress: (VerificationProgress) -> Void = { _ in }) throws -> VerificationReport {
        var report = VerificationReport()
        do {
            try pool.read { db in
                guard let handle = db.sqliteConnection else { throw DamagedReplica.log("no connection") }
                let verification = Verification(ReplicaReader(Connection(handle), of: self), of: self)
                defer { report = verification.report }
                try verification.run(checks: try SchemaCheck(history.current, in: db).checks, onProgress)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT && !report.ok {
            // A page that cannot be read has been reported; SQLite then refuses to end the read properly.
        }
        return report
    }
}

private final class Verification {
    private let reader: ReplicaReader
    private let replica: OfficeReplica
    private(set) var report = VerificationReport()

    init(_ reader: ReplicaReader, of replica: OfficeReplica) {
        self.reader = reader
        self.replica = replica
    }

    func run(checks: [String: [CellCheck]], _ onProgress: (VerificationProgress) -> Void) throws {
        onProgress(VerificationProgress(phase: .file, done: 0, total: 1))
        report.problems += try attempt { try FileCheck.problems(reader.connection) } ?? []
        // Without the list of feeds there is nothing to say.
        guard let (feeds, unreadable) = try attempt({ try reader.readableFeeds() }) else { return }
        report.problems += unreadable.map { .unreadable("\($0)") }
        report.problems += try attempt { try Bookkeeping(reader: reader).problems() } ?? []
        let damaged = try chains(feeds, onProgress)
        report.problems += try attempt { try StatementVerification.wrong(reader).map(\.problem) } ?? []
        let sound = Set(feeds.filter { $0.applied > 0 }.map(\.feed.scope)).subtracting(damaged).sorted()
        onProgress(VerificationProgress(phase: .computing, done: 0, total: 1))
        let found = try attempt { () -> [VerificationProblem] in
            var found: [VerificationProblem] = []
            try Recomputation.run(reader, of: replica, sound, checks) { due, problems in
                found += problems
                let comparison = try StateComparison(reader, due: due)
                for (index, scope) in sound.enumerated() {
                    onProgress(VerificationProgress(phase: .comparing, done: index, total: sound.count))
                    found += try comparison.problems(in: scope)
                }
            }
            return found
        }
        report.problems += found ?? []
        report.problems += try attempt { try Strays(reader).problems() } ?? []
        let unreliable = Set(report.problems.compactMap(\.area)).union(damaged.map(\.area))
        report.digests = (try attempt { try reader.digests() } ?? [:]).filter { !unreliable.contains($0.key) }
    }

    /// - Returns: Scopes whose log is not whole: what their rows should be cannot be told.
    private func chains(
        _ feeds: [FeedRow], _ onProgress: (VerificationProgress) -> Void
    ) throws -> Set<Scope> {
        var damaged: Set<Scope> = []
        for (index, feed) in feeds.enumerated() {
            onProgress(VerificationProgress(phase: .chains, done: index, total: feeds.count))
            guard let findings = try attempt({ try FeedVerification.check(feed, reader) }) else {
                damaged.insert(feed.feed.scope)
                continue
            }
            report.feeds += 1
            report.changeSets += findings.changeSets
            report.signatures += findings.signatures
            report.problems += findings.problems
            let hasAuthor = try attempt { try reader.directory().authors[feed.feed.author] } ?? nil
            if findings.sound.number < feed.applied || hasAuthor == nil { damaged.insert(feed.feed.scope) }
        }
        return damaged
    }

    /// What cannot be read is a finding, not the end of the search.
    private func attempt<T>(_ body: () throws -> T) throws -> T? {
        do {
            return try body()
        } catch let error as DamagedReplica {
            report.problems.append(.unreadable("\(error)"))
        } catch let error as SQLiteFailure where error.isCorrupt {
            report.problems.append(.file("\(error)"))
        }
        return nil
    }
}

extension SQLiteFailure {
    var isCorrupt: Bool { [11, 26].contains(code & 0xff) }  // SQLITE_CORRUPT, SQLITE_NOTADB
}

/// SQLite's own check of pages, indexes, types and constraints.
enum FileCheck {
    static func problems(_ connection: Connection) throws -> [VerificationProblem] {
        do {
            return try connection.statement("PRAGMA integrity_check(10)").rows { $0.text(0) }.filter { $0 != "ok" }
                .map { .file($0) }
        } catch let error as SQLiteFailure where error.isCorrupt {
            return [.file("\(error)")]
        }
    }
}

/// The statements kept of other offices, and this office's own.
enum StatementVerification {
    struct Wrong {
        let problem: VerificationProblem
        /// Author, area and audience, whatever they hold.
        fileprivate let name: [CellValue]
    }

    static func wrong(_ reader: ReplicaReader) throws -> [Wrong] {
        let statement = try reader.connection.statement(
            """
            SELECT author, area, audience, statement, signature, ordinal FROM sanji_statement
            ORDER BY author, area, audience
            """)
        return try statement.rows { row in
            try problem(row, reader).map { Wrong(problem: $0, name: [row.value(0), row.value(1), row.value(2)]) }
        }.compactMap { $0 }
    }

    /// The offices say all of it again.
    static func forget(_ wrong: [Wrong], _ connection: Connection) throws {
        for one in wrong {
            let statement = try connection.statement(
                "DELETE FROM sanji_statement WHERE author = ?1 AND area = ?2 AND audience = ?3")
            for (place, value) in one.name.enumerated() { statement.bind(Int32(place + 1), value) }
            try statement.run()
        }
    }

    private static func problem(_ row: PreparedStatement, _ reader: ReplicaReader) throws -> VerificationProblem? {
        guard let author = AuthorID(row.blob(0)), let area = try? OfficeCode(row.text(1)),
            let audience = Tier(digits: Int(row.integer(2)))
        else { return .unreadable("a statement is kept under a name that is none") }
        let scope = Scope(area: area, audience: audience)
        guard let signed = try? SignedStatement(parsing: row.blob(3), signature: row.blob(4)),
            signed.statement.author == author, signed.statement.scope == scope,
            UInt64(exactly: row.integer(5)) == signed.statement.ordinal,
            let key = try reader.directory().authors[author]?.verificationKey, signed.isSigned(by: key)
        else { return .statement(author, scope) }
        return nil
    }
}
