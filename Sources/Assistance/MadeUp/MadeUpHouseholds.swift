import ChangeSets

/// Households for demonstrations and measurements, which nobody can take for real ones: people are called 甲一 or 乙二,
/// their identity numbers are of division 990000, which does not exist, and their telephones have numbers with 0000.
///
/// The same arguments give the same households everywhere. Two calls may give two people the same identity number.
package enum MadeUpHouseholds {
    /// - Parameter areas: Villages, filled in turn; at least one.
    package static func households(count: Int, areas: [OfficeCode], seed: UInt64) -> [SheetHousehold] {
        precondition(!areas.isEmpty, "made-up households live somewhere")
        var maker = MadeUpMaker(seed: seed)
        return (0..<count).map { index in
            maker.household(area: areas[index % areas.count], number: index / areas.count + 1)
        }
    }

    /// The households as the text of a sheet.
    package static func csv(
        count: Int, areas: [OfficeCode], seed: UInt64, language: HouseholdSheet.Language = .chinese
    ) -> String {
        HouseholdSheet.text(of: households(count: count, areas: areas, seed: seed), in: language)
    }
}

private struct MadeUpMaker {
    private var random: MadeUpRandom
    private var identities: Set<String> = []

    /// Nobody is born in a later year, so that the same seed gives the same people next year too.
    private static let year = 2023
    private static let stems = Array("甲乙丙丁戊己庚辛壬癸").map(String.init)
    private static let numbers = Array("一二三四五六七八九十").map(String.init)

    init(seed: UInt64) { random = MadeUpRandom(seed: seed) }

    mutating func household(area: OfficeCode, number: Int) -> SheetHousehold {
        let headAge = 28 + random.below(58)
        let stem = random.pick(Self.stems)
        let headSex = random.pick(Sex.allCases)
        let ethnicity = random.below(10) == 0 ? "样例族" : "汉族"
        let hukou: HukouKind = random.below(4) == 0 ? .urban : .rural
        var members: [SheetPerson] = []
        func add(
            _ relation: Relation, age: Int, sex: Sex, stem: String, to maker: inout MadeUpMaker
        ) {
            members.append(
                maker.person(relation, age: age, sex: sex, stem: stem, ethnicity: ethnicity, hukou: hukou))
        }
        add(.head, age: headAge, sex: headSex, stem: stem, to: &self)
        if random.below(10) < 6 {
            add(
                .spouse, age: max(22, headAge - 4 + random.below(9)), sex: headSex == .male ? .female : .male,
                stem: random.pick(Self.stems), to: &self)
        }
        for _ in 0..<(headAge < 65 ? random.below(3) : 0) {
            add(
                .child, age: max(0, headAge - 22 - random.below(12)), sex: random.pick(Sex.allCases), stem: stem,
                to: &self)
        }
        if headAge < 60, random.below(5) == 0 {
            add(.parent, age: headAge + 20 + random.below(8), sex: random.pick(Sex.allCases), stem: stem, to: &self)
        }
        if headAge >= 60, random.below(5) == 0 {
            add(.grandchild, age: random.below(16), sex: random.pick(Sex.allCases), stem: stem, to: &self)
        }
        return SheetHousehold(
            area: area, number: "\(number)", address: "样例路\(1 + random.below(20))组\(number)号",
            phone: random.below(5) == 0 ? nil : "0000-\(1_000_000 + random.below(9_000_000))",
            cause: random.pick(HardshipCause.allCases), members: members)
    }

    private mutating func person(
        _ relation: Relation, age: Int, sex: Sex, stem: String, ethnicity: String, hukou: HukouKind
    ) -> SheetPerson {
        let name = stem + random.pick(Self.numbers) + (random.below(3) == 0 ? random.pick(Self.numbers) : "")
        while true {
            // Days up to 28 exist in every month, and such years in the calendar.
            guard
                let birth = CalendarDate(year: Self.year - age, month: 1 + random.below(12), day: 1 + random.below(28)),
                let number = identity(born: birth, sex)
            else { continue }
            // Some small children have no card yet.
            let hasCard = age > 6 || random.below(3) > 0
            return SheetPerson(
                name: name, identity: hasCard ? number : nil, sex: sex, birth: birth, relation: relation,
                ethnicity: ethnicity, hukou: hukou)
        }
    }

    /// - Returns: nil when the number is taken.
    private mutating func identity(born birth: CalendarDate, _ sex: Sex) -> IdentityNumber? {
        let sequence = 2 * random.below(500) + (sex == .male ? 1 : 0)
        guard let number = try? IdentityNumber(division: "990000", birth: birth, sequence: sequence),
            identities.insert(number.digits).inserted
        else { return nil }
        return number
    }
}

/// SplitMix64. Own choices too, as the standard library's may differ between versions.
private struct MadeUpRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// From 0 to `bound` - 1. The slight unevenness does not matter here.
    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Int(mixed % UInt64(bound))
    }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
