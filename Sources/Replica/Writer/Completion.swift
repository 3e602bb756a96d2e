import ChangeSets

/// Splits a captured changeset by scope and completes its updates: whole groups, and cells that a person resolved.
struct Completion {
    let writer: ReplicaWriter
    let resolutions: [Capture.Resolution]

    func bodies(of captured: ParsedChangeset) throws -> [(Scope, ParsedChangeset)] {
        // The usual transaction touches one scope and needs nothing more: its bytes go out as captured.
        if resolutions.isEmpty, let scope = try soleScope(of: captured) { return [(scope, captured)] }
        var scopes: [Scope] = []
        var byScope: [Scope: ChangesetWriter] = [:]
        var pending = resolutions
        for change in captured.changes {
            let table = captured.tables[change.table]
            guard let access = writer.tables[table.name] else { continue }
            let scope = try scope(of: change, captured, access)
            if byScope[scope] == nil {
                scopes.append(scope)
                byScope[scope] = ChangesetWriter()
            }
            if change.operation == .update, let (old, new) = try completed(change, captured, access, &pending) {
                byScope[scope]?.appendUpdate(table, old: old, new: new)
            } else {
                byScope[scope]?.append(change, of: captured)
            }
        }
        for resolution in pending {
            guard let access = writer.tables[resolution.table], case .text(let area) = resolution.key[0] else {
                continue
            }
            let scope = try scope(area: area, access)
            if byScope[scope] == nil { scopes.append(scope) }
            var body = byScope[scope] ?? ChangesetWriter()
            try append(resolution, access, to: &body)
            byScope[scope] = body
        }
        return try scopes.sorted().map { scope in
            do {
                return (scope, try ParsedChangeset(byScope[scope]?.bytes ?? []))
            } catch {
                throw RefusedWrite.tooLarge
            }
        }
    }

    /// The scope of all changes, where they have one and every update is whole; else nil.
    private func soleScope(of captured: ParsedChangeset) throws -> Scope? {
        let accesses = captured.tables.map { writer.tables[$0.name] }
        guard let first = captured.changes.first, let access = accesses[first.table] else { return nil }
        let scope = try scope(of: first, captured, access)
        let area = Array(scope.area.digits.utf8)
        for change in captured.changes {
            guard let access = accesses[change.table], access.table.audience == scope.audience else { return nil }
            let record = change.operation == .insert ? captured.new(change) : captured.old(change)
            guard captured.content(record[record.startIndex]).elementsEqual(area) else { return nil }
            guard change.operation == .update else { continue }
            let new = captured.new(change)
            for range in access.cellRanges where range.count > 1 {
                let written = range.count { new[new.startIndex + $0].kind != .undefined }
                guard written == 0 || written == range.count else { return nil }
            }
        }
        return scope
    }

    private func scope(of change: RowChange, _ body: ParsedChangeset, _ access: TableAccess) throws -> Scope {
        let record = change.operation == .insert ? body.new(change) : body.old(change)
        guard let first = record.first, case .text(let area)? = body.value(first) else {
            throw RefusedWrite.unknownArea(access.table.name, "")
        }
        return try scope(area: area, access)
    }

    private func scope(area: String, _ access: TableAccess) throws -> Scope {
        let code: OfficeCode
        do {
            code = try OfficeCode(area)
        } catch {
            throw RefusedWrite.unknownArea(access.table.name, area)
        }
        return Scope(area: code, audience: access.table.audience)
    }

    /// - Returns: Old and new of an update that must carry more than was captured; nil where it is whole as it is.
    private func completed(
        _ change: RowChange, _ body: ParsedChangeset, _ access: TableAccess, _ pending: inout [Capture.Resolution]
    ) throws -> (old: [CellValue?], new: [CellValue?])? {
        let oldSpans = body.old(change)
        let newSpans = body.new(change)
        let key = oldSpans.prefix(access.keyColumns).map { body.value($0) ?? .null }
        let resolved = pending.filter { $0.table == access.table.name && $0.key == key }.map(\.cell)
        if !resolved.isEmpty { pending.removeAll { $0.table == access.table.name && $0.key == key } }
        let incomplete = access.cellRanges.enumerated().filter { index, range in
            let written = range.count { newSpans[newSpans.startIndex + $0].kind != .undefined }
            return written < range.count && (written > 0 || resolved.contains(index))
        }
        guard !incomplete.isEmpty else { return nil }
        var old = oldSpans.map { body.value($0) }
        var new = newSpans.map { body.value($0) }
        let values = try row(access, key)
        for column in incomplete.flatMap(\.element) where new[column] == nil {
            old[column] = values[column]
            new[column] = values[column]
        }
        return (old, new)
    }

    private func append(
        _ resolution: Capture.Resolution, _ access: TableAccess, to body: inout ChangesetWriter
    ) throws {
        let values = try row(access, resolution.key)
        var old: [CellValue?] = Array(repeating: nil, count: values.count)
        var new = old
        for column in 0..<access.keyColumns { old[column] = values[column] }
        for column in access.cellRanges[resolution.cell] {
            old[column] = values[column]
            new[column] = values[column]
        }
        let isKey = values.indices.map { $0 < access.keyColumns }
        body.appendUpdate(
            ChangesetTable(name: access.table.name, columnCount: values.count, isKey: isKey), old: old, new: new)
    }

    /// All columns of a row as it stands now.
    private func row(_ access: TableAccess, _ key: [CellValue]) throws -> [CellValue] {
        let statement = try writer.connection.statement(access.selectValues)
        for (index, value) in key.enumerated() { statement.bind(Int32(index + 1), value) }
        let valueCount = access.table.columns.count - access.keyColumns
        let found = try statement.first { row in (0..<valueCount).map { row.value(Int32(1 + $0)) } }
        guard let found else { throw DamagedReplica.missingRow(access.table.name) }
        return key + found
    }
}
