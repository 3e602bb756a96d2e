import ChangeSets

/// What this office knows of another that it talks to.
package struct PeerRecord: Sendable, Hashable {
    package let office: OfficeCode
    package let contact_ms: Int64?
    /// The peer's clock minus ours.
    package let clockOffset_ms: Int64?
    package let version: String?
    package let schema: UInt32?
    package let certificateNotAfter_ms: Int64?
    /// How often this office refused the peer something.
    package let refused: Int
    package let lastRefusal: String?
    package let lastRefusal_ms: Int64?
}

/// What a contact taught. Fields that are nil keep what was known.
package struct PeerNote: Sendable, Hashable {
    package var office: OfficeCode
    package var contact_ms: Int64?
    package var clockOffset_ms: Int64?
    package var version: String?
    package var schema: UInt32?
    package var certificateNotAfter_ms: Int64?

    package init(
        office: OfficeCode, contact_ms: Int64? = nil, clockOffset_ms: Int64? = nil, version: String? = nil,
        schema: UInt32? = nil, certificateNotAfter_ms: Int64? = nil
    ) {
        self.office = office
        self.contact_ms = contact_ms
        self.clockOffset_ms = clockOffset_ms
        self.version = version
        self.schema = schema
        self.certificateNotAfter_ms = certificateNotAfter_ms
    }
}

extension OfficeReplica {
    package func notePeer(_ note: PeerNote) throws {
        try engine { writer in
            let statement = try writer.connection.statement(
                """
                INSERT INTO sanji_peer (office, contact_ms, clock_offset_ms, version, schema, certificate_not_after_ms)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT DO UPDATE SET contact_ms = coalesce(excluded.contact_ms, contact_ms),
                    clock_offset_ms = coalesce(excluded.clock_offset_ms, clock_offset_ms),
                    version = coalesce(excluded.version, version), schema = coalesce(excluded.schema, schema),
                    certificate_not_after_ms = coalesce(excluded.certificate_not_after_ms, certificate_not_after_ms)
                """)
            statement.bind(1, note.office.digits)
            statement.bind(2, note.contact_ms.map(CellValue.integer) ?? .null)
            statement.bind(3, note.clockOffset_ms.map(CellValue.integer) ?? .null)
            statement.bind(4, note.version.map(CellValue.text) ?? .null)
            statement.bind(5, note.schema.map { .integer(Int64($0)) } ?? .null)
            statement.bind(6, note.certificateNotAfter_ms.map(CellValue.integer) ?? .null)
            try statement.run()
        }
    }

    /// Counts what this office refused a peer, and keeps the newest reason.
    package func noteRefusal(of office: OfficeCode, reason: String) throws {
        try engine { writer in
            let statement = try writer.connection.statement(
                """
                INSERT INTO sanji_peer (office, refused, last_refusal, last_refusal_ms) VALUES (?1, 1, ?2, ?3)
                ON CONFLICT DO UPDATE SET refused = refused + 1, last_refusal = excluded.last_refusal,
                    last_refusal_ms = excluded.last_refusal_ms
                """)
            try statement.bind(1, office.digits).bind(2, reason).bind(3, environment.now_ms()).run()
        }
    }

    /// Every office that was ever talked to, by code.
    package func peers() throws -> [PeerRecord] { try reading { try $0.peers() } }
}

extension ReplicaReader {
    func peers() throws -> [PeerRecord] {
        let statement = try connection.statement(
            """
            SELECT office, contact_ms, clock_offset_ms, version, schema, certificate_not_after_ms, refused, last_refusal,
                last_refusal_ms
            FROM sanji_peer ORDER BY office
            """)
        return try statement.rows { row in
            func integer(_ column: Int32) -> Int64? { row.isNull(column) ? nil : row.integer(column) }
            func text(_ column: Int32) -> String? { row.isNull(column) ? nil : row.text(column) }
            return PeerRecord(
                office: try OfficeCode(row.text(0)), contact_ms: integer(1), clockOffset_ms: integer(2),
                version: text(3), schema: integer(4).map { UInt32(truncatingIfNeeded: $0) },
                certificateNotAfter_ms: integer(5), refused: Int(row.integer(6)), lastRefusal: text(7),
                lastRefusal_ms: integer(8))
        }
    }
}
