import ChangeSets
import GRDB

extension OfficeReplica {
    /// Addresses that offices want to be called at: the root writes them into the directory, others pass them on.
    ///
    /// Only of offices that the directory knows and that have others below them: nobody calls the lowest.
    package func noteAddresses(_ addresses: [OfficeCode: String]) throws {
        guard !addresses.isEmpty else { return }
        let directory = try directory()
        // The root will have some, also where none has been named yet.
        let parents = Set(directory.offices.keys.compactMap(\.parent)).union([root])
        let called = addresses.filter { directory.offices[$0.key] != nil && parents.contains($0.key) }
        // What the operator has named already is no news.
        let changed = called.filter { directory.offices[$0.key]?.addresses.contains($0.value) == false }
        guard !changed.isEmpty else { return }
        guard office == root else {
            return try engine { writer in
                for (office, address) in changed {
                    try writer.connection.statement(
                        """
                        INSERT INTO sanji_peer (office, address) VALUES (?1, ?2)
                        ON CONFLICT DO UPDATE SET address = excluded.address
                        """
                    ).bind(1, office.digits).bind(2, address).run()
                }
            }
        }
        let enrolments = changed.compactMap { code, address in
            directory.offices[code].map { known in
                Enrolment(
                    office: OfficeEntry(
                        code: code, name: known.name, address: known.address, alternates: known.alternates,
                        reported: address), author: nil)
            }
        }
        do {
            try enrol(enrolments, as: ActingUser("sanji run"))
        } catch RefusedWrite.keyUsedElsewhere {
            // Nothing is written any more, and `sanji status` says so; whoever calls is still to be answered.
        }
    }

    /// Addresses of offices below this one, heard from them and not in the directory yet.
    package func heardAddresses() throws -> [OfficeCode: String] {
        let known = try directory().offices
        let rows = try read { db in
            try Row.fetchAll(db, sql: "SELECT office, address FROM sanji_peer WHERE address IS NOT NULL")
        }
        let heard = try rows.map { (try OfficeCode($0["office"] as String), $0["address"] as String) }
        return Dictionary(uniqueKeysWithValues: heard.filter { known[$0.0]?.reported != $0.1 })
    }
}
