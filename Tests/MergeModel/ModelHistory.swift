/// A random history of one area: authors that write, each by what it has applied itself, and hand each other what
/// they hold.
package struct ModelWorld: Sendable, Hashable {
    /// The last number applied of each author's feed.
    typealias Vector = [String: UInt64]

    package let tables: [ModelWorldTable]
    package let authors: [ModelAuthor]
    /// All change sets, in the order in which they were written.
    package internal(set) var changeSets: [ModelChangeSet] = []
    /// By author: what its replica has applied.
    var applied: [String: Vector] = [:]
    /// By office: "an office has at most one *open* author, and closed ones in its past".
    var openOrdinals: [String: Int] = [:]

    /// Lets the authors write and deliver for so many steps.
    package init(
        tables: [ModelWorldTable] = ModelWorldTable.examples, authors: [ModelAuthor], steps: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        precondition(Set(authors.map(\.id)).count == authors.count, "an author is declared once")
        self.tables = tables
        self.authors = authors
        for author in authors {
            openOrdinals[author.office] = min(author.ordinal, openOrdinals[author.office] ?? author.ordinal)
        }
        for _ in 0..<steps { step(using: &generator) }
    }

    /// A history among random authors of the three tiers.
    package init(
        tables: [ModelWorldTable] = ModelWorldTable.examples, steps: Int,
        using generator: inout some RandomNumberGenerator
    ) {
        let authors = ModelWorld.threeTiers(using: &generator)
        self.init(tables: tables, authors: authors, steps: steps, using: &generator)
    }

    /// One author each for a district, a town and a village of one branch, and sometimes a second for an office. The
    /// ids say nothing of tier or ordinal.
    package static func threeTiers(using generator: inout some RandomNumberGenerator) -> [ModelAuthor] {
        var ids = ["alder", "birch", "cedar", "elder", "hazel", "maple"].shuffled(using: &generator)
        var authors: [ModelAuthor] = []
        for office in ["330106", "330106109", "330106109012"] {
            let ordinals = generator.happens(percent: 30) ? [1, 2] : [1]
            for ordinal in ordinals {
                authors.append(ModelAuthor(id: ids.removeLast(), office: office, ordinal: ordinal))
            }
        }
        return authors
    }

    /// The declarations of the tables, as `mergedState` asks for them.
    package var declarations: [ModelTable] { tables.map(\.declaration) }

    /// What an author's replica has applied.
    package func changeSets(appliedBy author: String) -> [ModelChangeSet] {
        changeSets.filter { hasApplied($0, author: author) }
    }

    /// What an author sees: the state of what it has applied.
    package func view(of author: String) -> ModelState {
        mergedState(of: changeSets(appliedBy: author), tables: declarations, authors: authors)
    }

    private mutating func step(using generator: inout some RandomNumberGenerator) {
        if generator.happens(percent: 6) { replaceAnAuthor(using: &generator) }
        if generator.happens(percent: 55) {
            write(using: &generator)
        } else {
            deliver(using: &generator)
        }
    }

    /// Closes an office's author and opens the next, which starts from nothing and may be ignorant of its
    /// predecessor's last change sets.
    private mutating func replaceAnAuthor(using generator: inout some RandomNumberGenerator) {
        let next = authors.filter { $0.ordinal == (openOrdinals[$0.office] ?? 0) + 1 }
        guard !next.isEmpty else { return }
        let opened = generator.pick(from: next)
        openOrdinals[opened.office] = opened.ordinal
    }
}
