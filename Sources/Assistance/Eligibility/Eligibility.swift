/// 认定: which category a family is of, and what it gets a month (domain 4.1). A pure function of the facts and of the
/// rules of the day.
package enum Eligibility {
    /// - Throws: ``FactsError`` when the facts cannot be, ``RuleError`` when the rules of that day say too little.
    package static func determine(_ family: FamilyFacts, by book: RuleBook) throws -> Determination {
        try family.check()
        var computation = Computation(family: family, rules: book)
        return try computation.run()
    }

    struct Computation {
        let family: FamilyFacts
        var rules: RuleBook
        var trace = Trace()

        init(family: FamilyFacts, rules: RuleBook) {
            self.family = family
            self.rules = rules
        }

        mutating func run() throws(RuleError) -> Determination {
            trace.input("date", family.date)
            trace.input("registration", rules.hukouKind)
            for (place, member) in family.members.enumerated() {
                trace.input("member \(place + 1)", member.shown(on: family.date))
            }
            trace.input("able to support them", family.hasAbleObligor ? "somebody" : "nobody")
            let income = try CountableIncome(family, &rules, &trace)
            let standard = try rules.money(.dibaoStandard)
            let found = try category(income, standard)
            let amounts = try Amounts.amounts(for: found, family, income, standard, &rules, &trace)
            trace.close(with: rules.used)
            return Determination(
                category: found.category, base: amounts.base, care: amounts.care, supplements: amounts.supplements,
                coveredAlone: found.coveredAlone, trace: trace)
        }

        struct Found {
            let category: Category
            var coveredAlone: [[UInt8]] = []
        }

        /// R4: the first test that holds decides; registration, property and conduct come before all.
        private mutating func category(_ income: CountableIncome, _ standard: Money) throws(RuleError) -> Found {
            if let region = family.registeredElsewhere {
                trace.result("R4", "registered in another district", region)
                return Found(category: .none)
            }
            if let misconduct = family.misconduct {
                trace.result("R4", "conduct", misconduct)
                return Found(category: .none)
            }
            if try !PropertyTest.fits(family, standard, &rules, &trace) { return Found(category: withoutProperty()) }
            if try isDestitute(income, standard) {
                let isCaredFor = family.members.allSatisfy(\.livesInInstitution)
                return Found(category: isCaredFor ? .destituteInInstitution : .destituteAtHome)
            }
            if trace.comparison(
                "R4.2", "c < S", income.perHead, "<", standard, income.isBelow(Ratio(1), of: standard))
            {
                return Found(category: .dibao)
            }
            let factor = try rules.ratio(.edgeFactor)
            let isTopIncluded = try rules.flag(.edgeTopIncluded)
            if trace.comparison(
                "R4.4", isTopIncluded ? "c <= k S" : "c < k S", income.perHead, isTopIncluded ? "<=" : "<",
                Shown.product(factor, standard), income.isBelow(factor, of: standard, including: isTopIncluded))
            {
                return Found(category: .edge, coveredAlone: try coveredAlone())
            }
            if try hasRigidExpense(income) { return Found(category: .rigidExpense) }
            return Found(category: withoutProperty())
        }

        /// R4.1: everybody in the family is old, a child or disabled, there is no income, and nobody can support them.
        private mutating func isDestitute(_ income: CountableIncome, _ standard: Money) throws(RuleError) -> Bool {
            let elderly = try rules.number(.destituteElderlyAge)
            let minor = try rules.number(.destituteMinorAge)
            let countsPupils = try rules.flag(.destituteSecondarySchool)
            let disabilities = try rules.disabilities(.destituteDisabilities)
            let share = try rules.ratio(.destituteIncome)
            let unable = family.members.filter { member in
                let age = member.birth.age(on: family.date)
                return age >= elderly || age < minor || (countsPupils && member.isInSecondarySchool)
                    || member.disabilities.contains(where: disabilities.contains)
            }
            return trace.comparison(
                "R4.1", "everybody is unable to work", unable.count, "=", family.members.count,
                unable.count == family.members.count)
                && trace.comparison(
                    "R4.1", "no source of income", Shown.exact(income.income.fen, over: 12 * Int64(income.heads)), "<=",
                    Shown.product(share, standard),
                    income.isBelow(share, of: standard, including: true, whole: income.income))
                && trace.comparison(
                    "R4.1", "nobody is able to support them", family.hasAbleObligor ? "able" : "none", "=", "none",
                    !family.hasAbleObligor)
        }

        /// R4.3: in an edge family, whoever is seriously ill or disabled may be covered alone.
        private mutating func coveredAlone() throws(RuleError) -> [[UInt8]] {
            let disabilities = try rules.disabilities(.singleDisabilities)
            let alone = family.members.filter {
                $0.isSeriouslyIll || $0.disabilities.contains(where: disabilities.contains)
            }
            trace.result("R4.3", "members covered alone", alone.count)
            return alone.map(\.id)
        }

        /// R4.5. A family without income has no ratio; it is one of the categories before.
        private mutating func hasRigidExpense(_ income: CountableIncome) throws(RuleError) -> Bool {
            let disposable = try rules.money(.disposableIncome)
            let ratio = try rules.ratio(.rigidRatio)
            let heads = Int64(income.heads)
            let isPoorer = Int128(income.income.fen) < Int128(heads) * Int128(disposable.fen)
            return trace.comparison(
                "R4.5", "Y / n < disposable income", Shown.exact(income.income.fen, over: heads), "<", disposable,
                isPoorer)
                && trace.comparison(
                    "R4.5", "R / Y >= q", "\(income.rigid) / \(income.income)", ">=", ratio,
                    income.rigid.reaches(ratio, of: income.income))
        }

        /// R4.6: what does not hang on income or property.
        private mutating func withoutProperty() -> Category {
            if let kind = family.povertyReturn {
                trace.result("R4.6", "monitored against return to poverty", kind.rawValue)
                return .povertyReturn
            }
            if family.hasRecognisedHardship {
                trace.result("R4.6", "hardship recognised by the town", "yes")
                return .other
            }
            return .none
        }
    }
}

/// 财产: tested before any category that gives money.
enum PropertyTest {
    static func fits(
        _ family: FamilyFacts, _ standard: Money, _ rules: inout RuleBook, _ trace: inout Trace
    ) throws(RuleError) -> Bool {
        let counted = family.assets.filter { !$0.isExempt }
        var fits = true
        let limits: [(Asset.Kind, ParameterName)] = [
            (.vehicle, .assetVehicles), (.home, .assetHomes), (.business, .assetBusinesses),
        ]
        for (kind, name) in limits {
            let limit = try rules.number(name)
            let count = counted.count { $0.kind == kind }
            if !trace.comparison("R4.0", "\(kind.rawValue)", count, "<=", limit, count <= limit) { fits = false }
        }
        let months = try rules.number(.assetMonths)
        let money = counted.filter { [.deposit, .securities, .insurance].contains($0.kind) }
            .reduce(Money.zero) { $0 + $1.value }
        let limit = standard * (months * family.members.count)
        if !trace.comparison("R4.0", "deposits", money, "<=", limit, money <= limit) { fits = false }
        return fits
    }
}
