/// The newest statement of one author on one scope, by its ordinal.
package struct StatementMark: Sendable, Hashable {
    package let author: AuthorID
    package let scope: Scope
    package let ordinal: UInt64

    package init(author: AuthorID, scope: Scope, ordinal: UInt64) {
        self.author = author
        self.scope = scope
        self.ordinal = ordinal
    }
}

extension Sequence<StatementMark> {
    package var digest: Digest {
        let lines = map { "\($0.scope.area)/\($0.scope.audience.digits) \($0.author) \($0.ordinal)\n" }.sorted()
        return Algorithm.ed25519.digest(Array(lines.joined().utf8))
    }
}
