import GRDB

/// Ids of rows that whoever wrote an action knew of, as the action's row keeps them: what came unaware of it is not settled by it.
package struct Settled: Hashable, Sendable {
    package let ids: Set<[UInt8]>

    package init(_ ids: some Sequence<[UInt8]>) { self.ids = Set(ids) }

    /// Hexadecimal, with spaces between them; what is no id settles nothing.
    init(written text: String) {
        ids = Set(text.split(separator: " ").compactMap { [UInt8](hex: String($0)) })
    }

    var databaseValue: DatabaseValue { ids.map(\.hex).sorted().joined(separator: " ").databaseValue }
}
