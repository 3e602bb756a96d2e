extension ModelTable {
    /// "An append-only table is added to only by the tiers its cells name": whether no cell names writers without this
    /// tier. One such cell is enough to keep the tier out, whatever the others say. Any other table takes everybody's
    /// inserts, and refuses cells.
    package func takesInserts(fromTier tier: Int) -> Bool {
        !appendOnly || cells.allSatisfy { $0.writers?.contains(tier) ?? true }
    }
}

extension ModelChangeSet {
    /// Whether it "writes and covers nothing": the model was told so, or it inserts where its author's tier may not.
    ///
    /// Unless the model was told so, the author and the tables named have to be declared.
    package func isRefused(tables: [ModelTable], authors: [ModelAuthor]) -> Bool {
        refused || insertsWhereItMayNot(tables: tables, authors: authors)
    }

    /// The values mean nothing here: a row of defaults is refused like any other. What keeps a tier out is a cell of
    /// the schema version that the change set was written with; one that it does not have yet keeps nobody out.
    private func insertsWhereItMayNot(tables: [ModelTable], authors: [ModelAuthor]) -> Bool {
        let tier = declaredAuthor(author, among: authors).tier
        return operations.contains { operation in
            guard case .insert(let table, _, _) = operation else { return false }
            let today = declaration(of: table, among: tables)
            return !declarationOfRights(to: today).takesInserts(fromTier: tier)
        }
    }
}

extension ModelWorld {
    /// As `mergedState` decides it, of a change set of this history.
    package func isRefused(_ changeSet: ModelChangeSet) -> Bool {
        changeSet.isRefused(tables: declarations, authors: authors)
    }
}

func declaredAuthor(_ id: String, among authors: [ModelAuthor]) -> ModelAuthor {
    guard let author = authors.first(where: { $0.id == id }) else {
        preconditionFailure("no author \(id) is declared")
    }
    return author
}

func declaration(of name: String, among tables: [ModelTable]) -> ModelTable {
    guard let table = tables.first(where: { $0.name == name }) else {
        preconditionFailure("no table \(name) is declared")
    }
    return table
}
