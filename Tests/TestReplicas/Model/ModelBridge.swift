import ChangeSets
import MergeModel
import Replica

// What the engine declares and holds, in the words of the model. The engine's own merge takes no part in it.

extension ModelValue {
    package init(_ value: CellValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .real(number)
        case .text(let text): self = .text(text)
        case .blob(let bytes): self = .blob(bytes)
        }
    }
}

extension CellValue {
    package init(_ value: ModelValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .real(number)
        case .text(let text): self = .text(text)
        case .blob(let bytes): self = .blob(bytes)
        }
    }
}

extension ModelRule {
    package init(_ rule: MergeRule) {
        switch rule {
        case .nearest: self = .nearest
        case .highest: self = .highest
        case .minimum: self = .minimum
        case .maximum: self = .maximum
        case .counter: self = .counter
        }
    }
}

extension MergeRule {
    package init(_ rule: ModelRule) {
        switch rule {
        case .nearest: self = .nearest
        case .highest: self = .highest
        case .minimum: self = .minimum
        case .maximum: self = .maximum
        case .counter: self = .counter
        }
    }
}

extension ModelAuthor {
    /// All that a directory names.
    package static func all(in directory: Directory) -> [ModelAuthor] {
        directory.authors.values.map {
            ModelAuthor(id: $0.id.description, office: $0.office.digits, ordinal: Int($0.ordinal))
        }
    }
}

extension ModelTable {
    package init(_ table: SyncedTable) {
        let first = 1 + table.key.count
        self.init(
            name: table.name,
            cells: zip(table.cells, table.cellRanges).map { cell, range in
                ModelCell(
                    columns: range.map { $0 - first }, rule: ModelRule(cell.rule),
                    writers: cell.writers.map { Set($0.map(\.digits)) })
            },
            defaults: table.valueColumns.map { ModelValue($0.defaultValue) }, appendOnly: table.appendOnly)
    }
}

extension SyncedTable {
    /// Columns of any type, because a model's table mixes them. The cells of the model must stand in column order.
    package init(_ model: ModelTable) {
        self.init(
            model.name, areas: [.village], appendOnly: model.appendOnly,
            cells: model.cells.enumerated().map { index, cell in
                let rule = MergeRule(cell.rule)
                return .group(
                    "cell\(index)", rule, writers: cell.writers.map { Set($0.compactMap { Tier(digits: $0) }) },
                    cell.columns.map { column in
                        SyncedColumn(
                            "column\(column)", rule == .counter ? .integer : .any, notNull: rule == .counter,
                            default: CellValue(model.defaults[column]))
                    })
            })
    }
}

extension ModelRow {
    /// - Parameter author: The model's name of a feed's author.
    /// - Returns: nil for a row on which there was no operation.
    package init?(_ state: RowState, _ table: SyncedTable, author: (Int64) -> String) {
        func dot(_ dot: Dot) -> ModelDot { ModelDot(author: author(dot.feed), number: dot.number) }
        guard !state.inserts.isEmpty || !state.openDeletes.isEmpty || state.cells.contains(where: { !$0.isEmpty })
        else { return nil }
        self.init(
            isThere: state.isThere,
            shown: state.isThere ? state.shown(table).map { ModelValue($0) } : [],
            siblings: zip(table.cells, state.cells).map { cell, siblings in
                cell.rule == .counter
                    ? []
                    : siblings.map { ModelSibling(dot: dot($0.dot), values: $0.values.map { ModelValue($0) }) }
            },
            conflicts: state.conflictingCells(table),
            openDeletes: state.isThere ? state.openDeletes.map(dot) : [])
    }
}
