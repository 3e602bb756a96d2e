import ChangeSets
import Foundation
import GRDB

/// Names the statements of one author on one scope.
package struct StatementID: Hashable, Sendable {
    package let author: AuthorID
    package let scope: Scope

    package init(author: AuthorID, scope: Scope) {
        self.author = author
        self.scope = scope
    }
}

extension OfficeReplica {
    /// Statements of this office and those below it that the parent has not acknowledged.
    package func statementsForParent() throws -> [SignedStatement] {
        let directory = try directory()
        return try read { db in
            try StatementReader.fetch(db, where: "given < ordinal").filter { signed in
                directory.authors[signed.statement.author].map { office.covers($0.office) } ?? false
            }
        }
    }

    /// Statements about scopes that reach a child, by the offices above it, newer than what it has.
    package func statements(forChild child: OfficeCode, known: [StatementID: UInt64]) throws -> [SignedStatement] {
        let above = try directory().authors.values.filter { $0.office != child && $0.office.covers(child) }
        return try read { db in
            try StatementReader.fetch(db, by: above.map(\.id)).filter { signed in
                let statement = signed.statement
                guard statement.scope.reaches(child) else { return false }
                return statement.ordinal > known[StatementID(author: statement.author, scope: statement.scope)] ?? 0
            }
        }
    }

    /// What this office knows of the statements of those above it, so that only newer ones are sent.
    package func knownStatements() throws -> [StatementID: UInt64] {
        let above = try directory().authors.values.filter { $0.office != office && $0.office.covers(office) }
        return try read { db in
            var known: [StatementID: UInt64] = [:]
            for signed in try StatementReader.fetch(db, by: above.map(\.id)) {
                let statement = signed.statement
                known[StatementID(author: statement.author, scope: statement.scope)] = statement.ordinal
            }
            return known
        }
    }

    /// Marks of the statements by one office and those below it, as both sides of an exchange compare them.
    package func statementMarks(of below: OfficeCode) throws -> [StatementMark] {
        let authors = try directory().authors
        return try read { db in
            try Row.fetchAll(db.cachedStatement(sql: "SELECT author, area, audience, ordinal FROM sanji_statement"))
                .compactMap { row in
                    guard let author = AuthorID(row[0] as Data), let known = authors[author],
                        below.covers(known.office),
                        let audience = Tier(digits: row[2])
                    else { return nil }
                    return StatementMark(
                        author: author, scope: Scope(area: try OfficeCode(row[1] as String), audience: audience),
                        ordinal: try DamagedReplica.checkedOrdinal(row[3], as: "ordinal"))
                }
        }
    }

    /// The parent has these: they are not sent again.
    package func markGiven(_ statements: [SignedStatement]) throws {
        guard !statements.isEmpty else { return }
        try engine { writer in
            for signed in statements {
                let statement = signed.statement
                try writer.connection.statement(
                    """
                    UPDATE sanji_statement SET given = max(given, ?4)
                    WHERE author = ?1 AND area = ?2 AND audience = ?3
                    """
                ).bind(1, blob: statement.author.bytes).bind(2, statement.scope.area.digits)
                    .bind(3, Int64(statement.scope.audience.digits)).bind(4, Int64(statement.ordinal)).run()
            }
        }
    }

    /// The parent was restored or replaced: everything is given to it again.
    package func forgetGiven() throws {
        try engine { try $0.connection.statement("UPDATE sanji_statement SET given = 0").run() }
    }

    /// Says how far this office has come, in all scopes where that has changed since it last said so.
    /// - Parameters:
    ///   - node: What else there is to say, of the node, from now on.
    ///   - isAlive: Says it of the directory's area also where nothing has changed, as a sign of life for offices that this
    ///     one does not call itself.
    package func issueStatements(node: NodeDetails? = nil, isAlive: Bool = false) throws {
        try engine { writer in
            let scopes = try writer.connection.statement(
                "SELECT DISTINCT area, audience FROM sanji_feed WHERE stored > 0"
            )
            .rows { ($0.text(0), Int($0.integer(1))) }
            let all = try scopes.compactMap { area, audience in
                try Tier(digits: audience).map { try Scope(area: OfficeCode(area), audience: $0) }
            }
            if let node { writer.details = node }
            try writer.issueStatements(for: Set(all), isAlive: isAlive)
        }
    }

    /// This office's own statements on some scopes, for the reply to a child.
    package func ownStatements(on scopes: Set<Scope>) throws -> [SignedStatement] {
        guard let own else { return [] }
        return try read { db in
            try scopes.sorted().flatMap { scope in
                try StatementReader.fetch(
                    db, where: "author = ? AND area = ? AND audience = ?",
                    [Data(own.key.author.bytes), scope.area.digits, scope.audience.digits])
            }
        }
    }
}

enum StatementReader {
    /// By some authors only: a district keeps statements of every office, and is asked for its own at every commit.
    static func fetch(_ db: Database, by authors: [AuthorID]) throws -> [SignedStatement] {
        try authors.flatMap { try fetch(db, where: "author = ?", [Data($0.bytes)]) }
    }

    static func fetch(
        _ db: Database, where condition: String, _ arguments: StatementArguments = []
    ) throws -> [SignedStatement] {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT statement, signature FROM sanji_statement WHERE \(condition)"),
            arguments: arguments)
        return try rows.map {
            try SignedStatement(parsing: [UInt8]($0["statement"] as Data), signature: [UInt8]($0["signature"] as Data))
        }
    }
}
