import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Fates of one feed` {
    private let district = Branch.district
    private let town = Branch.town

    private func spans(
        _ stored: UInt64, _ witnesses: [Witness], refused: [UInt64: (by: OfficeCode, reason: String)] = [:]
    ) -> [FateSpan] { FateSpan.spans(upTo: stored, witnesses: witnesses, refused: refused) }

    @Test func `the farthest office that has applied a change set decides`() {
        let fates = spans(
            10, [Witness(office: district, stored: 4, applied: 4), Witness(office: town, stored: 7, applied: 7)])
        #expect(
            fates == [
                FateSpan(first: 1, last: 4, fate: .reached(district)),
                FateSpan(first: 5, last: 7, fate: .reached(town)),
                FateSpan(first: 8, last: 10, fate: .waiting),
            ])
    }

    @Test func `an office ahead of the one below it hides it`() {
        let fates = spans(
            5, [Witness(office: district, stored: 5, applied: 5), Witness(office: town, stored: 2, applied: 2)])
        #expect(fates == [FateSpan(first: 1, last: 5, fate: .reached(district))])
    }

    @Test func `what an office has and cannot apply is held there`() {
        let fates = spans(
            6,
            [
                Witness(office: district, stored: 5, applied: 3, hold: "needs schema 2"),
                Witness(office: town, stored: 6, applied: 6),
            ])
        #expect(
            fates == [
                FateSpan(first: 1, last: 3, fate: .reached(district)),
                FateSpan(first: 4, last: 5, fate: .held(at: district, reason: "needs schema 2")),
                FateSpan(first: 6, last: 6, fate: .reached(town)),
            ])
    }

    @Test func `a refused one is cut out of its span`() {
        let fates = spans(
            3, [Witness(office: district, stored: 3, applied: 3)],
            refused: [2: (town, "why"), 9: (town, "of no number")])
        #expect(
            fates == [
                FateSpan(first: 1, last: 1, fate: .reached(district)),
                FateSpan(first: 2, last: 2, fate: .refused(by: town, reason: "why")),
                FateSpan(first: 3, last: 3, fate: .reached(district)),
            ])
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `every number has exactly one fate`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let stored = random.next() % 20 + 1
        let witnesses = [district, town].map { office in
            let held = random.next() % 25
            return Witness(office: office, stored: held, applied: random.next() % (held + 1))
        }
        var refused: [UInt64: (by: OfficeCode, reason: String)] = [:]
        for _ in 0..<random.next() % 4 { refused[random.next() % 20 + 1] = (town, "why") }
        let fates = spans(stored, witnesses, refused: refused)
        #expect(fates.flatMap { Array($0.first...$0.last) } == Array(1...stored))
    }
}

struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

@Suite struct `Fates of an office's changes` {
    let branch: Branch

    init() throws {
        branch = try Branch()
        for number in 1...3 {
            try branch.write(Branch.village, "INSERT INTO family (area, id) VALUES (office(), x'0\(number)')")
        }
    }

    @Test func `they wait until the town has said so itself, then the district`() throws {
        var fates = try branch.village.fates()
        #expect(fates.waiting == 3 && fates.own == 3)
        #expect(fates.oldestWaiting_ms == 1_700_000_001_000)
        try branch.tree.send(from: Branch.village, to: Branch.town)
        #expect(try branch.village.fates().waiting == 3)
        try branch.exchange(Branch.village, Branch.town)
        fates = try branch.village.fates()
        #expect(fates.reached == [Branch.town: 3] && fates.waiting == 0 && fates.oldestWaiting_ms == nil)
        try branch.exchange(Branch.town, Branch.district)
        #expect(try branch.village.fates().reached == [Branch.town: 3])
        try branch.write(Branch.village, "UPDATE family SET phone = '1' WHERE id = x'01'")
        try branch.exchange(Branch.village, Branch.town)
        fates = try branch.village.fates()
        #expect(fates.reached == [Branch.town: 1, Branch.district: 3])
        #expect(fates.own == 4)
    }

    @Test func `a town cannot say it for the district`() throws {
        try branch.exchange(Branch.village, Branch.town)
        // A statement about the district's progress, signed by the town.
        let key = branch.tree.author(Branch.town).key
        let feed = try branch.village.vector(with: Branch.town)
            .first { $0.key.author == branch.tree.author(Branch.village).key.author }!
        let lie = Statement(
            algorithm: .ed25519, author: branch.tree.author(Branch.district).key.author, scope: feed.key.scope,
            ordinal: 1 << 60, wallClock_ms: 0, schema: 1,
            feeds: [FeedProgress(author: feed.key.author, stored: feed.value, applied: feed.value)])
        var batch = IncomingBatch()
        batch.statements = [try SignedStatement(lie, signedBy: key)]
        _ = try branch.village.accept(batch)
        #expect(try branch.village.fates().reached == [Branch.town: 3])
    }

    @Test func `a head of another branch of the feed proves nothing`() throws {
        try branch.exchange(Branch.village, Branch.town)
        let author = branch.tree.author(Branch.village).key.author
        let other = FeedHead(number: 3, hash: Digest(Array(repeating: 1, count: 32))!)
        let wrong = Statement(
            algorithm: .ed25519, author: branch.tree.author(Branch.district).key.author, scope: Branch.villageScope,
            ordinal: 1 << 60, wallClock_ms: 0, schema: 1,
            feeds: [FeedProgress(author: author, stored: other, applied: other)])
        var batch = IncomingBatch()
        batch.statements = [try SignedStatement(wrong, signedBy: branch.tree.author(Branch.district).key)]
        _ = try branch.village.accept(batch)
        #expect(try branch.village.fates().reached == [Branch.town: 3])
    }

    @Test func `at the root they have arrived`() throws {
        let fates = try branch.district.fates()
        #expect(fates.reached == [Branch.district: 1] && fates.own == 1)
    }

    /// What an office says of the village's own feed.
    private func word(
        of office: OfficeCode, applied number: UInt64, refused: [ClosedRange<UInt64>], _ verdicts: Verdict...
    )
        throws -> (feed: FeedID, signed: SignedStatement)
    {
        let author = branch.tree.author(Branch.village).key.author
        let feed = FeedID(author: author, scope: Branch.villageScope)
        let head = try #require(try branch.village.vector(with: Branch.town)[feed])
        let header = try branch.village.read {
            try Data.fetchOne(
                $0,
                sql:
                    "SELECT header FROM sanji_change_set JOIN sanji_feed AS f ON f.id = feed WHERE number = ? AND author = ?",
                arguments: [Int64(number), Data(author.bytes)])
        }
        let applied = try SealedHeader(parsing: [UInt8](try #require(header))).head
        let key = branch.tree.author(office).key
        let statement = Statement(
            algorithm: .ed25519, author: key.author, scope: Branch.villageScope, ordinal: 1 << 60, wallClock_ms: 0,
            schema: 1,
            feeds: [
                FeedProgress(author: author, stored: head, applied: applied, verdicts: verdicts, refused: refused)
            ])
        return (feed, try SignedStatement(statement, signedBy: key))
    }

    private func hear(_ statements: SignedStatement...) throws {
        var batch = IncomingBatch()
        batch.statements = statements
        _ = try branch.village.accept(batch)
    }

    @Test func `what the office above refuses or holds is told, with the reason`() throws {
        try branch.exchange(Branch.village, Branch.town)
        let (feed, said) = try word(
            of: Branch.district, applied: 2, refused: [2...2],
            Verdict(number: 1, state: .refusedCells, reason: "one", refusedCells: 2),
            Verdict(number: 2, state: .refused, reason: "two"), Verdict(number: 3, state: .held, reason: "upgrade it"))
        try hear(said)
        let fates = try branch.village.fates()
        #expect(fates.held == 1 && fates.refused == 1 && fates.refusedCells == 2 && fates.own == 3)
        #expect(fates.reached == [Branch.district: 1])
        #expect(try branch.village.fate(of: feed, number: 2) == .refused(by: Branch.district, reason: "two"))
        #expect(try branch.village.fate(of: feed, number: 3) == .held(at: Branch.district, reason: "upgrade it"))
        #expect(try branch.village.fate(of: feed, number: 4) == nil)
    }

    @Test func `an office that says nothing new says that it is alive, to those above`() throws {
        try branch.village.issueStatements()
        try branch.village.markGiven(try branch.village.statementsForParent())
        try branch.village.issueStatements()
        #expect(try branch.village.statementsForParent().isEmpty)
        try branch.village.issueStatements(isAlive: true)
        let said = try branch.village.statementsForParent()
        #expect(said.map(\.statement.scope) == [Scope(area: Branch.district, audience: .village)])
    }

    @Test func `what an office says of its node is believed of offices that are not talked to`() throws {
        func says(_ office: OfficeReplica, _ version: String, clock: Int64) throws {
            try office.issueStatements(
                node: NodeDetails(software: version, certificateNotAfter_ms: 9_000, clockOffset_ms: clock))
        }
        try branch.settle()
        try says(branch.village, "2.0", clock: 50)
        try says(branch.town, "1.0", clock: 300)
        try branch.settle()
        let below = try branch.district.officeProgress()
        #expect(below.map { $0.node?.software } == ["1.0", "2.0"])
        // The town's is said against the district's, and the village's against the town's.
        #expect(below.map { $0.node?.clockOffset_ms } == [300, 350])
        try branch.district.notePeer(PeerNote(office: Branch.town, contact_ms: 1, clockOffset_ms: 400, version: "1.1"))
        let seen = try branch.district.officeProgress()
        #expect(seen.map { $0.node?.software } == ["1.1", "2.0"])
        #expect(seen.map { $0.node?.clockOffset_ms } == [400, 450])
        #expect(seen.map { $0.node?.certificateNotAfter_ms } == [nil, 9_000])
        // It is carried on, and said again when it changes, and not because a clock drifts.
        try says(branch.village, "2.0", clock: 51)
        try branch.village.issueStatements()
        try branch.settle()
        #expect(try branch.district.officeProgress().last?.node?.clockOffset_ms == 450)
        try says(branch.village, "2.1", clock: 52)
        try branch.settle()
        #expect(try branch.district.officeProgress().last?.node?.software == "2.1")
    }

    @Test func `what is refused is told of all of them, however many, and the reasons of some`() throws {
        try branch.exchange(Branch.village, Branch.town)
        let (feed, said) = try word(
            of: Branch.district, applied: 3, refused: [1...3], Verdict(number: 3, state: .refused, reason: "three"))
        try hear(said)
        #expect(try branch.village.fates().refused == 3)
        #expect(try branch.village.fate(of: feed, number: 3) == .refused(by: Branch.district, reason: "three"))
    }

    @Test func `what a lower office says of one that a higher has applied counts for nothing`() throws {
        try branch.exchange(Branch.village, Branch.town)
        let (feed, above) = try word(of: Branch.district, applied: 2, refused: [])
        let (_, lie) = try word(
            of: Branch.town, applied: 3, refused: [1...3], Verdict(number: 2, state: .refused, reason: "a lie"))
        try hear(above, lie)
        #expect(try branch.village.fate(of: feed, number: 2) == .reached(Branch.district))
        #expect(try branch.village.fates().refused == 1)
    }

    @Test func `asking costs arithmetic on numbers, however many there are`() throws {
        // One change set for each; the log is what grows, the question does not.
        for number in 1...60 {
            try branch.village.write(as: ActingUser("甲一")) { db in
                try db.execute(sql: "UPDATE family SET phone = '\(number)' WHERE id = x'01'")
            }
        }
        try branch.settle()
        let fates = try branch.village.fates()
        #expect(fates.reached == [Branch.district: 63])
        #expect(fates.feeds.map(\.spans.count) == [1])
    }
}

@Suite struct `Offices below` {
    @Test func `lags follow from what each office says of itself`() throws {
        let branch = try Branch()
        try branch.settle()
        for number in 1...2 {
            try branch.write(Branch.village, "INSERT INTO family (area, id) VALUES (office(), x'0\(number)')")
        }
        try branch.exchange(Branch.village, Branch.town)
        try branch.write(Branch.district, "INSERT INTO family (area, id) VALUES (office(), x'01')")
        try branch.write(Branch.district, "INSERT INTO family (area, id) VALUES ('330106109201', x'09')")
        // The town's word arrives without the changes it speaks of.
        try branch.town.issueStatements()
        var batch = IncomingBatch()
        batch.statements = try branch.town.statementsForParent()
        _ = try branch.district.accept(batch)
        let below = try branch.district.officeProgress()
        #expect(below.map(\.office) == [Branch.town, Branch.village])
        #expect(below.map(\.name) == ["office 330106109", "office 330106109201"])
        #expect(below.map(\.waitingUp) == [0, 2])
        #expect(below.map(\.waitingDown) == [2, 2])
        #expect(below.allSatisfy { $0.hasAuthor && $0.statementReceived_ms != nil && $0.schema == 1 })

        try branch.settle()
        let later = try branch.district.officeProgress()
        #expect(later.map(\.waitingUp) == [0, 0] && later.map(\.waitingDown) == [0, 0])
        #expect(try branch.town.officeProgress().map(\.office) == [Branch.village])
        #expect(try branch.village.officeProgress() == [])
    }

    @Test func `are known up to when they said so, however late that came`() throws {
        let branch = try Branch()
        try branch.settle()
        try branch.write(Branch.village, "INSERT INTO family (area, id) VALUES (office(), x'01')")
        try branch.exchange(Branch.village, Branch.town)
        let said_ms = try #require(try branch.town.officeProgress().first?.statementMade_ms)
        // The town's line to the district is cut for a day.
        branch.tree.clock.advance(86_400_000)
        try branch.exchange(Branch.town, Branch.district)
        let village = try #require(try branch.district.officeProgress().first { $0.office == Branch.village })
        #expect(village.waitingUp == 0)
        #expect(village.statementMade_ms == said_ms)
        #expect(village.statementReceived_ms.map { $0 >= said_ms + 86_400_000 } == true)
    }

    /// An altered village greets with a clock that is ahead, and then signs any number as its time.
    @Test(arguments: [Int64.min, Int64.min + 5_000, .max])
    func `are known as of when they spoke where they say an odd time`(said: Int64)
        throws
    {
        let branch = try Branch()
        try branch.settle()
        let author = branch.tree.author(Branch.village)
        try branch.town.notePeer(
            PeerNote(
                office: Branch.village, contact_ms: 1, clockOffset_ms: said == .min ? 1_000 : -1_000, version: "x",
                schema: 1, certificateNotAfter_ms: nil))
        let odd = Statement(
            algorithm: .ed25519, author: author.key.author, scope: Branch.villageScope, ordinal: 1 << 60,
            wallClock_ms: said, schema: 1, feeds: [])
        var batch = IncomingBatch()
        batch.statements = [try SignedStatement(odd, signedBy: author.key)]
        _ = try branch.town.accept(batch)
        let village = try #require(try branch.town.officeProgress().first)
        #expect(village.statementMade_ms != nil && village.statementMade_ms == village.statementReceived_ms)
    }

    @Test func `conflicts, held and refused are counted where they belong`() throws {
        let branch = try populated()
        let progress = try branch.district.officeProgress()
        #expect(progress.map(\.conflicts) == [0, 1])
        let feed = try branch.district.vector(with: Branch.village)
            .first { $0.key.author == branch.tree.author(Branch.village).key.author }!
        let bad = branch.forge(Branch.village, number: feed.value.number + 1, after: feed.value.hash, body: [1])
        let newer = branch.forge(
            Branch.village, number: feed.value.number + 2, after: bad.sealed.hash, schema: 2,
            body: Branch.family(0x50, name: "新"))
        try branch.hand([bad, newer], to: Branch.district, from: Branch.village)
        let later = try branch.district.officeProgress()
        #expect(later.map(\.refused) == [0, 1] && later.map(\.held) == [0, 1])
    }
}
