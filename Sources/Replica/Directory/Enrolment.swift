import ChangeSets
import Foundation
import GRDB

/// An office and its author, as the root writes them into the directory.
package struct Enrolment: Sendable {
    package let office: OfficeEntry
    /// nil where only the office is named (an office that is invited but has not joined).
    package let author: AuthorEntry?

    package init(office: OfficeEntry, author: AuthorEntry?) {
        self.office = office
        self.author = author
    }
}

struct OfficeHasJoined: Error {}

extension OfficeReplica {
    /// Pins the root's author, as learned at joining: the first key from which everything else is verified.
    package func pin(rootAuthor author: AuthorEntry) throws {
        try engine { try $0.pin(author) }
    }

    /// Writes offices and authors into the directory, in one transaction. At the root only.
    package func enrol(_ enrolments: [Enrolment], as user: ActingUser) throws {
        let now_ms = environment.now_ms()
        try writeDirectory(as: user) { db in
            for enrolment in enrolments {
                try Self.write(enrolment.office, root: root, db)
                if let author = enrolment.author { try Self.write(author, root: root, now_ms, db) }
            }
        }
    }

    /// Writes the first author of an office into the directory.
    /// - Throws: ``OfficeHasJoined`` when the office has one, asked in the same transaction: of two machines that come
    ///   at once one is the first.
    func enrolFirst(_ author: AuthorEntry, as user: ActingUser) throws {
        let now_ms = environment.now_ms()
        try writeDirectory(as: user) { db in
            let known = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM sanji_author WHERE area = ? AND office = ?",
                arguments: [root.digits, author.office.digits])
            guard known == 0 else { throw OfficeHasJoined() }
            try Self.write(author, root: root, now_ms, db)
        }
    }

    private static func write(_ author: AuthorEntry, root: OfficeCode, _ now_ms: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO sanji_author
                    (area, author, office, ordinal, algorithm, public_key, tls_key, sealing_key, opened_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                root.digits, Data(author.id.bytes), author.office.digits, author.ordinal,
                author.publicKey.algorithm.rawValue, Data(author.publicKey.bytes), Data(author.tlsKey),
                Data(author.sealingKey), now_ms,
            ])
    }

    private static func write(_ office: OfficeEntry, root: OfficeCode, _ db: Database) throws {
        // Only what differs is written, so that applying one file twice says nothing new.
        try db.execute(
            sql: """
                INSERT INTO sanji_office (area, code, name, address, alternates, reported)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT DO UPDATE SET name = excluded.name, alternates = excluded.alternates,
                    address = coalesce(excluded.address, address), reported = coalesce(excluded.reported, reported)
                WHERE name IS NOT excluded.name OR alternates IS NOT excluded.alternates
                    OR address IS NOT coalesce(excluded.address, address)
                    OR reported IS NOT coalesce(excluded.reported, reported)
                """,
            arguments: [
                root.digits, office.code.digits, office.name, office.address,
                office.alternates.map(\.digits).joined(separator: " "), office.reported,
            ])
    }
}

extension ReplicaWriter {
    func pin(_ author: AuthorEntry) throws {
        try setMeta("root_author_key", .blob(author.publicKey.bytes))
        try setMeta("root_author_algorithm", .integer(Int64(author.publicKey.algorithm.rawValue)))
        try setMeta("root_author_ordinal", .integer(Int64(author.ordinal)))
        try noteDirectoryChange()
    }
}
