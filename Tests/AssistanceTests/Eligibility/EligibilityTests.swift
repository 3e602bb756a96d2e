import Assistance
import ChangeSets
import Testing

/// The worked cases of domain 4.1, by their numbers there.
@Suite struct `Who gets what` {
    static func family(
        _ heads: Int, wages: String, rigid: String? = nil, born: String = "1980-01-01"
    ) -> FamilyFacts {
        FamilyFacts(
            date: date("2026-06-01"), members: (0..<heads).map { Member(id: [UInt8($0)], birth: date(born)) },
            incomes: [IncomeItem(.monthly, Money(yuan: wages)!)],
            rigidExpenses: rigid.map {
                [RigidExpense("medical", on: date("2026-03-01"), gross: Money(yuan: $0)!, receipt: "r")]
            } ?? [])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let family: FamilyFacts
        var replaced: [ParameterName: String] = [:]
        let category: Assistance.Category
        let amount: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(
            name: "W1", family: family(3, wages: "1894"), replaced: [.dibaoStandard: "632"], category: .dibao,
            amount: "2"),
        Case(name: "W2", family: family(2, wages: "2900"), category: .edge, amount: "0"),
        Case(name: "W3", family: family(2, wages: "2900", rigid: "24000"), category: .dibao, amount: "1444"),
        Case(name: "W4", family: family(2, wages: "2900", rigid: "34800"), category: .dibao, amount: "2344"),
        Case(name: "W4, and more", family: family(2, wages: "2900", rigid: "50000"), category: .dibao, amount: "2344"),
        Case(
            name: "W5", family: family(2, wages: "2900", rigid: "24000"), replaced: [.rigidDeducted: "no"],
            category: .edge, amount: "0"),
        Case(
            name: "W6, k 1.5", family: family(2, wages: "3516"), replaced: [.disposableIncome: "1"], category: .none,
            amount: "0"),
        Case(
            name: "W6, k 2", family: family(2, wages: "3516"), replaced: [.edgeFactor: "2.0"], category: .edge,
            amount: "0"),
        Case(
            name: "W6, top included", family: family(2, wages: "3516"), replaced: [.edgeTopIncluded: "yes"],
            category: .edge, amount: "0"),
        Case(name: "W11", family: family(2, wages: "2344"), category: .edge, amount: "0"),
        Case(name: "a fen below the standard", family: family(2, wages: "2343.99"), category: .dibao, amount: "1"),
    ])
    func `gives what the worked cases say`(worked: Case) throws {
        let found = try Eligibility.determine(worked.family, by: ruleBook(worked.replaced))
        #expect(found.category == worked.category)
        #expect(found.base == Money(yuan: worked.amount))
    }

    @Test func `W12: without members, or with an income below nothing, there is no result`() throws {
        var empty = Self.family(1, wages: "1")
        empty.members = []
        #expect(throws: FactsError.noMembers) { try Eligibility.determine(empty, by: ruleBook()) }
        var negative = Self.family(1, wages: "1")
        negative.incomes = [IncomeItem(.monthly, Money(fen: -1))]
        #expect(throws: FactsError.negative("an income")) { try Eligibility.determine(negative, by: ruleBook()) }
    }

    @Test(arguments: [(0, SelfCare.full), (1, .partial), (3, .partial), (4, .none), (6, .none)])
    func `W9: self-care goes by how many of six acts fail`(failed: Int, level: SelfCare) {
        #expect(SelfCare(failedActs: failed) == level)
    }

    @Test func `R2: a receipt counts once, and only in the twelve months before`() throws {
        var family = Self.family(2, wages: "2900", rigid: "24000")
        family.rigidExpenses.append(
            RigidExpense("medical", on: date("2026-03-01"), gross: Money(yuan: "24000")!, receipt: "r"))
        family.rigidExpenses.append(
            RigidExpense("medical", on: date("2025-06-01"), gross: Money(yuan: "9000")!, receipt: "old"))
        #expect(try Eligibility.determine(family, by: ruleBook()).base == Money(yuan: "1444"))
        family.rigidExpenses[2] = RigidExpense(
            "medical", on: date("2025-06-02"), gross: Money(yuan: "9000")!, reimbursed: Money(yuan: "8988")!,
            receipt: "new")
        #expect(try Eligibility.determine(family, by: ruleBook()).base == Money(yuan: "1445"))
    }

    @Test func `R2: a kind counts up to its cap, and kinds that are not named do not`() throws {
        var family = Self.family(2, wages: "2900", rigid: "24000")
        family.rigidExpenses.append(RigidExpense("living", on: date("2026-03-01"), gross: Money(yuan: "9000")!))
        let capped = try Eligibility.determine(family, by: ruleBook([.rigidKinds: "medical:12000"]))
        #expect(capped.base == Money(yuan: "444"))
    }

    @Test func `R4.1: the destitute get a basic amount and care`() throws {
        var family = Self.family(1, wages: "0", born: "1950-01-01")
        family.hasAbleObligor = false
        family.members[0].failedSelfCareActs = 4
        let found = try Eligibility.determine(family, by: ruleBook([.dibaoStandard: "1000"]))
        #expect(found.category == .destituteAtHome)
        // 130 % and 60 % of the standard.
        #expect(found.base == Money(yuan: "1300") && found.care == Money(yuan: "600"))
        #expect(found.total == Money(yuan: "1900"))
        #expect(found.supplements == [])
        family.hasAbleObligor = true
        #expect(try Eligibility.determine(family, by: ruleBook()).category == .dibao)
    }

    @Test func `R4.3: in an edge family a seriously ill member is covered alone`() throws {
        var family = Self.family(2, wages: "2900", rigid: nil)
        family.members[1].isSeriouslyIll = true
        let found = try Eligibility.determine(family, by: ruleBook([.singleAmount: "65%"]))
        #expect(found.category == .edge)
        #expect(found.coveredAlone == [[1]])
        #expect(found.base == Money(yuan: "762"))  // 65 % of 1,172 is 761.80.
        #expect(found.supplements.map(\.reason) == [.ill])
    }

    @Test func `R6: one supplement a person, the largest`() throws {
        var family = Self.family(2, wages: "1000", born: "1950-01-01")
        family.members[0].isSeriouslyIll = true
        family.members[0].disabilities = [Disability(kind: 4, grade: 1)!]
        let found = try Eligibility.determine(
            family, by: ruleBook([.supplementElderly: "100", .supplementIll: "200", .supplementDisabled: "150"]))
        #expect(found.category == .dibao)
        #expect(found.supplements.map(\.amount) == [Money(yuan: "200"), Money(yuan: "100")])
        #expect(found.supplements.map(\.reason) == [.ill, .elderly])
    }

    @Test func `R7: a family that rises into the edge band keeps its amount for some months`() throws {
        var book = try ruleBook([.graceMonths: "6", .dibaoStandard: "632"])
        let grace = try #require(
            try Grace(
                before: .dibao, base: Money(yuan: "1500")!, now: .edge, heads: 2, decided: date("2026-06-17"), by: &book
            ))
        #expect(grace.first.description == "2026-07")
        #expect(grace.last.description == "2026-12")
        #expect(grace.kept == Money(yuan: "1264"))
        #expect(
            try Grace(before: .dibao, base: .zero, now: .none, heads: 2, decided: date("2026-06-17"), by: &book) == nil)
    }

    @Test func `R8: without a standard nothing is computed, and the message names it`() throws {
        let book = try ruleBook(without: .dibaoStandard)
        let error = #expect(throws: RuleError.self) { try Eligibility.determine(Self.family(2, wages: "1"), by: book) }
        #expect(error.map { "\($0)" }?.contains("dibao.standard") == true)
    }

    @Test func `too much property comes before every category that pays`() throws {
        var family = Self.family(2, wages: "0")
        family.assets = [Asset(.vehicle)]
        #expect(try Eligibility.determine(family, by: ruleBook()).category == .none)
        family.assets = [Asset(.vehicle, isExempt: true)]
        #expect(try Eligibility.determine(family, by: ruleBook()).category == .dibao)
    }

    @Test func `the trace holds what was compared with what, and by which paper`() throws {
        let trace = try Eligibility.determine(Self.family(2, wages: "2900", rigid: "24000"), by: ruleBook()).trace
        let step = try #require(trace.steps.first { $0.rule == "R4.2" })
        #expect("\(step.left) \(step.relation) \(step.right)" == "450.00 < 1172.00")
        #expect(step.holds == true)
        #expect(trace.parameters.contains { $0.name == "dibao.standard" && $0.document == "example" })
        #expect(trace.rules == "4.1/1")
    }

    /// Domain 4.1 R5: 632 × 3 − 22,720 / 12, once for the household and rounded up once; 4.1 R4.3: 65 % of 1,172.
    @Test func `the trace holds what was there before it was rounded`() throws {
        let three = Self.family(3, wages: "1893.50")
        let trace = try Eligibility.determine(three, by: ruleBook([.dibaoStandard: "632"])).trace
        let shown = trace.steps.filter { $0.rule == "R5" }.map { "\($0.what) = \($0.right)" }
        #expect(shown == ["(12 n S - C) / 12 = 2.50", "rounded up, once, to = 1.00", "A = 3.00"])
        var edge = Self.family(2, wages: "2900", rigid: nil)
        edge.members[1].isSeriouslyIll = true
        let alone = try Eligibility.determine(edge, by: ruleBook([.singleAmount: "65%"])).trace
        #expect(
            alone.steps.contains {
                $0.what == "single.amount: 0.65 of 1172.00 = 761.80 rounded up to 1.00" && $0.right == "762.00"
            })
    }

    @Test func `the trace holds what the rules looked at of each member, and names nobody`() throws {
        var family = Self.family(2, wages: "0", born: "1950-01-01")
        family.members[1].disabilities = [Disability(kind: 5, grade: 2)!]
        family.members[1].failedSelfCareActs = 2
        let inputs = try Eligibility.determine(family, by: ruleBook()).trace.inputs
        func input(_ name: String) -> String? { inputs.first { $0.name == name }?.value }
        let age = family.members[0].birth.age(on: family.date)
        #expect(input("member 1") == "age \(age)")
        #expect(input("member 2") == "age \(age), disability 5:2, 2 of 6 acts of self-care fail")
        #expect(input("able to support them") == "somebody")
    }
}
