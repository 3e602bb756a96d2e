import ChangeSets
import GRDB

/// What a person decides about a conflict.
package enum ConflictDecision: Sendable, Hashable {
    /// The value that this office wrote.
    case keep(OfficeCode)
    /// A value for every column of the cell.
    case value([String: CellValue])
    /// The row stays, although somebody deleted it.
    case restore
    /// The row goes, although somebody wrote to it.
    case delete
}

extension OfficeReplica {
    /// Closes a conflict everywhere, by an ordinary signed write that knows of everything in conflict.
    /// - Throws: ``ConflictError``, or what any write may throw; then nothing was written.
    package func resolve(_ id: String, _ decision: ConflictDecision, as user: ActingUser) throws {
        let plan = try reading { try ResolutionPlan($0, id, decision) }
        try capture(as: user, mode: plan.mode, resolutions: plan.resolutions) { db in
            guard let handle = db.sqliteConnection else { throw DamagedReplica.log("no connection") }
            let connection = Connection(handle)
            // What has come meanwhile nobody has looked at: a decision must not cover it.
            let now = try ReplicaReader(connection, of: self).row(plan.access, key: plan.record.wholeKey)
            guard let now, now.state == plan.state else { throw ConflictError.changedMeanwhile(id) }
            try plan.write(connection, rowID: now.stamp.rowID)
        }
    }

    /// The same with values as a person types them, by column; nil or `NULL` for no value.
    package func resolve(_ id: String, texts: [String: String?], as user: ActingUser) throws {
        let values = try reading { reader in
            let found = try ConflictReader(reader).only(id)
            guard let cell = found.cell else { throw ConflictError.isDelete(id) }
            return try ResolutionPlan.values(texts, found.access.table.cells[cell])
        }
        try resolve(id, .value(values), as: user)
    }
}
