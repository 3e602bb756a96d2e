import ChangeSets

extension OfficeReplica {
    /// Remembers which row differs from the parent's although both have applied the same (I8); nil when none does.
    package func noteDifference(_ text: String?) throws {
        guard try difference() != text else { return }
        try engine { writer in
            if let text { return try writer.setMeta("difference", .text(text)) }
            try writer.connection.execute("DELETE FROM sanji_meta WHERE key = 'difference'")
        }
    }

    /// What ``noteDifference(_:)`` was last told.
    package func difference() throws -> String? {
        try reading { reader in
            try reader.connection.statement("SELECT value FROM sanji_meta WHERE key = 'difference'").first {
                $0.text(0)
            }
        }
    }
}
