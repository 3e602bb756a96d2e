import ChangeSets

/// Which offices are known to have applied a change set of anyone.
final class Reach {
    let states: ChangeSetStates
    let fates: FateReader
    private let reader: ReplicaReader
    private let statements: StatementBook
    private var known: [FeedID: [(office: OfficeCode, applied: UInt64)]] = [:]

    init(_ reader: ReplicaReader) throws {
        self.reader = reader
        states = try ChangeSetStates(reader)
        fates = try FateReader(reader)
        statements = StatementBook(reader)
    }

    func offices(_ feed: FeedRow, _ number: UInt64) throws -> [OfficeCode] {
        try applied(feed).filter { $0.applied >= number }.map(\.office)
    }

    private func applied(_ feed: FeedRow) throws -> [(office: OfficeCode, applied: UInt64)] {
        if let known = known[feed.feed] { return known }
        var offices = [(office: reader.office, applied: feed.applied)]
        for office in Set(try reader.directory().authors.values.map(\.office))
        where office != reader.office && feed.feed.scope.reaches(office) {
            guard let said = try statements.applied(feed, by: office) else { continue }
            offices.append((office, said.number))
        }
        offices.sort { $0.office.tier == $1.office.tier ? $0.office < $1.office : $0.office.tier < $1.office.tier }
        known[feed.feed] = offices
        return offices
    }
}
