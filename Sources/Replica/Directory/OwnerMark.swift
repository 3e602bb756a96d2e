// Which machine's database this is: a file put into another office's folder would let that office sign numbers twice.

extension OfficeReplica {
    private static let key = "machine"

    /// - Returns: The machine that it was bound to; nil when it was to none.
    package func machine() throws -> String? {
        try reading { reader in
            try reader.connection.statement("SELECT value FROM sanji_meta WHERE key = ?1").bind(1, Self.key).first {
                $0.text(0)
            }
        }
    }

    /// For good: the database is this machine's from now on.
    package func bind(to machine: String) throws {
        try engine { writer in
            let statement = try writer.connection.statement(
                "INSERT INTO sanji_meta (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
            try statement.bind(1, Self.key).bind(2, machine).run()
        }
    }
}
