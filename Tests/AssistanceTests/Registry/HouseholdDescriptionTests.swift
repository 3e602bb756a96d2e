import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 3.4 B (village writes, town corrects), 4.4 (numbers), 4.10 and 5.1 (registration).
@Suite struct `A household at the desk` {
    private func entry(_ tree: TestTree, _ office: OfficeCode) -> MemberEntry {
        MemberEntry(tree[office], as: clerk, today: date("2026-06-15"))
    }

    private func head(_ number: String? = nil, asOnCard: Bool = false) throws -> NewMember {
        try NewMember(
            name: "丁一", identity: number, asOnCard: asOnCard, birth: date("1960-01-01"), relation: .head, hukou: .rural)
    }

    private func described(_ words: [HouseholdDescription.Word: String]) -> HouseholdDescription {
        var description = HouseholdDescription()
        description.words = words
        return description
    }

    @Test func `that two offices register under one number, unaware of each other, is one`() throws {
        let tree = try assistanceTree()
        let number = "990000196001010013"
        for (office, address) in [(village, "一组"), (town, "一组")] {
            _ = try entry(tree, office).create("007", in: village, head: head(number), described([.address: address]))
        }
        try tree.exchangeAll()
        for office in [village, town, district] {
            #expect(
                try tree[office].rows(
                    """
                    SELECT h.household_no, h.address, p.name, p.id_number, p.relation FROM household AS h
                    JOIN person AS p ON p.id = h.head_person AND p.household = h.id
                    """) == ["007|一组|丁一|\(number)|head"])
            #expect(try tree[office].rows("SELECT count(*) FROM person") == ["1"])
        }
        #expect(throws: MemberError.numberTaken("007")) {
            try entry(tree, village).create("007", in: village, head: try head(), described([:]))
        }
        #expect(throws: MemberError.knownElsewhere("007")) {
            try entry(tree, village).create("008", in: village, head: try head(number), described([:]))
        }
        #expect(throws: (any Error).self) {
            try entry(tree, village).create("009", in: town, head: try head(), described([:]))
        }
        #expect(try tree[village].rows("SELECT count(*) FROM household") == ["1"])
    }

    /// Two offices that take the next free number for two families, unaware of each other.
    @Test func `under a number that another office gave to another family is two, and neither has the other's people`()
        throws
    {
        let tree = try assistanceTree()
        let other = try NewMember(name: "戊一", birth: date("1970-01-01"), relation: .head)
        let first = try entry(tree, village).create("008", in: village, head: head(), described([:]))
        let second = try entry(tree, town).create("008", in: village, head: other, described([:]))
        try tree.exchangeAll()
        #expect(first != second)
        for office in [village, town, district] {
            #expect(
                try Set(
                    tree[office].rows(
                        "SELECT p.name FROM household AS h JOIN person AS p ON p.id = h.head_person AND p.household = h.id"
                    ))
                    == ["丁一", "戊一"])
            #expect(throws: FamilyError.ambiguous("008", 2)) {
                try tree[office].read { try HouseholdLookup.one("008", $0) }
            }
        }
        // A sheet says nothing of either until one has another number.
        let sheet = Array("household_no,is_head,name,relation,sex,birth\n008,yes,戊一,head,male,1970-01-01\n".utf8)
        func take() throws -> ImportReport {
            try HouseholdImport.import(
                sheet, into: tree[village], as: clerk, defaultArea: village, partial: false, today: date("2026-06-15"))
        }
        #expect(try take().refused.map(\.reason) == [.severalHouseholds])
        try entry(tree, village).describe(first, described([:]), number: "009")
        #expect(throws: MemberError.numberTaken("009")) {
            try entry(tree, village).describe(second, described([:]), number: "009")
        }
        #expect(try take().households.unchanged == 1)
    }

    /// What a sheet takes: an export of any other could not be taken in again.
    @Test func `is in need for causes of the domain, in either language, and for no others`() throws {
        let tree = try assistanceTree()
        func kept() throws -> [String] {
            try tree[village].rows("SELECT household_no, cause_main, cause_more FROM household")
        }
        for (word, cause) in [(HouseholdDescription.Word.cause, "fire"), (.moreCauses, "因病、fire"), (.cause, "因病,因残")] {
            let wrong = cause.hasSuffix("fire") ? "fire" : cause
            let error = try #require(throws: MemberError.self) {
                try entry(tree, village).create("001", in: village, head: head(), described([word: cause]))
            }
            #expect(error == .cause(wrong) && "\(error)".contains("因病 (illness)"))
        }
        #expect(try kept().isEmpty)
        let home = try entry(tree, village).create(
            "001", in: village, head: head(), described([.cause: "因病", .moreCauses: "因残、no_labour， "]))
        #expect(try kept() == ["001|illness|disability,no_labour"])
        #expect(throws: MemberError.cause("fire")) {
            try entry(tree, village).describe(home, described([.cause: "fire"]))
        }
        try entry(tree, village).describe(home, described([.cause: "job loss", .moreCauses: ""]))
        #expect(try kept() == ["001|job_loss|"])
    }

    /// GB 11643: a failed check is a warning with a reason, because old papers hold wrong numbers.
    @Test func `takes a number that fails its check only where somebody says that it stands on the card`() throws {
        #expect(throws: MemberError.identity(.check)) { try head("990000196001010014") }
        #expect(throws: MemberError.identity(.length(3))) { try head("1'2", asOnCard: true) }
        #expect(try head("99000019600101001x", asOnCard: true).number == "99000019600101001X")
        // One that passes says when and what its holder was born all the same, and an old one is widened.
        #expect(throws: MemberError.otherBirth(date("1960-01-01"))) {
            try NewMember(
                name: "丁一", identity: "990000196001010013", asOnCard: true, birth: date("1961-01-01"), relation: .head)
        }
        #expect(try head("990000600101001").number == "990000196001010013")
        // It is named wherever the family is looked at, and holds up nothing.
        let couple = try Couple()
        try entry(couple.tree, village).describe(
            "甲一", of: couple.household, Circumstances(), identity: .init(number: "12X", asOnCard: true))
        let assessment = try couple.assess(at: village)
        #expect(assessment.isSettled && assessment.family.doubts.count == 1)
        #expect(assessment.family.doubts[0].contains("甲一: has 3 characters"))
    }

    @Test func `is corrected, and nothing else of it changes`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        let below = entry(couple.tree, village)
        try below.describe(couple.household, described([.phone: "13800000001", .address: " 二组 "]))
        try entry(couple.tree, town).describe(couple.household, described([.phone: "13800000002", .remarks: "试"]))
        try couple.tree.exchangeAll()
        // C1: the village's number shows, the town's is kept beside it.
        for office in [town, district] {
            #expect(
                try couple.tree[office].rows("SELECT phone, address, remarks, household_no FROM household") == [
                    "13800000001|二组|试|001"
                ])
        }
        try below.describe(couple.household, described([.remarks: ""]))
        try couple.tree.exchangeAll()
        #expect(try couple.tree[town].rows("SELECT remarks IS NULL FROM household") == ["1"])
        var off = HouseholdDescription()
        off.location = .init(lat: 91, lon: 0, accuracy_m: nil)
        #expect(throws: MemberError.location) { try below.describe(couple.household, off) }
        // A prefecture is no place where anybody is registered.
        for region in ["33010", "3301"] {
            #expect(throws: MemberError.region(region)) {
                try below.describe(couple.household, described([.liveRegion: region]))
            }
        }
        #expect(throws: MemberError.nothingSaidOfHousehold) { try below.describe(couple.household, described([:])) }
    }

    @Test func `has its members' cards read again`() throws {
        let couple = try Couple()
        let entry = entry(couple.tree, village)
        func read(_ identity: MemberEntry.Identity, of name: String = "甲一") throws {
            try entry.describe(name, of: couple.household, Circumstances(), identity: identity)
        }
        try read(.init(name: "甲甲", number: "990000196001010013"))
        func row() throws -> [String] {
            try couple.tree[village].rows("SELECT name, id_number, sex, birth FROM person WHERE id = x'11'")
        }
        #expect(try row() == ["甲甲|990000196001010013|male|1960-01-01"])
        #expect(throws: MemberError.otherBirth(date("1960-01-01"))) {
            try read(.init(birth: date("1961-01-01")), of: "甲甲")
        }
        #expect(throws: MemberError.otherSex(.male)) { try read(.init(sex: .female), of: "甲甲") }
        #expect(throws: MemberError.knownElsewhere("001")) { try read(.init(number: "990000196001010013"), of: "乙一") }
        #expect(throws: MemberError.noName) { try read(.init(name: " "), of: "乙一") }
        #expect(throws: MemberError.nothingSaid) {
            try entry.describe("乙一", of: couple.household, Circumstances())
        }
        #expect(try row() == ["甲甲|990000196001010013|male|1960-01-01"])
        var words = Circumstances()
        words.words = [.phone: "13800000003", .employment: "务农"]
        words.relation = .sibling
        try entry.describe("乙一", of: couple.household, words)
        #expect(
            try couple.tree[village].rows("SELECT phone, employment, relation FROM person WHERE id = x'12'") == [
                "13800000003|务农|sibling"
            ])
    }

    /// Domain 5.1: urgent relief accepts a person from another district; ordinary dibao does not.
    @Test func `that is registered in another district gets urgent relief and nothing else`() throws {
        let couple = try Couple()
        try couple.bills("40000")
        try couple.tree.exchangeAll()
        #expect(try couple.assess(at: town).determination.category == .dibao)
        for (region, category) in [
            ("990000101", Category.dibao), ("110105", .none), ("", .dibao), ("110105001002", .none),
        ] {
            try entry(couple.tree, village).describe(couple.household, described([.registrationRegion: region]))
            try couple.tree.exchangeAll()
            for office in [village, town, district] {
                #expect(try couple.assess(at: office).determination.category == category, "\(region)")
            }
        }
        // What no program of ours writes there says nothing.
        for odd in ["3301", "x", "1101"] {
            try couple.tree[village].run("UPDATE household SET hukou_region = '\(odd)'")
            #expect(try couple.assess(at: village).determination.category == .dibao)
        }
        try couple.tree[village].run("UPDATE household SET hukou_region = '110105001002'")
        try couple.tree.exchangeAll()
        let trace = "\(try couple.assess(at: town).determination.trace)"
        #expect(trace.contains("registered in another district") && trace.contains("110105001002"))
        func give(_ kind: Relief.Kind) throws {
            _ = try ReliefEntry(couple.tree[town], as: clerk, today: date("2026-06-25")).give(
                .init(kind: kind, cause: "accident", amount: money("500"), document: "镇1"), to: couple.household)
        }
        #expect(throws: ReliefError.registeredElsewhere("110105001002")) { try give(.expense) }
        try give(.urgent)
    }
}
