/// An area together with an audience: the unit in which feeds, vectors and contexts are counted.
package struct Scope: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The division that the rows belong to.
    package let area: OfficeCode
    /// The lowest tier that receives the rows.
    package let audience: Tier

    package init(area: OfficeCode, audience: Tier) {
        self.area = area
        self.audience = audience
    }

    /// The branch rule (I1): whether a node of `office` holds this scope's rows.
    package func reaches(_ office: OfficeCode) -> Bool {
        area.isOnBranch(of: office) && office.tier <= audience
    }

    /// The authority rule (I2): whether an author of `office` may write here.
    package func mayBeWritten(by office: OfficeCode) -> Bool {
        office.covers(area) && office.tier <= audience
    }

    package var description: String { "\(area)/\(audience)" }

    package static func < (a: Self, b: Self) -> Bool {
        a.area == b.area ? a.audience < b.audience : a.area < b.area
    }
}

/// The change sets of one author in one scope: a hash chain, numbered from 1.
package struct FeedID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let author: AuthorID
    package let scope: Scope

    package init(author: AuthorID, scope: Scope) {
        self.author = author
        self.scope = scope
    }

    package var description: String { "\(author) in \(scope)" }

    package static func < (a: Self, b: Self) -> Bool {
        a.scope == b.scope ? a.author < b.author : a.scope < b.scope
    }
}
