/// What a writer had applied in one scope when it wrote: author → number, without entries of 0.
package struct CausalContext: Hashable, Sendable {
    /// Ascending by author, each author once.
    package private(set) var entries: [Entry]

    package struct Entry: Hashable, Sendable {
        package let author: AuthorID
        package let number: UInt64

        package init(author: AuthorID, number: UInt64) {
            self.author = author
            self.number = number
        }
    }

    package init() { entries = [] }

    package init(_ numbers: [AuthorID: UInt64]) {
        entries = numbers.filter { $0.value > 0 }.map { Entry(author: $0.key, number: $0.value) }
            .sorted { $0.author < $1.author }
    }

    /// - Returns: nil when the entries are not strictly ascending, or one is 0.
    package init?(ordered entries: [Entry]) {
        guard entries.allSatisfy({ $0.number > 0 }) else { return nil }
        for (earlier, later) in zip(entries, entries.dropFirst()) where !(earlier.author < later.author) { return nil }
        self.entries = entries
    }

    /// 0 for an author that is not named.
    package subscript(author: AuthorID) -> UInt64 { entries.first { $0.author == author }?.number ?? 0 }

    /// Whether everything that `earlier` names is in here as well.
    package func includes(_ earlier: CausalContext) -> Bool {
        // Side by side, because both ascend: a hostile run has thousands of headers with hundreds of entries each.
        var rest = entries[...]
        return earlier.entries.allSatisfy { old in
            rest = rest.drop { $0.author < old.author }
            return rest.first.map { $0.author == old.author && $0.number >= old.number } ?? false
        }
    }
}
