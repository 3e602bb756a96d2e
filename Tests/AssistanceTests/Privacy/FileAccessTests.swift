import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.9.
@Suite struct `A household's file` {
    private let number = "990000195803150021"

    private func couple() throws -> Couple {
        let couple = try Couple.confirmed()
        try couple.tree[village].run(
            "UPDATE person SET id_number = '\(number)', phone = '00000001234' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        return couple
    }

    private func access(_ couple: Couple, _ office: OfficeCode, _ user: String = "甲九") -> FileAccess {
        FileAccess(couple.tree[office], as: ActingUser(user), today: date("2026-07-02"))
    }

    @Test func `shows numbers masked, and whole only to whoever says why, which all its offices can read`() throws {
        let couple = try couple()
        let masked = try couple.tree[district].read {
            try HouseholdFile.masked(couple.household, today: date("2026-07-02"), $0)
        }
        #expect(masked.members.map(\.identity) == ["990000********0021", ""])
        #expect(masked.decision?.category == .dibao && masked.amount == nil && masked.openCases == 0)
        #expect(throws: CaseError.empty("reason")) {
            try access(couple, town).open(couple.household, .visit, reason: " ")
        }
        let opened = try access(couple, town).open(couple.household, .visit, reason: "入户前核对")
        #expect(opened.members.map(\.identity) == [number, ""])
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let records = try couple.tree[office].read { try FileAccess.records(of: couple.household, $0) }
            #expect(records.map(\.reason) == ["入户前核对"] && records.map(\.office) == [town.digits])
            #expect(records.map(\.isRelated) == [false])
        }
    }

    @Test func `opens what the purpose needs and the tier may see, and nothing without a rule`() throws {
        let couple = try couple()
        func open(_ office: OfficeCode, _ purpose: AccessPurpose) throws -> HouseholdFile.Member {
            try access(couple, office).open(couple.household, purpose, reason: "试").members[0]
        }
        // To pay somebody takes a number and no telephone; a warning is told by telephone.
        let payee = try open(district, .payment)
        #expect(payee.identity == number && payee.phone == "000****1234")
        let warned = try open(village, .warning)
        #expect(warned.identity == "990000********0021" && warned.phone == "00000001234")
        func publish(_ text: String) throws {
            _ = try Publishing.publish(
                [
                    PublishedValue(
                        area: district, name: "access.fields", validFrom: date("2026-07-01"), text: text,
                        document: "试1号")
                ], in: couple.tree[district], as: clerk)
            try couple.tree.exchangeAll()
        }
        try publish("visit:identity+phone village:phone town:identity+phone")
        #expect(try open(village, .visit).identity == "990000********0021")
        #expect(try open(town, .visit).identity == number)
        #expect(throws: RuleError.self) { try open(district, .visit) }
        #expect(throws: RuleError.self) { try open(town, .audit) }
        let records = try couple.tree[town].read { try FileAccess.records(of: couple.household, $0) }
        #expect(!records.contains { $0.purpose == "audit" })
    }

    @Test func `shows to the group where a family lives, and that somebody is ill, and the rest to whoever says why`()
        throws
    {
        let couple = try couple()
        try couple.tree[village].run("UPDATE household SET address = '试验村3组12号', cause_main = 'illness'")
        try couple.add(
            .illness(person: [0x12], "尿毒症", isSerious: true, since: date("2026-01-01"), until: nil, proof: nil))
        try couple.tree.exchangeAll()
        let masked = try couple.tree[town].read {
            try HouseholdFile.masked(couple.household, today: date("2026-07-02"), $0)
        }
        #expect(masked.address == "试验村3组**" && masked.cause == "" && masked.members.map(\.marks) == ["", "病"])
        let found = try couple.tree[town].read { try HouseholdFinder.find("甲一", $0) }.found
        #expect(found.map(\.address) == ["试验村3组**"])
        let paid = try access(couple, town).open(couple.household, .payment, reason: "发放")
        #expect(paid.amount == money("2344") && paid.address == "试验村3组**" && paid.cause == "")
        let opened = try access(couple, town).open(couple.household, .application, reason: "审核")
        #expect(opened.address == "试验村3组12号" && opened.cause == "illness")
        let facts = try couple.tree[town].read { try StoredFact.all(of: couple.household, $0) }
        #expect(
            Set(facts.map { "\($0.kind) \($0.field)" }) == [
                "income_item income", "rigid_item income", "illness health",
            ])
    }

    @Test func `opened by a relative is on a list of its own`() throws {
        let couple = try couple()
        try access(couple, town).file(staff: "甲九", relation: "侄", to: couple.household)
        _ = try access(couple, town).open(couple.household, .complaint, reason: "来访")
        try couple.tree.exchangeAll()
        let found = try couple.tree[district].read { try FileAccess.byRelatives(in: district, $0) }
        #expect(found.map(\.user) == ["甲九"] && found.map(\.isRelated) == [true])
        #expect(found.map(\.household) == [couple.household])
    }

    @Test func `opened by a relative or by oneself waits above until somebody has looked into it`() throws {
        let couple = try couple()
        try access(couple, town).file(staff: "甲九", relation: "侄", to: couple.household)
        try couple.tree.exchangeAll()
        func waiting(_ office: OfficeCode) throws -> [String] {
            try couple.tree[office].read { try FileAccess.toLookInto(at: office, $0) }.map(\.user)
        }
        for (office, user) in [(village, "乙一"), (town, "甲九"), (district, "甲九"), (town, "戊一")] {
            let access = access(couple, office, user)
            _ = try access.open(couple.household, .visit, reason: "看看")
            let warning = try access.warning(of: couple.household)
            #expect((warning == nil) == (user == "戊一"))
        }
        try couple.tree.exchangeAll()
        #expect(try waiting(village) == [] && waiting(town) == ["乙一"])
        #expect(try waiting(district).sorted() == ["乙一", "甲九", "甲九"])
        func review(_ office: OfficeCode, _ user: String, of opener: OfficeCode) throws -> AccessRecord {
            let all = try couple.tree[office].read { try FileAccess.byRelatives(in: office, $0) }
            let id = try #require(all.first { $0.office == opener.digits }).id.hex
            return try access(couple, office, user).review(id, text: "本人核对")
        }
        #expect(throws: AccessReviewError.notAbove(town.digits)) { try review(town, "丁一", of: town) }
        #expect(throws: AccessReviewError.own) { try review(district, "甲九", of: district) }
        #expect(try review(town, "丁一", of: village).review == "990000105 丁一: 本人核对")
        _ = try review(district, "戊二", of: town)
        _ = try review(district, "戊二", of: district)
        try couple.tree.exchangeAll()
        #expect(try waiting(town) == [] && waiting(district) == [])
        // What the district has found of the town is not told there.
        let told = try couple.tree[town].read { try FileAccess.byRelatives(in: town, $0) }
        #expect(told.count == 3 && told.filter { $0.review != nil }.map(\.user) == ["乙一"])
    }

    @Test func `opened for a complaint is not told to any office below`() throws {
        let couple = try couple()
        _ = try access(couple, district).open(couple.household, .complaint, reason: "反映村干部")
        _ = try access(couple, town).open(couple.household, .complaint, reason: "反映村里")
        _ = try access(couple, village).open(couple.household, .complaint, reason: "家属来问")
        try couple.tree.exchangeAll()
        func reasons(_ office: OfficeCode) throws -> Set<String> {
            Set(try couple.tree[office].read { try FileAccess.records(of: couple.household, $0) }.map(\.reason))
        }
        #expect(try reasons(district) == ["反映村干部", "反映村里", "家属来问"])
        #expect(try reasons(town) == ["反映村里", "家属来问"])
        #expect(try reasons(village) == ["家属来问"])
    }

    @Test func `is found by name, identity number and household number`() throws {
        let couple = try couple()
        for text in ["甲一", number, "001"] {
            let found = try couple.tree[district].read { try HouseholdFinder.find(text, $0) }.found
            #expect(found.map(\.household) == [couple.household] && found.map(\.identity) == ["990000********0021"])
        }
        #expect(try couple.tree[otherVillage].read { try HouseholdFinder.find("甲一", $0) }.found.isEmpty)
        #expect(try couple.tree[district].read { try HouseholdFinder.find("甲", $0) }.found.isEmpty)
    }
}

/// Domain 4.11.
@Suite struct `The figures of an office` {
    @Test func `count categories, warnings and spending, and say how far each office is included`() throws {
        let couple = try Couple.confirmed()
        try couple.account()
        _ = try couple.paid()
        _ = try ReliefEntry(couple.tree[district], as: clerk, today: date("2026-07-02")).give(
            .init(kind: .urgent, cause: "accident", amount: money("600"), document: "区3"), to: couple.household)
        let july = CalendarMonth(written: "2026-07")!
        func figures() throws -> Statistics {
            try Statistics(july, today: date("2026-07-03"), in: couple.tree[district])
        }
        let found = try figures()
        #expect(found.categories.map(\.category) == [.dibao] && found.categories.map(\.people) == [2])
        #expect(found.categories.map(\.area) == [town])
        #expect(found.spending.map(\.amount) == [money("600"), money("2344")])
        #expect(Set(found.included.map(\.office)) == [town, village, otherVillage])
        #expect(found.included.allSatisfy { $0.missing == 0 })
        #expect(
            try Statistics(july, today: date("2026-07-03"), in: couple.tree[town]).categories.map(\.area) == [village])
    }
}
