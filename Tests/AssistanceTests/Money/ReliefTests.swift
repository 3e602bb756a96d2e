import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.10.
@Suite struct `Temporary relief` {
    private func give(
        _ couple: Couple, _ amount: String, at office: OfficeCode = town, kind: Relief.Kind = .urgent,
        first: Bool = false,
        case name: String? = nil
    ) throws -> (relief: Relief, sameCause: [Relief]) {
        try ReliefEntry(couple.tree[office], as: clerk, today: date("2026-06-25")).give(
            .init(kind: kind, cause: "accident", amount: money(amount), document: "镇1", isPaidFirst: first),
            to: couple.household, for: name)
    }

    /// S 632: a town gives up to 1,896, and nobody more than ten times S.
    @Test func `is given by a town up to its ceiling, above it by the district`() throws {
        let couple = try Couple()
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "dibao.standard", validFrom: date("2026-06-01"), text: "632", document: "试1号")
            ], in: couple.tree[district], as: clerk)
        try couple.tree.exchangeAll()
        #expect(throws: ReliefError.aboveCeiling(money("1896.01"), money("1896"))) { try give(couple, "1896.01") }
        #expect(try give(couple, "1000").relief.isValid && give(couple, "896").relief.isValid)
        // In a year together, whatever the causes are called.
        #expect(throws: ReliefError.aboveCeiling(money("1896.01"), money("1896"))) { try give(couple, "0.01") }
        try couple.tree.exchangeAll()
        #expect(throws: ReliefError.aboveMost(money("6320.01"), money("6320"))) {
            try give(couple, "4424.01", at: district)
        }
        #expect(throws: ReliefError.notYours(.village)) { try give(couple, "1", at: village) }
        #expect(try give(couple, "4424", at: district).relief.isValid)
        // What a town writes by hand above its ceiling is no relief anywhere.
        try couple.tree[town].run(
            """
            INSERT INTO relief (area, id, household, kind, cause, amount_fen, month, day)
            VALUES ('\(village)', uuid7(), x'01', 'urgent', 'x', 99999900, '2026-06', '2026-06-25')
            """)
        try couple.tree.exchangeAll()
        let known = try couple.tree[district].read { try Reliefs.all(of: couple.household, $0) }
        #expect(known.map(\.isValid).sorted { $0 && !$1 } == [true, true, true, false])
    }

    @Test func `that was given by mistake is taken back by whoever gave it or an office above, and counts nowhere`()
        throws
    {
        let couple = try Couple()
        let case0 = try couple.entry(village).open(.init(aidKind: "LS", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        func withdraw(_ relief: Relief, at office: OfficeCode, reason: String = "录错户") throws -> Relief {
            try ReliefEntry(couple.tree[office], as: clerk, today: date("2026-06-26")).withdraw(
                relief.id.hex, reason: reason)
        }
        let (given, above) = (
            try give(couple, "1000", first: true, case: case0).relief, try give(couple, "500", at: district).relief
        )
        try couple.tree.exchangeAll()
        #expect(throws: CaseError.empty("reason")) { try withdraw(given, at: town, reason: " ") }
        #expect(throws: WithdrawalError.notYours(town)) { try withdraw(given, at: village) }
        #expect(throws: WithdrawalError.notYours(district)) { try withdraw(above, at: town) }
        // What a town writes by hand of another's has no effect.
        try couple.tree[town].run(
            "INSERT INTO relief_withdrawal (area, id, relief, day, reason) VALUES ('\(village)', uuid7(), x'\(above.id.hex)', '2026-06-26', 'x')"
        )
        let stage = try couple.tree[town].read { try CaseReading.one(case0, $0) }.state.stage
        #expect(try !withdraw(given, at: town).isValid && stage == .confirmed)
        try couple.tree.exchangeAll()
        #expect(throws: WithdrawalError.already(town, "录错户")) { try withdraw(given, at: district) }
        let june = CalendarMonth(written: "2026-06")!
        for office in [village, town, district] {
            try couple.tree[office].read { db in
                #expect(
                    try Reliefs.all(in: village, db).map(\.withdrawal?.reason).sorted { ($0 ?? "") < ($1 ?? "") } == [
                        nil, "录错户",
                    ])
                #expect(try Reliefs.withoutPapers(in: village, db).isEmpty)
                #expect(try CaseReading.one(case0, db).state.stage < .confirmed)
                let list = try AssistanceList(of: couple.household, june, today: date("2026-06-27"), db)
                #expect(list.lines.filter { $0.programme == "临时救助" }.map(\.amount) == [money("500")])
            }
        }
        // The ceiling of the year is free again.
        let ceiling = try couple.tree[town].read { try Reliefs.all(of: couple.household, $0) }.filter(\.isValid)
        #expect(ceiling.map(\.id) == [above.id])
        _ = try give(couple, "1500")
    }

    @Test func `that a town pays at once comes out of what the district has given it, where it has`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        func float(_ amount: String, isReturned: Bool = false, at office: OfficeCode = district) throws -> ReliefFloat {
            try ReliefEntry(couple.tree[office], as: clerk, today: date("2026-06-20"))
                .float(town, money(amount), isReturned: isReturned, document: "区1")
        }
        #expect(throws: ReliefError.floatOfDistrict) { _ = try float("1000", at: town) }
        // What was paid before there was one was paid from elsewhere.
        _ = try ReliefEntry(couple.tree[town], as: clerk, today: date("2026-06-19")).give(
            .init(kind: .urgent, cause: "illness", amount: money("400"), document: "镇0", isPaidFirst: true),
            to: couple.household)
        try couple.tree.exchangeAll()
        #expect(try float("1000").left == money("1000"))
        try couple.tree.exchangeAll()
        #expect(throws: ReliefError.floatEmpty(money("1000"))) { try give(couple, "1000.01", first: true) }
        _ = try give(couple, "700", first: true)
        // What has its papers first, and what the district gives, is paid from elsewhere.
        _ = try give(couple, "900")
        _ = try give(couple, "500", at: district, first: true)
        try couple.tree.exchangeAll()
        for office in [town, district] {
            let floats = try couple.tree[office].read { try ReliefFloats.all(in: district, $0) }
            #expect(floats.map(\.left) == [money("300")])
        }
        #expect(throws: ReliefError.floatEmpty(money("300"))) { _ = try float("301", isReturned: true) }
        #expect(try float("300", isReturned: true).left == .zero)
        #expect(throws: ReliefError.floatEmpty(.zero)) {
            try couple.tree.exchangeAll()
            _ = try give(couple, "1", first: true)
        }
        #expect(try couple.tree[village].rows("SELECT count(*) FROM relief_float") == ["0"])
    }

    @Test func `for one cause twice in a year is allowed and said, and only urgent relief comes before its papers`()
        throws
    {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let first = try give(couple, "1000", first: true)
        #expect(first.sameCause.isEmpty && first.relief.papersDue == date("2026-07-09"))
        #expect(try give(couple, "500").sameCause.map(\.amount) == [money("1000")])
        #expect(throws: ReliefError.onlyUrgentFirst) { try give(couple, "1", kind: .expense, first: true) }
    }

    @Test func `is given for a cause of the domain, in either language, and for no other`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        func give(_ cause: String) throws -> (relief: Relief, sameCause: [Relief]) {
            try ReliefEntry(couple.tree[town], as: clerk, today: date("2026-06-25")).give(
                .init(kind: .urgent, cause: cause, amount: money("100"), document: "镇1"), to: couple.household)
        }
        for word in ["fire", "", "ill"] {
            let error = try #require(throws: ReliefError.self) { try give(word) }
            #expect(error == .cause(word) && "\(error)".contains("因灾 (disaster)"))
        }
        #expect(try couple.tree[town].rows("SELECT count(*) FROM relief") == ["0"])
        _ = try give("disaster")
        #expect(try give("因灾").sameCause.count == 1)
        #expect(try couple.tree[town].rows("SELECT DISTINCT cause FROM relief") == ["disaster"])
    }

    /// Domain 4.10: 20 yuan a day and head, for 90 days at most, by what is published on the day.
    @Test func `by the day is for those who live there, at the published rate and no longer than that`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        func give(_ days: Int, _ cause: String = "disaster", amount: Money = .zero, reason: String? = nil) throws
            -> Relief
        {
            try ReliefEntry(couple.tree[district], as: clerk, today: date("2026-06-25")).give(
                .init(
                    kind: .urgent, cause: cause, amount: amount, transitionDays: days, document: "区1", reason: reason),
                to: couple.household
            ).relief
        }
        #expect(throws: ReliefError.transitionDays(91, most: 90)) { _ = try give(91) }
        #expect(throws: ReliefError.transitionDays(-1, most: 90)) { _ = try give(-1) }
        #expect(throws: ReliefError.transitionCause("illness")) { _ = try give(1, "illness") }
        #expect(throws: ReliefError.nothing) { _ = try give(1, amount: money("1")) }
        let given = try give(90, reason: "房屋倒塌")
        #expect(given.amount == money("3600"))
        #expect(given.reason == "过渡期 2 人 × 90 天 × 20.00 元 = 3600.00 元 (example); 房屋倒塌")
        try couple.tree[village].run("UPDATE person SET death_date = '2026-06-01' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        #expect(try give(10).amount == money("200"))
        // A rate of which nobody can have so many days.
        _ = try Publishing.publish(
            ["relief.transition": "10000000000", "relief.transition_days": "999999999"].map {
                PublishedValue(
                    area: district, name: $0.key, validFrom: date("2026-06-20"), text: $0.value, document: "试1号")
            }, in: couple.tree[district], as: clerk)
        #expect(throws: RuleError.self) { _ = try give(999_999_999) }
        try couple.tree[village].run("UPDATE person SET row_state = 'void'")
        try couple.tree.exchangeAll()
        #expect(throws: ReliefError.nobody) { _ = try give(1) }
    }

    @Test func `ends the case that it was asked for in`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let id = try couple.entry(village).open(.init(aidKind: "LS", hasConsent: true), for: couple.household).hex
        try couple.tree.exchangeAll()
        _ = try give(couple, "1000", case: id)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.tree[office].read { try CaseReading.one(id, $0) }.state.stage == .confirmed)
            #expect(try couple.list(CalendarMonth(written: "2026-06")!, at: office).total == money("1000"))
        }
    }

    @Test func `ends no case of another kind of aid`() throws {
        let couple = try Couple()
        let id = try couple.forwarded()
        #expect(throws: CaseError.otherAid("DB")) { try give(couple, "100", case: id) }
        // Nor does a row that says so.
        try couple.tree[town].run(
            """
            INSERT INTO relief (area, id, household, application, kind, cause, amount_fen, month, day)
            VALUES ('\(village)', uuid7(), x'01', x'\(id)', 'urgent', 'x', 100, '2026-06', '2026-06-25')
            """)
        try couple.tree.exchangeAll()
        #expect(try couple.tree[district].read { try CaseReading.one(id, $0) }.state.stage == .toDistrict)
    }

    /// Urgent relief asks for no registration (domain 4.10), and what was given does not hang on who the family is later.
    @Test func `is given without a registration, and stays what it was`() throws {
        let couple = try Couple()
        try couple.tree[village].run("UPDATE person SET hukou_kind = NULL, birth = NULL")
        try couple.tree.exchangeAll()
        #expect(try give(couple, "1000").relief.isValid)
        try couple.tree[village].run("UPDATE household SET row_state = 'void'")
        try couple.tree.exchangeAll()
        #expect(try couple.tree[district].read { try Reliefs.all(of: couple.household, $0) }.map(\.isValid) == [true])
    }
}

@Suite struct `A review` {
    @Test
    func `names whose day has come, and for whom the rules say something else; only a decision changes an amount`()
        throws
    {
        let couple = try Couple.confirmed()
        let review = ReviewEntry(couple.tree[district], as: clerk, today: date("2026-07-02"))
        #expect(throws: CaseError.notYours(.town)) {
            try ReviewEntry(couple.tree[town], as: clerk, today: date("2026-07-02"))
                .decide(couple.household, document: "镇1")
        }
        try review.schedule(couple.household, every: .halfYear, next: date("2026-12-31"))
        func due(_ day: String) throws -> [ReviewDue] {
            try couple.tree[district].read { try ReviewReading.due(in: district, by: date(day), $0) }
        }
        #expect(try due("2026-12-30").isEmpty && due("2026-12-31").count == 1)
        let second = try couple.tree[district].read {
            try ReviewReading.page(in: district, by: date("2026-12-31"), skip: 1, limit: 1, $0)
        }
        #expect(second.reviews.isEmpty && second.count == 1)
        func differing(_ day: String) throws -> [String] {
            try couple.tree[district].read { try ReviewReading.differing(in: district, on: date(day), $0) }
                .map { "\($0.reason)" }
        }
        #expect(try differing("2026-07-15").isEmpty)
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "dibao.standard", validFrom: date("2026-07-10"), text: "1200", document: "试2号"
                )
            ], in: couple.tree[district], as: clerk)
        #expect(try differing("2026-07-15") == ["the rules say DB 2400.00 now"])
        #expect(try couple.build(CalendarMonth(written: "2026-08")!).held.count == 1)
        let held = try couple.tree[district].read { try Decisions(of: couple.household, $0) }
        #expect(held.holding(in: CalendarMonth(written: "2026-08")!)?.total == money("2344"))
        let changed = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-07-15"))
            .decide(couple.household, document: "区2", reason: "提标")
        #expect(changed.total == money("2400") && changed.fromMonth.description == "2026-08")
        #expect(try couple.tree[district].rows("SELECT review_due FROM household") == ["2027-01-15"])
        let stopped = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-15"))
            .stop(couple.household, document: "区3", reason: "迁出")
        #expect(stopped.outcome == .stopped)
        #expect(try couple.build(CalendarMonth(written: "2026-09")!).lines.isEmpty)
        #expect(throws: CaseError.nothingToReview) {
            try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-08-16"))
                .stop(couple.household, document: "区4", reason: "迁出")
        }
    }
}
