import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let august = CalendarMonth(written: "2026-08")!

/// Domain 4.6: months after a death or an exit are asked back, and no line is ever negative.
@Suite struct `What was paid too much` {
    private func entry(_ couple: Couple, _ office: OfficeCode = district) -> RecoveryEntry {
        RecoveryEntry(couple.tree[office], as: clerk, today: date("2026-08-20"))
    }

    private func found(_ couple: Couple, _ office: OfficeCode = district) throws -> [Overpayment] {
        try couple.looked(office).overpaid
    }

    /// July and August were paid; on 20 August the town hears that the man died on 12 July.
    private func heardLate() throws -> Couple {
        let couple = try Couple.paid()
        _ = try couple.paid(august)
        try couple.tree.exchangeAll()
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-08-20"))
            .leave("甲一", of: couple.household, because: .death, on: date("2026-07-12"))
        try couple.tree.exchangeAll()
        return couple
    }

    @Test func `is nothing where all that was paid was due`() throws {
        let couple = try Couple.paid()
        #expect(try found(couple).isEmpty)
        #expect(throws: RecoveryError.nothing) { try entry(couple).open(couple.household, document: "区9") }
    }

    @Test func `after a death is what was paid for months after it beyond what those who are left get`() throws {
        let couple = try heardLate()
        #expect(try found(couple).isEmpty)
        let decision = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        #expect(decision.people == 1)
        let overpaid = try found(couple)
        // July, in which he died, was due; August for one person.
        #expect(overpaid.map(\.month) == [august] && overpaid.map(\.paid) == [money("2344")])
        #expect(overpaid.map(\.due) == [decision.total])
        try couple.tree.exchangeAll()
        let all = try Overpayments.all(in: town, of: couple.tree[town])
        #expect(all.map(\.household) == [couple.household])
    }

    @Test func `is all of a month in which nobody lived any more`() throws {
        let couple = try heardLate()
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-08-20"))
            .leave("乙一", of: couple.household, because: .death, on: date("2026-07-13"))
        try couple.tree.exchangeAll()
        #expect(try found(couple).map(\.due) == [.zero])
    }

    @Test func `is asked back once by whoever decides, and what is given back is summed up at every office`() throws {
        let couple = try heardLate()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.notYours(.town)) { try entry(couple, town).open(couple.household, document: "镇1") }
        let recovery = try entry(couple).open(couple.household, document: "区3", plan: "分两次退还")
        #expect(recovery.left == recovery.amount && recovery.amount > .zero)
        #expect(try found(couple).isEmpty)
        #expect(throws: RecoveryError.nothing) { try entry(couple).open(couple.household, document: "区4") }
        try couple.tree.exchangeAll()
        #expect(throws: RecoveryError.notYours(.village)) {
            try entry(couple, village).record(.repaid, money("1"), on: recovery.id.hex)
        }
        // Town and district take down a part each, unaware of each other.
        _ = try entry(couple, town).record(.repaid, money("100"), on: recovery.id.hex)
        _ = try entry(couple).record(.repaid, money("50"), on: recovery.id.hex)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let known = try couple.tree[office].read { try Recoveries.one(recovery.id.hex, $0) }
            #expect(known.left == recovery.amount - money("150") && !known.isOverpaid)
        }
        let left = recovery.amount - money("150")
        #expect(throws: RecoveryError.tooMuch(left)) {
            try entry(couple).record(.repaid, left + money("0.01"), on: recovery.id.hex)
        }
        #expect(throws: CaseError.notYours(.town)) {
            try entry(couple, town).record(.waived, money("1"), on: recovery.id.hex, text: "困难")
        }
        #expect(throws: RecoveryError.empty("reason")) {
            try entry(couple).record(.waived, money("1"), on: recovery.id.hex)
        }
        let done = try entry(couple).record(.waived, left, on: recovery.id.hex, text: "困难")
        #expect(done.left == .zero)
        #expect(try couple.tree[district].read { try Recoveries.all(in: district, settled: false, $0) }.isEmpty)
    }

    @Test func `taken down twice is shown as more than all, and never as less than nothing`() throws {
        let couple = try heardLate()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        let recovery = try entry(couple).open(couple.household, document: "区3")
        try couple.tree.exchangeAll()
        for office in [town, district] {
            _ = try entry(couple, office).record(.repaid, recovery.amount, on: recovery.id.hex)
        }
        try couple.tree.exchangeAll()
        let known = try couple.tree[town].read { try Recoveries.one(recovery.id.hex, $0) }
        #expect(known.left == .zero && known.isOverpaid)
    }

    /// A town to which decisions are delegated, and the district.
    @Test func `asked back by two offices unaware of each other counts once`() throws {
        let couple = try heardLate()
        try couple.delegate()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        try couple.tree.exchangeAll()
        let below = try entry(couple, town).open(couple.household, document: "镇1")
        let above = try entry(couple).open(couple.household, document: "区3")
        _ = try entry(couple, town).record(.repaid, money("100"), on: below.id.hex)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let all = try couple.tree[office].read { try Recoveries.all(of: couple.household, $0) }
            #expect(all.map(\.id) == [above.id, below.id] && all.map(\.isDouble) == [false, true])
            #expect(all.map(\.left) == [above.amount - money("100"), .zero])
            let open = try couple.tree[office].read { try Recoveries.all(in: district, settled: false, $0) }
            #expect(open.map(\.id) == [above.id])
        }
        #expect(throws: RecoveryError.tooMuch(.zero)) {
            try entry(couple, town).record(.repaid, money("1"), on: below.id.hex)
        }
    }

    /// Paid for August, and only then told that one of the two had left in July.
    private func leftUnnoticed() throws -> Couple {
        let couple = try Couple.paid()
        _ = try couple.paid(august)
        try couple.tree.exchangeAll()
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-08-20"))
            .leave("乙一", of: couple.household, because: .marriageOut, on: date("2026-07-12"))
        try couple.tree.exchangeAll()
        return couple
    }

    @Test func `after somebody left unnoticed is what was paid for months after it`() throws {
        let couple = try leftUnnoticed()
        #expect(try found(couple).isEmpty)
        // Whoever only stops says nothing of what was due to him who stayed.
        let review = ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
        #expect(try review.decide(couple.household, document: "区2").outcome == .stopped)
        // What he who stayed earns now, he may not have earned then: somebody says it.
        #expect(try found(couple).isEmpty)
        let looked = try Overpayments.all(in: district, of: couple.tree[district])
        #expect(looked.map(\.household) == [couple.household] && looked.flatMap(\.1.unsettled).map(\.month) == [august])
        try review.decide(couple.household, in: august, money("1172"), document: "区3", reason: "九月就业")
        #expect(try found(couple).map(\.due) == [money("1172")])
    }

    @Test func `before a family was stopped for another reason stays what it was`() throws {
        let couple = try leftUnnoticed()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .stop(couple.household, document: "区2", reason: "迁出")
        #expect(try found(couple).isEmpty)
    }

    @Test func `in a line that two recoveries name is asked once, and what was given back for it counts for both`()
        throws
    {
        let couple = try Couple.paid()
        _ = try couple.paid(august)
        let lines = try couple.tree[district].rows("SELECT lower(hex(id)) FROM pay_line ORDER BY id")
        for (month, due) in [("2026-07", "2044"), ("2026-08", "2294")] {
            try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-20")).decide(
                couple.household, in: CalendarMonth(written: month)!, money(due), document: "区0", reason: "试")
        }
        // The district asks 100 of the first line; a machine unaware of it 300 of the first and 50 of the second, of which 350 came back.
        try couple.tree[district].run(
            """
            INSERT INTO recovery (area, id, household, lines, amount_fen, document, day) VALUES
                ('\(village)', x'a1', x'01', '\(lines[0]):10000', 10000, '区1', '2026-08-20'),
                ('\(village)', x'a2', x'01', '\(lines[0]):30000 \(lines[1]):5000 zz 77:-1', 35000, '区2', '2026-08-20');
            INSERT INTO recovery_entry (area, id, recovery, kind, amount_fen, day)
                VALUES ('\(village)', uuid7(), x'a2', 'repaid', 35000, '2026-08-20')
            """)
        let all = try couple.tree[district].read { try Recoveries.all(of: couple.household, $0) }
        #expect(all.map(\.asked) == [money("100"), money("250")] && all.map(\.left) == [.zero, .zero])
        #expect(all.map(\.isOverpaid) == [false, false])
    }

    /// The later word of an office below hides no day that one above has told.
    @Test func `is by the day that the highest office has told`() throws {
        let couple = try leftUnnoticed()
        // Typed on 12 September.
        couple.tree.clock.set(1_789_185_600_000)
        for (kind, day) in [("other_out", "2026-08-30"), ("birth", "2026-08-30")] {
            try couple.tree[village].run(
                """
                INSERT INTO member_event (area, id, household, person, kind, day)
                    VALUES (office(), uuid7(), x'01', x'12', '\(kind)', '\(day)')
                """)
        }
        try couple.tree.exchangeAll()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        let looked = try couple.looked()
        #expect(looked.overpaid.isEmpty && looked.unsettled.map(\.month) == [august])
    }

    @Test func `is asked no more once its ground is gone, and what was given back is too much`() throws {
        let couple = try heardLate()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        let recovery = try entry(couple).open(couple.household, document: "区3")
        _ = try entry(couple).record(.repaid, money("100"), on: recovery.id.hex)
        try couple.tree.exchangeAll()
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-08-22"))
            .revive("甲一", of: couple.household, text: "误报")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let known = try couple.tree[office].read { try Recoveries.one(recovery.id.hex, $0) }
            #expect(!known.hasGround && !known.isDouble && known.left == .zero && known.isOverpaid)
        }
        #expect(throws: RecoveryError.noGround) {
            try entry(couple).record(.repaid, money("1"), on: recovery.id.hex)
        }
        // What the family is owed is seen, until it has it back.
        func open() throws -> [Recovery] {
            try couple.tree[district].read { try Recoveries.all(in: district, settled: false, $0) }
        }
        #expect(try open().map(\.over) == [money("100")])
        #expect(throws: RecoveryError.notOver(money("100"))) {
            try entry(couple).record(.returned, money("101"), on: recovery.id.hex)
        }
        _ = try entry(couple).record(.returned, money("60"), on: recovery.id.hex)
        #expect(try open().map(\.over) == [money("40")])
        _ = try entry(couple).record(.returned, money("40"), on: recovery.id.hex)
        #expect(try open().isEmpty)
        // Taken down twice, by an office unaware of the other or an altered program: a question, and no debt of the family.
        try couple.tree[town].run(
            """
            INSERT INTO recovery_entry (area, id, recovery, kind, amount_fen, day)
            SELECT area, uuid7(), id, 'returned', 1000000, '2026-08-23' FROM recovery
            """)
        try couple.tree.exchangeAll()
        let doubtful = try open()
        #expect(doubtful.map(\.left) == [.zero] && doubtful.map(\.returnedTooMuch) == [money("10000")])
        // Once it is brought back the question is answered.
        #expect(throws: RecoveryError.tooMuch(money("10000"))) {
            try entry(couple).record(.repaid, money("10001"), on: recovery.id.hex)
        }
        _ = try entry(couple).record(.repaid, money("10000"), on: recovery.id.hex)
        #expect(try open().isEmpty)
    }

    @Test func `gives back what was paid, never what was waived`() throws {
        let couple = try heardLate()
        _ = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-21"))
            .decide(couple.household, document: "区2")
        let recovery = try entry(couple).open(couple.household, document: "区3")
        _ = try entry(couple).record(.repaid, money("100"), on: recovery.id.hex)
        let rest = try couple.tree[district].read { try Recoveries.one(recovery.id.hex, $0) }.left
        _ = try entry(couple).record(.waived, rest, on: recovery.id.hex, text: "困难")
        try couple.tree.exchangeAll()
        try MemberEntry(couple.tree[town], as: clerk, today: date("2026-08-22"))
            .revive("甲一", of: couple.household, text: "误报")
        try couple.tree.exchangeAll()
        #expect(throws: RecoveryError.notOver(money("100"))) {
            try entry(couple).record(.returned, money("101"), on: recovery.id.hex)
        }
    }
}
