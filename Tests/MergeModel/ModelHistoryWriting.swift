extension ModelWorld {
    /// An open author writes one change set to one or several rows, by what it sees.
    mutating func write(using generator: inout some RandomNumberGenerator) {
        let author = generator.pick(from: authors.filter { $0.ordinal == openOrdinals[$0.office] })
        let operations = operations(by: author, using: &generator)
        guard !operations.isEmpty else { return }
        let context = vector(of: author.id)
        let number = context[author.id, default: 0] + 1
        changeSets.append(
            ModelChangeSet(
                author: author.id,
                number: number,
                context: context.filter { $0.key != author.id },
                operations: operations,
                refused: generator.happens(percent: 4)))
        applied[author.id, default: [:]][author.id] = number
    }

    /// One operation each on up to three rows.
    private func operations(
        by author: ModelAuthor, using generator: inout some RandomNumberGenerator
    ) -> [ModelOperation] {
        let view = view(of: author.id)
        let rows = tables.flatMap { table in table.keys.map { (table: table, key: $0) } }
        let chosen = rows.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator))
        var operations: [ModelOperation] = []
        for (table, key) in chosen {
            let row = view.rows[ModelRowKey(table: table.declaration.name, key: key)]
            let writer = RowWriter(author: author, table: table, key: key)
            if let row, row.isThere {
                let change =
                    table.declaration.appendOnly
                    ? writer.writeAnew(row, using: &generator) : writer.change(row, using: &generator)
                if let change { operations.append(change) }
            } else if !(table.hasCounter && sawDelete(author, table: table, key: key)) {
                if let insert = writer.insert(using: &generator) { operations.append(insert) }
            }
        }
        return operations
    }

    /// "A key once deleted in such a table cannot be inserted again": whether the author knows of a delete.
    private func sawDelete(_ author: ModelAuthor, table: ModelWorldTable, key: [UInt8]) -> Bool {
        let delete = ModelOperation.delete(table: table.declaration.name, key: key)
        return changeSets(appliedBy: author.id).contains { !isRefused($0) && $0.operations.contains(delete) }
    }
}
