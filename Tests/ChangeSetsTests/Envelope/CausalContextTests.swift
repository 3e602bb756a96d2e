import ChangeSets
import Testing

@Suite struct `Causal contexts` {
    private func context(_ numbers: (UInt8, UInt64)...) -> CausalContext {
        CausalContext(Dictionary(uniqueKeysWithValues: numbers.map { (AuthorID.of($0.0), $0.1) }))
    }

    @Test func `entries ascend by author and none is 0`() {
        let made = context((9, 1), (2, 5), (4, 0))
        #expect(made.entries.map(\.author) == [.of(2), .of(9)])
        #expect(made[.of(2)] == 5)
        #expect(made[.of(4)] == 0)
        #expect(made == CausalContext(ordered: made.entries))
    }

    @Test func `entries from elsewhere must ascend strictly, without 0`() {
        typealias Entry = CausalContext.Entry
        let (one, two) = (Entry(author: .of(1), number: 3), Entry(author: .of(2), number: 3))
        #expect(CausalContext(ordered: [one, two]) != nil)
        #expect(CausalContext(ordered: []) == CausalContext())
        #expect(CausalContext(ordered: [two, one]) == nil)
        #expect(CausalContext(ordered: [one, one]) == nil)
        #expect(CausalContext(ordered: [one, Entry(author: .of(1), number: 4)]) == nil)
        #expect(CausalContext(ordered: [Entry(author: .of(1), number: 0)]) == nil)
    }

    @Test func `one includes another when it names as much of every author`() {
        let early = context((1, 3), (5, 2))
        #expect(early.includes(early))
        #expect(early.includes(CausalContext()))
        #expect(!CausalContext().includes(early))
        #expect(context((1, 3), (5, 2), (7, 1)).includes(early))
        #expect(context((0, 1), (1, 4), (3, 1), (5, 9)).includes(early))
        #expect(!context((1, 3), (5, 1)).includes(early))
        #expect(!context((1, 9)).includes(early))
        #expect(!context((5, 9)).includes(early))
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `including is what its definition says, author by author`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func some() -> [AuthorID: UInt64] {
            Dictionary(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    (AuthorID.of(UInt8.random(in: 0...5, using: &random)), UInt64.random(in: 0...2, using: &random))
                }, uniquingKeysWith: max)
        }
        let (a, b) = (some(), some())
        let expected = b.allSatisfy { (a[$0.key] ?? 0) >= $0.value }
        #expect(CausalContext(a).includes(CausalContext(b)) == expected)
    }

    @Test func `a change set covers what its context names, and what its author wrote before`() throws {
        var feed = try TestFeed()
        for _ in 1...3 { feed.append(context: context((1, 3))) }
        let header = feed.headers[2].header
        #expect(header.covers(.of(1), 3))
        #expect(!header.covers(.of(1), 4))
        #expect(!header.covers(.of(2), 1))
        #expect(header.covers(feed.key.author, 2))
        #expect(!header.covers(feed.key.author, 3))
    }
}
