import Assistance
import Testing

/// Domain 4.3.
@Suite struct `Warnings` {
    static let adult = Situation.Person(id: [1], birth: date("1980-01-01"))
    static let child = Situation.Person(id: [2], birth: date("2018-01-01"))

    static func findings(
        _ signals: [Signal], category: Assistance.Category = .none, on day: String = "2026-06-01",
        _ change: (inout Situation) -> Void = { _ in }
    ) throws -> [Finding] {
        var situation = Situation(category: category, persons: [adult, child], signals: signals)
        change(&situation)
        var rules = try ruleBook([.disposableIncome: "20000"])
        return try WarningRules.findings(in: situation, on: date(day), by: &rules)
    }

    static func bills(_ amounts: [String], person: [UInt8] = [1]) -> [Signal] {
        amounts.enumerated().map { index, amount in
            Signal(
                source: "medical/\(index)", person: person, date: date("2026-0\(index + 1)-10"),
                .medical(selfPaid: Money(yuan: amount)!))
        }
    }

    @Test func `A1: Xiajiang's bills are red`() throws {
        let found = try Self.findings(Self.bills(["9800", "7600", "6300", "5100"]))
        #expect(found.map(\.kind) == [.medical])
        #expect(found.map(\.colour) == [.red])
        #expect(found[0].facts.count == 4)
    }

    @Test(
        arguments: [
            ("4999.99", nil), ("5000", .yellow), ("9999.99", .yellow), ("10000", .orange), ("20000", .red),
        ] as [(String, Colour?)])
    func `A1: the colour goes by the share of a year's income`(amount: String, colour: Colour?) throws {
        #expect(try Self.findings(Self.bills([amount])).first?.colour == colour)
    }

    @Test func `A1: for a family on assistance, and for a child, it is one heavier`() throws {
        #expect(try Self.findings(Self.bills(["5000"]), category: .dibao).first?.colour == .orange)
        #expect(try Self.findings(Self.bills(["5000"], person: [2])).first?.colour == .orange)
        #expect(try Self.findings(Self.bills(["20000"]), category: .dibao).first?.colour == .red)
    }

    @Test func `have the colours that the district publishes, and are red where it publishes none`() throws {
        let death = Signal(source: "death/1", person: [1], date: date("2026-05-01"), .death)
        var situation = Situation(category: .none, persons: [Self.adult], signals: [death])
        situation.reviewDue = date("2026-05-01")
        var orange = try ruleBook([.warnColours: "A6:2 A10:1"])
        let (found, missing) = WarningRules.known(in: situation, on: date("2026-06-01"), by: &orange)
        #expect(found.map(\.colour) == [.yellow, .orange] && missing == nil)
        #expect(found.last?.persons == ["death/1": [1]])
        var none = try ruleBook([.warnColours: "A1:1"])
        let (red, error) = WarningRules.known(in: situation, on: date("2026-06-01"), by: &none)
        #expect(red.map(\.colour) == [.red, .red] && error != nil)
    }

    @Test(arguments: WarningKind.seen)
    func `of every kind that can be seen have a colour of their own`(kind: WarningKind) throws {
        let found = try Self.findings([]) { situation in
            situation.sightings = [Situation.Sighting(id: "1", kind: kind, colour: .yellow, person: [1])]
        }
        #expect(found.map(\.kind) == [kind])
    }

    @Test func `say whom to ask for where one person is meant`() throws {
        let pupil = Signal(source: "school/1", person: [2], date: date("2026-05-01"), .notEnrolled)
        let found = try Self.findings([pupil]) { situation in
            situation.persons = [Self.adult, Self.child].map {
                Situation.Person(id: $0.id, birth: $0.birth, schoolingEnds: date("2026-06-20"))
            }
        }
        #expect(found.first { $0.kind == .schooling }?.persons == ["school/1": [2]])
        #expect(
            found.first { $0.kind == .graduation }?.persons == [
                "schooling 01 until 2026-06-20": [1], "schooling 02 until 2026-06-20": [2],
            ])
    }

    @Test func `A1: bills of more than twelve months ago do not count`() throws {
        #expect(try Self.findings(Self.bills(["5000"]), on: "2027-01-09").count == 1)
        #expect(try Self.findings(Self.bills(["5000"]), on: "2027-01-10").isEmpty)
        #expect(try Self.findings(Self.bills(["5000"]), on: "2026-01-09").isEmpty)
    }

    @Test func `A2: a new certificate is orange, a severe one red, one that ends soon yellow`() throws {
        func certificate(_ grade: Int, until: String? = nil) -> Signal {
            Signal(
                source: "disabled/1", person: [1], date: date("2026-05-01"),
                .certificate(Disability(kind: 4, grade: grade)!, validTo: until.map(date)))
        }
        #expect(try Self.findings([certificate(3)]).first?.colour == .orange)
        #expect(try Self.findings([certificate(2)]).first?.colour == .red)
        let known: (inout Situation) -> Void = {
            $0.persons[0] = .init(id: [1], birth: date("1980-01-01"), disability: Disability(kind: 4, grade: 3)!)
        }
        #expect(try Self.findings([certificate(3)], known).isEmpty)
        #expect(try Self.findings([certificate(2)], known).first?.colour == .red)
        #expect(try Self.findings([certificate(3, until: "2026-07-31")], known).first?.colour == .yellow)
        #expect(try Self.findings([certificate(3, until: "2026-08-01")], known).isEmpty)
    }

    @Test(arguments: [
        (Signal.Fact.accident("fire"), WarningKind.accident, Colour.red),
        (.wageStopped, .incomeDrop, .yellow),
        (.income(before: Money(fen: 1000), now: Money(fen: 700)), .incomeDrop, .yellow),
        (.income(before: Money(fen: 1000), now: Money(fen: 500)), .incomeDrop, .orange),
        (.death, .death, .red),
        (.disaster(event: "e", houseDamaged: true), .disaster, .red),
        (.asset("vehicle"), .assets, .yellow),
        (.accountReturned(code: "01"), .accountReturned, .yellow),
    ])
    func `of one signal have its kind and colour`(fact: Signal.Fact, kind: WarningKind, colour: Colour) throws {
        let found = try Self.findings([Signal(source: "s", person: [1], date: date("2026-05-01"), fact)])
        // Of a death, who: nobody else's illness or accident leaves its department.
        #expect(
            found == [Finding(kind: kind, colours: ["s": colour], persons: kind == .death ? ["s": [1]] : [:])])
    }

    @Test(arguments: [
        Signal.Fact.income(before: Money(fen: 1000), now: Money(fen: 701)),
        .income(before: Money(fen: 1000), now: Money(fen: 1200)), .disaster(event: "e", houseDamaged: false),
        .medical(selfPaid: Money(fen: 1)), .entersSeniorSchool,
    ])
    func `are not raised by less`(fact: Signal.Fact) throws {
        #expect(try Self.findings([Signal(source: "s", person: [1], date: date("2026-05-01"), fact)]).isEmpty)
    }

    @Test func `A5: a child of school age who is not enrolled is red`() throws {
        func signal(_ person: [UInt8], _ fact: Signal.Fact) -> Signal {
            Signal(source: "school/1", person: person, date: date("2026-05-01"), fact)
        }
        #expect(try Self.findings([signal([2], .notEnrolled)]).first?.colour == .red)
        #expect(try Self.findings([signal([1], .notEnrolled)]).isEmpty)
        #expect(try Self.findings([signal([2], .entersSeniorSchool)], category: .edge).first?.colour == .yellow)
    }

    @Test func `A10 to A14: dates raise warnings by themselves`() throws {
        let found = try Self.findings([]) {
            $0.reviewDue = date("2026-05-31")
            $0.graceEnds = date("2026-06-30")
            $0.lastContact = date("2026-05-10")
            $0.persons[1] = .init(id: [2], birth: date("2018-01-01"), schoolingEnds: date("2026-06-30"))
        }
        #expect(found.map(\.kind) == [.reviewOverdue, .contactLost, .graduation, .graceEnds])
        #expect(found.map(\.colour) == [.yellow, .orange, .yellow, .yellow])
        #expect(try Self.findings([]) { $0.reviewDue = date("2026-06-01") }.isEmpty)
    }

    @Test func `several facts make one warning, with the heaviest colour`() throws {
        let found = try Self.findings([
            Signal(source: "a", person: [1], date: date("2026-05-01"), .wageStopped),
            Signal(
                source: "b", person: [2], date: date("2026-05-02"),
                .income(before: Money(fen: 100), now: Money(fen: 10))),
        ])
        #expect(
            found == [Finding(kind: .incomeDrop, colours: ["a": .yellow, "b": .orange])] && found[0].colour == .orange)
    }

    @Test func `red ones have a day to be acknowledged, three to be visited and five working days to be judged`() throws
    {
        var rules = try ruleBook()
        let deadlines = try #require(
            try WarningDeadlines(
                .red, issued: date("2026-09-30"), delivered: date("2026-09-30"), by: &rules,
                `Working days`.october))
        #expect(deadlines.acknowledge.due.date == date("2026-10-01"))
        #expect(deadlines.visit.due.date == date("2026-10-03"))
        #expect(deadlines.verdict.due.date == date("2026-10-13"))
    }

    /// Domain 4.13: nobody home three times in ten days.
    @Test func `A11: nobody home three times in ten days is lost contact, more slowly it is not`() throws {
        func kinds(_ days: [String]) throws -> [WarningKind] {
            try Self.findings([]) { $0.absences = days.map { date($0) } }.map(\.kind)
        }
        #expect(try kinds(["2026-05-30", "2026-05-25", "2026-05-20"]) == [.contactLost])
        #expect(try kinds(["2026-05-31", "2026-05-25", "2026-05-20"]).isEmpty)
        #expect(try kinds(["2026-05-30", "2026-05-25"]).isEmpty)
    }

    /// Domain 4.3: a bank return, as the list's own return says it.
    @Test func `A12: what the bank gave back is a warning`() throws {
        #expect(try Self.findings([]) { $0.returnedLines = ["77"] }.map(\.kind) == [.accountReturned])
    }

    /// Where a rule is missing what needs it is left out, and nothing else: money waits for a death all the same.
    @Test func `a missing rule keeps no death from being told`() throws {
        for name in [ParameterName.warnAbsentTimes, .warnMedical, .disposableIncome] {
            let situation = Situation(
                category: .none, persons: [Self.adult, Self.child],
                signals: Self.bills(["9800"]) + [Signal(source: "d", person: [1], date: date("2026-05-01"), .death)])
            var rules = try ruleBook(without: name)
            let (found, missing) = WarningRules.known(in: situation, on: date("2026-06-01"), by: &rules)
            #expect(found.contains { $0.kind == .death } && missing != nil, "\(name)")
        }
    }
}
