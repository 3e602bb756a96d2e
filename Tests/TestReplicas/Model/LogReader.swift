import ChangeSets
import Foundation
import GRDB
import MergeModel
import Replica

/// Change sets of one scope as a replica's log has them, in the words of the model: parsed from the signed bytes.
package struct LogReader {
    package let scope: Scope
    package let schema: SyncedSchema
    /// Earlier declarations: rights are those of the version that a change set names.
    private let earlier: [UInt32: [ModelTable]]

    package init(scope: Scope, schema: SyncedSchema, earlier: [SyncedSchema] = []) {
        self.scope = scope
        self.schema = schema
        self.earlier = Dictionary(uniqueKeysWithValues: earlier.map { ($0.version, Self.tables($0, scope)) })
    }

    /// - Parameter isRefused: Known to the test, which made the body: not asked of the engine.
    package func changeSets(
        of replica: OfficeReplica, isRefused: (FeedID, UInt64) -> Bool = { _, _ in false }
    ) throws -> Set<ModelChangeSet> {
        let rows = try replica.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.header, c.body FROM sanji_change_set AS c JOIN sanji_feed AS f ON f.id = c.feed
                    WHERE f.area = ? AND f.audience = ?
                    """, arguments: [scope.area.digits, scope.audience.digits])
        }
        return try Set(
            rows.map { row in
                let header = try ChangeSetHeader(parsing: [UInt8](row["header"] as Data))
                let refused = isRefused(header.feed, header.number)
                return ModelChangeSet(
                    author: header.feed.author.description, number: header.number,
                    context: Dictionary(
                        uniqueKeysWithValues: header.context.entries.map { ($0.author.description, $0.number) }),
                    operations: refused ? [] : try operations([UInt8](row["body"] as Data)), refused: refused,
                    declared: earlier[header.schema])
            })
    }

    private func operations(_ bytes: [UInt8]) throws -> [ModelOperation] {
        let body = try ParsedChangeset(bytes)
        return body.changes.map { change in
            let name = body.tables[change.table].name
            let keyColumns = 1 + (schema.table(named: name)?.key.count ?? 0)
            let old = body.old(change).map { body.value($0) }
            let new = body.new(change).map { body.value($0) }
            let key = Self.key((change.operation == .insert ? new : old).prefix(keyColumns).compactMap { $0 })
            func values(_ record: [CellValue?]) -> [Int: ModelValue] {
                let defined = record.dropFirst(keyColumns).enumerated().compactMap { index, value in
                    value.map { (index, ModelValue($0)) }
                }
                return Dictionary(uniqueKeysWithValues: defined)
            }
            switch change.operation {
            case .insert:
                return .insert(
                    table: name, key: key, values: new.dropFirst(keyColumns).map { ModelValue($0 ?? .null) })
            case .update: return .update(table: name, key: key, old: values(old), new: values(new))
            case .delete: return .delete(table: name, key: key)
            }
        }
    }

    /// Those of which the scope has rows.
    package static func tables(_ schema: SyncedSchema, _ scope: Scope) -> [ModelTable] {
        schema.tables.filter { $0.audience == scope.audience }.map { ModelTable($0) }
    }

    /// Area and key as bytes.
    package static func key(_ values: [CellValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { bytes.appendValue(value) }
        return bytes
    }
}
