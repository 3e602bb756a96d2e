import ChangeSets
import Foundation
import GRDB

/// What became of a request to join.
package enum Admission: Sendable {
    case admitted(ordinal: UInt32, name: String)
    /// Why not, and what to do.
    case refused(String)
}

/// Who asks to join, with the public halves of the office's three keys.
package struct JoinRequest: Sendable {
    package let office: OfficeCode
    package let machine: [UInt8]
    package let author: PublicKey
    package let tlsKey: [UInt8]
    package let sealingKey: [UInt8]

    package init(office: OfficeCode, machine: [UInt8], author: PublicKey, tlsKey: [UInt8], sealingKey: [UInt8]) {
        self.office = office
        self.machine = machine
        self.author = author
        self.tlsKey = tlsKey
        self.sealingKey = sealingKey
    }
}

extension OfficeReplica {
    /// Remembers a one-time token by its key, which the secret cannot be told from. An older one for the office is void.
    package func invite(_ office: OfficeCode, tokenKey: [UInt8], expires_ms: Int64) throws {
        try engine { writer in
            let statement = try writer.connection.statement(
                "INSERT OR REPLACE INTO sanji_invitation (office, token_key, expires_ms, machine) VALUES (?1, ?2, ?3, NULL)"
            )
            try statement.bind(1, office.digits).bind(2, blob: tokenKey).bind(3, expires_ms).run()
        }
    }

    /// Uses a token: the first machine that brings it becomes the office; the same machine may ask again, also when the
    /// answer was lost and the token has ended meanwhile.
    /// - Parameter isVouched: Whether the request was made with the token of this key.
    package func redeem(
        _ request: JoinRequest, now_ms: Int64, isVouched: (_ tokenKey: [UInt8]) -> Bool
    ) throws -> Admission {
        let office = request.office
        // Looked up without the write lock: anyone may ask.
        let known = try invitation(office)
        guard let known, isVouched(known.key) else {
            return .refused("this token is not known at the district, or a newer one was made; ask for a new one")
        }
        let directory = try directory()
        guard let entry = directory.offices[office] else {
            return .refused("\(office) is not in the directory any more; ask the district")
        }
        if let author = directory.authors[AuthorID(of: request.author)] {
            guard author.office == office, author.tlsKey == request.tlsKey else {
                return .refused("this key belongs to another office; make new keys in an empty folder")
            }
            return .admitted(ordinal: author.ordinal, name: entry.name)
        }
        guard known.expires_ms > now_ms else {
            return .refused("this token has expired; ask the district for a new one")
        }
        guard known.machine == nil || known.machine == request.machine else {
            return .refused(
                "this token was used by another machine, which is this office now; if that machine is not yours, tell the district at once"
            )
        }
        let author: AuthorEntry
        do {
            author = try AuthorEntry(
                office: office, ordinal: 1, publicKey: request.author, tlsKey: request.tlsKey,
                sealingKey: request.sealingKey)
        } catch {
            return .refused("the author key of the request is no key: \(error)")
        }
        do {
            try enrolFirst(author, as: ActingUser("sanji join"))
        } catch let refused as RefusedWrite {
            return .refused("the district cannot write: \(refused)")
        } catch is OfficeHasJoined {
            return .refused("\(office) has joined from another machine already; the district must close that one first")
        }
        try engine { writer in
            try writer.connection.statement("UPDATE sanji_invitation SET machine = ?2 WHERE office = ?1")
                .bind(1, office.digits).bind(2, blob: request.machine).run()
        }
        return .admitted(ordinal: 1, name: entry.name)
    }

    private func invitation(_ office: OfficeCode) throws -> (key: [UInt8], expires_ms: Int64, machine: [UInt8]?)? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT token_key, expires_ms, machine FROM sanji_invitation WHERE office = ?",
                arguments: [office.digits]
            ).map { row in
                ([UInt8](row[0] as Data), row[1] as Int64, (row[2] as Data?).map { [UInt8]($0) })
            }
        }
    }
}
