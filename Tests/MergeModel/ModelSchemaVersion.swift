extension ModelChangeSet {
    /// "Rights are judged by the declaration of the schema version in the header": what today's narrows was written
    /// rightly before, and what it widens was not, so that an upgrade changes the standing of nothing already written.
    ///
    /// Every table that the change set names has to be declared by its version.
    func declarationOfRights(to today: ModelTable) -> ModelTable {
        guard let declared else { return today }
        let atWriting = declaration(of: today.name, among: declared)
        precondition(today.continues(atWriting), "a version of \(today.name) changed what versions may not change")
        return atWriting
    }
}

extension ModelTable {
    /// Whether it may be a later version of the other, or the same: columns are "only ever appended", and "groups,
    /// `counter` and defaults may not" change. Writers and the other rules may.
    fileprivate func continues(_ earlier: ModelTable) -> Bool {
        appendOnly == earlier.appendOnly
            && cells.map(\.columns).starts(with: earlier.cells.map(\.columns))
            && cells.map { $0.rule == .counter }.starts(with: earlier.cells.map { $0.rule == .counter })
            && defaults.starts(with: earlier.defaults)
    }
}
