import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

extension Couple {
    func members(_ office: OfficeCode = village) -> MemberEntry {
        MemberEntry(tree[office], as: clerk, today: today)
    }

    func questions(_ office: OfficeCode, of home: HouseholdID? = nil) throws -> [OpenQuestion.Kind] {
        try tree[office].read { try MemberEvents.questions(of: home ?? household, $0) }.map(\.kind)
    }

    func living(_ office: OfficeCode, in home: HouseholdID? = nil) throws -> [String] {
        try tree[office].rows(
            """
            SELECT name FROM person WHERE household = x'\((home ?? household).id.hex)' AND death_date IS NULL ORDER BY name
            """)
    }

    func reviews(_ office: OfficeCode = district) throws -> [ReviewDue.Reason] {
        let page = try tree[office].read { try ReviewReading.page(in: office, by: date("2026-06-25"), $0) }
        #expect(page.count == page.reviews.count)
        return page.reviews.map(\.reason)
    }

    static func baby(_ name: String = "甲三") throws -> NewMember {
        try NewMember(name: name, sex: .female, birth: date("2026-06-01"), relation: .child)
    }
}

/// Domain 3.2 (`member_change`), 4.2 (a change is reviewed at once).
@Suite struct `Who lives in a household` {
    @Test func `grows by a birth, which has the family looked at again until a decision knows of it`() throws {
        let couple = try Couple.confirmed()
        #expect(try couple.reviews().isEmpty)
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.living(office) == ["乙一", "甲一", "甲三"])
        }
        guard case .members(let events)? = try couple.reviews().first else { throw FamilyError.unknown("no review") }
        #expect(events.map(\.change) == [.birth])
        let decision = try ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-25"))
            .decide(couple.household, document: "区2")
        // 3 × 1,172, and for the child a tenth of the standard, rounded up to whole yuan as the example's rules say.
        #expect(decision.people == 3)
        #expect(decision.total == money("3634"))
        #expect(try couple.reviews().isEmpty)
    }

    @Test func `a death holds the payment, another becomes head, and what is decided then knows of both`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        #expect(try couple.build().lines.count == 1)
        try couple.members().leave("甲一", of: couple.household, because: .death, on: date("2026-06-12"))
        try couple.tree.exchangeAll()
        #expect(try couple.build().held.map(\.hold) == [.death])
        #expect(throws: MemberError.gone) {
            try couple.members().makeHead("甲一", of: couple.household, on: couple.today)
        }
        try couple.members(town).makeHead("乙一", of: couple.household, on: couple.today)
        try couple.tree.exchangeAll()
        let at = ReviewEntry(couple.tree[district], as: clerk, today: date("2026-06-25"))
        let decision = try at.decide(couple.household, document: "区2")
        #expect(decision.people == 1 && decision.predecessor != nil)
        #expect(try couple.reviews().isEmpty)
        // The account was the dead man's.
        #expect(try couple.build().held.map(\.hold) == [.otherHolder])
    }

    @Test func `is split by the town: the new household has its head, the old one is looked at again`() throws {
        let couple = try Couple.confirmed()
        try couple.members().add(
            try NewMember(name: "丁一", sex: .male, birth: date("1950-01-01"), relation: .parent), to: couple.household,
            because: .livingTogether, on: couple.today)
        try couple.tree.exchangeAll()
        let at = couple.members(town)
        let new = try at.split(
            couple.household, number: "001-2", head: "丁一", members: ["丁一"], on: couple.today, text: "分开居住")
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.living(office) == ["乙一", "甲一"] && couple.living(office, in: new) == ["丁一"])
            #expect(try couple.questions(office).isEmpty)
        }
        #expect(try couple.reviews().count == 1)
        #expect(throws: MemberError.numberTaken("001-2")) {
            try at.split(couple.household, number: "001-2", head: "乙一", members: ["乙一"], on: couple.today)
        }
        #expect(throws: MemberError.headStays) {
            try at.split(couple.household, number: "001-3", head: "甲一", members: ["甲一"], on: couple.today)
        }
        #expect(throws: MemberError.everybody) {
            try at.split(couple.household, number: "001-3", head: "甲一", members: ["甲一", "乙一"], on: couple.today)
        }
        #expect(throws: MemberError.headMustMove) {
            try at.split(couple.household, number: "001-3", head: "甲一", members: ["乙一"], on: couple.today)
        }
        #expect(throws: MemberError.noMembers) {
            try at.split(couple.household, number: "001-3", head: "乙一", members: [], on: couple.today)
        }
    }

    @Test func `a baby that knows of the split is no question, however it was entered`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        _ = try couple.members().split(
            couple.household, number: "2", head: "乙一", members: ["乙一"], on: couple.today)
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        #expect(try couple.questions(village).isEmpty)
        try couple.tree[village].importSheet(
            sheetFile(
                "\(village),001,,,,yes,甲一,,male,1976-01-01,head,,urban",
                "\(village),001,,,,no,甲四,,male,2020-01-01,child,,"))
        #expect(try couple.living(village) == ["甲一", "甲三", "甲四"])
        #expect(try couple.questions(village).isEmpty)
    }

    @Test func `takes nobody twice, and no card that says something else`() throws {
        let couple = try Couple()
        let number = "990000196001010013"
        let man = try NewMember(name: "丁一", identity: number, relation: .parent)
        #expect(man.birth == date("1960-01-01") && man.sex == .male)
        try couple.members().add(man, to: couple.household, because: .livingTogether, on: couple.today)
        #expect(throws: MemberError.knownElsewhere("001")) {
            try couple.members().add(man, to: couple.household, because: .livingTogether, on: couple.today)
        }
        #expect(throws: MemberError.notArrival(.death)) {
            try couple.members().add(try Couple.baby(), to: couple.household, because: .death, on: couple.today)
        }
        #expect(throws: FactError.later("day")) {
            try couple.members().add(try Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-16"))
        }
        #expect(throws: MemberError.otherBirth(date("1960-01-01"))) {
            try NewMember(name: "丁一", identity: number, birth: date("1961-01-01"), relation: .parent)
        }
        #expect(throws: MemberError.otherSex(.male)) {
            try NewMember(name: "丁一", identity: number, sex: .female, relation: .parent)
        }
        #expect(throws: MemberError.noName) { try NewMember(name: " ", birth: couple.today, relation: .child) }
    }

    @Test func `who leaves is counted no more, and the reason stays`() throws {
        let couple = try Couple()
        try couple.members().leave("乙一", of: couple.household, because: .away, on: couple.today, text: "服兵役")
        #expect(try couple.living(village) == ["甲一"])
        let events = try couple.tree[village].read { try MemberEvents.all(of: couple.household, $0) }
        #expect(events.map(\.change) == [.away] && events.map(\.text) == ["服兵役"])
        #expect(throws: FamilyError.noSuchMember("乙一")) {
            try couple.members().leave("乙一", of: couple.household, because: .away, on: couple.today)
        }
    }

    /// Domain 3.0: unique means that the key is derived.
    @Test func `one birth entered by two offices unaware of each other is one member`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        for office in [village, town] {
            try couple.members(office).add(
                Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        }
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.living(office) == ["乙一", "甲一", "甲三"])
            #expect(try couple.assess(at: office).family.members.count == 3)
        }
        #expect(throws: MemberError.isMember("甲三")) {
            try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        }
    }

    @Test func `a member entered with a card and without is a question, until one is taken out`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        try couple.members(town).add(
            NewMember(name: "甲三", identity: "990000202606010022", relation: .child), to: couple.household,
            because: .birth, on: date("2026-06-01"))
        try couple.tree.exchangeAll()
        let questions = try couple.assess(at: district).family.questions
        #expect(questions.map(\.kind) == [.twice])
        let id = try couple.tree[town].rows("SELECT hex(id) FROM person WHERE name = '甲三' AND id_number IS NULL")[0]
        try couple.members(town).leave(id, of: couple.household, because: .otherOut, on: couple.today)
        try couple.tree.exchangeAll()
        #expect(try couple.assess(at: district).isSettled && couple.assess(at: district).family.members.count == 3)
    }

    @Test func `who comes back is who left`() throws {
        let couple = try Couple()
        let son = try NewMember(name: "甲四", identity: "99000019700101000X", relation: .child)
        let id = try couple.members().add(son, to: couple.household, because: .livingTogether, on: couple.today)
        try couple.members().leave("甲四", of: couple.household, because: .away, on: couple.today)
        #expect(try couple.members().add(son, to: couple.household, because: .otherIn, on: couple.today) == id)
        #expect(try couple.living(village) == ["乙一", "甲一", "甲四"])
    }

    @Test func `what the rules ask of a member is taken down by a command`() throws {
        let couple = try Couple()
        try couple.members().describe(
            "乙一", of: couple.household,
            Circumstances(
                health: .serious, schooling: .init(.secondary, school: "某校", ends: date("2027-06-30")),
                isInInstitution: true))
        let facts = try couple.assess(at: village).family.facts.members[1]
        #expect(facts.isSeriouslyIll && facts.isInSecondarySchool && facts.livesInInstitution)
        // What is not named stays.
        try couple.members().describe("乙一", of: couple.household, Circumstances(health: .ordinary))
        let later = try couple.assess(at: village).family.facts.members[1]
        #expect(!later.isSeriouslyIll && later.isInSecondarySchool && later.livesInInstitution)
        #expect(throws: MemberError.nothingSaid) {
            try couple.members().describe("乙一", of: couple.household, Circumstances())
        }
    }

    @Test func `a household entered by mistake is void with its members, one with a case is not`() throws {
        let couple = try Couple()
        #expect(throws: CaseError.empty("reason")) { try couple.members().void(couple.household, text: "") }
        try couple.members().void(couple.household, text: "录错")
        #expect(try couple.tree[village].rows("SELECT DISTINCT row_state FROM person") == ["void"])
        #expect(throws: FamilyError.self) { try couple.assess(at: village) }
        // Taken back, its people are who they were.
        #expect(try couple.tree[village].read { try HouseholdLookup.void("001", $0) } == couple.household)
        try couple.members().restore(couple.household, text: "没有录错")
        #expect(try couple.assess(at: village).family.members.count == 2)
        let paid = try Couple.confirmed()
        #expect(throws: MemberError.hasCases) { try paid.members().void(paid.household, text: "录错") }
    }

    @Test func `a household split off is not one that somebody imports under its number`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let new = try couple.members(town).split(
            couple.household, number: "12", head: "乙一", members: ["乙一"], on: couple.today)
        try couple.tree[village].importSheet(
            sheetFile("990000105007,12,,,,yes,丁四,,男,2001-02-03,head,,"))
        try couple.tree.exchangeAll()
        for office in [village, town] {
            #expect(try couple.living(office, in: new) == ["乙一"])
            #expect(try couple.tree[office].rows("SELECT count(*) FROM household WHERE household_no = '12'") == ["2"])
        }
    }

    @Test func `nobody is brought back from another household, and no odd row is taken for a child`() throws {
        let couple = try Couple()
        try couple.members().add(Couple.baby(), to: couple.household, because: .birth, on: date("2026-06-01"))
        try couple.tree.exchangeAll()
        _ = try couple.members(town).split(
            couple.household, number: "2", head: "乙一", members: ["乙一", "甲三"], on: couple.today)
        #expect(throws: MemberError.self) {
            try couple.members(town).add(Couple.baby(), to: couple.household, because: .otherIn, on: couple.today)
        }
        #expect(try couple.living(town) == ["甲一"])
    }

    @Test func `whoever is moved is dead in the other household as well`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        try couple.members(town).leave("乙一", of: couple.household, because: .death, on: couple.today)
        try couple.tree.exchangeAll()
        try couple.tree[village].run(
            """
            INSERT INTO household (area, id, household_no, head_person) VALUES (office(), x'02', '002', x'12');
            UPDATE person SET household = x'02', death_date = NULL WHERE id = x'12'
            """)
        let second = HouseholdID(area: village, id: [2])
        let questions = try couple.tree[village].read { try Assessment(second, on: couple.today, $0) }.family.questions
        #expect(questions.map(\.kind) == [.death])
    }

    @Test func `a town tells of a death that its village has told of, and then it is the town's to take back`() throws {
        let couple = try Couple()
        try couple.members().leave("乙一", of: couple.household, because: .death, on: couple.today)
        try couple.tree.exchangeAll()
        #expect(throws: MemberError.gone) {
            try couple.members().leave("乙一", of: couple.household, because: .death, on: couple.today)
        }
        try couple.members(town).leave("乙一", of: couple.household, because: .death, on: couple.today)
        try couple.tree.exchangeAll()
        #expect(throws: MemberError.notYours(town)) {
            try couple.members().revive("乙一", of: couple.household, text: "在世")
        }
        try couple.members(town).revive("乙一", of: couple.household, text: "误报")
        // Taken back, it is no longer the town's; a later mistake of the village is the village's.
        try couple.tree.exchangeAll()
        try couple.members().leave("乙一", of: couple.household, because: .death, on: couple.today)
        try couple.members().revive("乙一", of: couple.household, text: "误报")
        #expect(try couple.living(village) == ["乙一", "甲一"])
    }

    @Test func `an illness counts as serious as long as it lasts, and how safe the house is stands beside it`() throws {
        let couple = try Couple()
        func ill(_ isSerious: Bool, since: String, until: String? = nil, at office: OfficeCode = village) throws
            -> [UInt8]
        {
            try FactEntry.add(
                .illness(
                    person: [0x12], "尿毒症", isSerious: isSerious, since: date(since), until: until.map { date($0) },
                    proof: nil), to: couple.household, in: couple.tree[office], as: clerk, today: couple.today)
        }
        func isIll(on day: String = "2026-06-15") throws -> Bool {
            try couple.assess(at: village, on: date(day)).family.facts.members.first { $0.id == [0x12] }!.isSeriouslyIll
        }
        _ = try ill(false, since: "2026-01-01")
        #expect(try !isIll())
        _ = try ill(true, since: "2026-03-01", until: "2026-06-14")
        #expect(try !isIll() && isIll(on: "2026-06-14") && !isIll(on: "2026-02-28"))
        _ = try ill(true, since: "2026-06-15")
        #expect(try isIll() && isIll(on: "2027-06-14"))
        #expect(throws: FactError.later("day")) { _ = try ill(true, since: "2026-06-16") }
        try couple.add(.dwelling(.dangerous, on: couple.today, document: "房1"))
        try couple.tree.exchangeAll()
        let facts = try couple.tree[district].read { try StoredFact.all(of: couple.household, $0) }
        #expect(facts.filter { $0.kind == "illness" }.count == 3 && facts.contains { $0.kind == "dwelling_check" })
    }
}
