import ChangeSets
import Foundation
import GRDB

/// What became of a request to join.
package enum Admission: Sendable {
    case admitted(ordinal: UInt32, name: String)
    /// Why not, and what to do.
    case refused(String)
}

extension OfficeReplica {
    /// Remembers a one-time token by the hash of its secret. An older one for the office is void.
    package func invite(_ office: OfficeCode, secret: [UInt8], expires_ms: Int64) throws {
        try engine { writer in
            let statement = try writer.connection.statement(
                "INSERT OR REPLACE INTO sanji_invitation (office, secret_hash, expires_ms, machine) VALUES (?1, ?2, ?3, NULL)"
            )
            try statement.bind(1, office.digits).bind(2, blob: Algorithm.ed25519.hash(secret)).bind(3, expires_ms).run()
        }
    }

    /// Uses a token: the first machine that brings it becomes the office; the same machine may ask again.
    package func redeem(
        office: OfficeCode, secret: [UInt8], machine: [UInt8], author: PublicKey, tlsKey: [UInt8],
        sealingKey: [UInt8], now_ms: Int64
    ) throws -> Admission {
        let refusal: String? = try engine { writer in
            let select = try writer.connection.statement(
                "SELECT secret_hash, expires_ms, machine FROM sanji_invitation WHERE office = ?1")
            let known = try select.bind(1, office.digits).first {
                (hash: $0.blob(0), expires_ms: $0.integer(1), machine: $0.isNull(2) ? nil : $0.blob(2))
            }
            guard let known, known.hash == Algorithm.ed25519.hash(secret) else {
                return "this token is not known at the district, or a newer one was made; ask for a new one"
            }
            guard known.expires_ms > now_ms else { return "this token has expired; ask the district for a new one" }
            guard known.machine == nil || known.machine == machine else {
                return "this token was used by another machine; ask the district for a new one"
            }
            try writer.connection.statement("UPDATE sanji_invitation SET machine = ?2 WHERE office = ?1")
                .bind(1, office.digits).bind(2, blob: machine).run()
            return nil
        }
        if let refusal { return .refused(refusal) }
        let directory = try directory()
        let id = AuthorID(of: author)
        guard let entry = directory.offices[office] else {
            return .refused("\(office) is not in the directory any more; ask the district")
        }
        if let known = directory.authors[id] {
            guard known.office == office, known.tlsKey == tlsKey else {
                return .refused("this key belongs to another office; make new keys in an empty folder")
            }
            return .admitted(ordinal: known.ordinal, name: entry.name)
        }
        guard directory.openAuthor(of: office) == nil else {
            return .refused("\(office) has joined from another machine already; the district must close that one first")
        }
        let newAuthor: AuthorEntry
        do {
            newAuthor = try AuthorEntry(
                office: office, ordinal: 1, publicKey: author, tlsKey: tlsKey, sealingKey: sealingKey)
        } catch {
            return .refused("the author key of the request is no key: \(error)")
        }
        try enrol([Enrolment(office: entry, author: newAuthor)], as: ActingUser("sanji join"))
        return .admitted(ordinal: 1, name: entry.name)
    }

    /// Addresses heard from offices below; the root writes them into the directory, others pass them on.
    package func noteAddresses(_ addresses: [OfficeCode: String]) throws {
        guard !addresses.isEmpty else { return }
        guard office == root else {
            return try engine { writer in
                for (office, address) in addresses {
                    try writer.connection.statement(
                        """
                        INSERT INTO sanji_peer (office, address) VALUES (?1, ?2)
                        ON CONFLICT DO UPDATE SET address = excluded.address
                        """
                    ).bind(1, office.digits).bind(2, address).run()
                }
            }
        }
        let directory = try directory()
        let changed = addresses.compactMap { code, address -> Enrolment? in
            guard let known = directory.offices[code], known.address != address else { return nil }
            return Enrolment(
                office: OfficeEntry(code: code, name: known.name, address: address, alternates: known.alternates),
                author: nil)
        }
        if !changed.isEmpty { try enrol(changed, as: ActingUser("sanji run")) }
    }

    /// Addresses of offices below this one, heard from them.
    package func heardAddresses() throws -> [OfficeCode: String] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT office, address FROM sanji_peer WHERE address IS NOT NULL")
            return Dictionary(
                uniqueKeysWithValues: try rows.map { (try OfficeCode($0["office"] as String), $0["address"] as String) }
            )
        }
    }

    /// Marks of the statements by one office and those below it, as both sides of an exchange compare them.
    package func statementMarks(of below: OfficeCode) throws -> [StatementMark] {
        let directory = try directory()
        return try read { db in
            try StatementReader.fetch(db, where: "true").compactMap { signed in
                let statement = signed.statement
                guard let author = directory.authors[statement.author], below.covers(author.office) else { return nil }
                return StatementMark(author: statement.author, scope: statement.scope, ordinal: statement.ordinal)
            }
        }
    }
}
