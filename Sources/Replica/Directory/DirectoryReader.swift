import ChangeSets

/// Reads the directory's rows, and the root's authors pinned at joining.
struct DirectoryReader {
    let root: OfficeCode
    let connection: Connection

    func read() throws -> Directory {
        var directory = Directory()
        if let pinned = try pinnedRoot() { directory.add(pinned) }
        let offices = try connection.statement(
            "SELECT code, name, address, alternates, reported FROM sanji_office WHERE area = ?1")
        for office in try offices.bind(1, root.digits).rows(Self.office) { directory.add(try office()) }
        let authors = try connection.statement(
            """
            SELECT office, ordinal, algorithm, public_key, tls_key, sealing_key, author FROM sanji_author WHERE area = ?1
            """)
        for author in try authors.bind(1, root.digits).rows(Self.author) {
            if let entry = author { directory.add(entry) }
        }
        let voided = try connection.statement(
            "SELECT header_hash, author, voided_area, voided_audience, number FROM sanji_voided WHERE area = ?1")
        for entry in try voided.bind(1, root.digits).rows(Self.voided) {
            if let entry { directory.void(entry) }
        }
        return directory
    }

    /// - Returns: nil for a row that names no change set.
    private static func voided(_ row: PreparedStatement) -> VoidedEntry? {
        guard let hash = Digest(row.blob(0)), let author = AuthorID(row.blob(1)),
            let area = try? OfficeCode(row.text(2)),
            let audience = Tier(digits: Int(row.integer(3))), let number = UInt64(exactly: row.integer(4))
        else { return nil }
        return VoidedEntry(
            feed: FeedID(author: author, scope: Scope(area: area, audience: audience)), number: number, hash: hash)
    }

    private static func office(_ row: PreparedStatement) -> () throws -> OfficeEntry {
        let (code, name) = (row.text(0), row.text(1))
        let address = row.isNull(2) ? nil : row.text(2)
        let alternates = row.text(3)
        let reported = row.isNull(4) ? nil : row.text(4)
        return {
            OfficeEntry(
                code: try OfficeCode(code), name: name, address: address,
                alternates: try alternates.split(separator: " ").map { try OfficeCode($0) }, reported: reported)
        }
    }

    /// - Returns: nil for a row that names no key its author id follows from: such an author can sign nothing.
    private static func author(_ row: PreparedStatement) -> AuthorEntry? {
        guard let algorithm = Algorithm(rawValue: UInt32(truncatingIfNeeded: row.integer(2))),
            let office = try? OfficeCode(row.text(0)), let ordinal = UInt32(exactly: row.integer(1)),
            let entry = try? AuthorEntry(
                office: office, ordinal: ordinal, publicKey: PublicKey(algorithm: algorithm, bytes: row.blob(3)),
                tlsKey: row.blob(4), sealingKey: row.blob(5)),
            entry.id.bytes == row.blob(6)
        else { return nil }
        return entry
    }

    /// - Returns: nil where none was pinned.
    func pinnedRoot() throws -> AuthorEntry? {
        func meta(_ key: String) throws -> CellValue? {
            try connection.statement("SELECT value FROM sanji_meta WHERE key = ?1").bind(1, key).first { $0.value(0) }
        }
        guard case .blob(let bytes)? = try meta("root_author_key"),
            case .integer(let algorithm)? = try meta("root_author_algorithm"),
            case .integer(let ordinal)? = try meta("root_author_ordinal"),
            let algorithm = Algorithm(rawValue: UInt32(truncatingIfNeeded: algorithm))
        else { return nil }
        return try AuthorEntry(
            office: root, ordinal: UInt32(truncatingIfNeeded: ordinal),
            publicKey: PublicKey(algorithm: algorithm, bytes: bytes), tlsKey: [], sealingKey: [])
    }
}
