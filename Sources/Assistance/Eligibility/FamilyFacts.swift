/// What is known of a family on a day: all that the rules look at, and nothing that says who it is.
package struct FamilyFacts: Hashable, Sendable {
    package var date: CalendarDate
    /// The rigid expense of the twelve months up to this day counts (R2).
    package var appliedOn: CalendarDate
    /// The people who live together. Those who owe support but live elsewhere are no members (domain 3.2).
    package var members: [Member]
    package var incomes: [IncomeItem]
    package var rigidExpenses: [RigidExpense]
    package var assets: [Asset]
    /// Whether somebody who owes support is able to give it.
    package var hasAbleObligor: Bool
    /// 防止返贫监测对象, as the department for the countryside says.
    package var povertyReturn: PovertyReturn?
    /// 其他困难: a hardship that the town has recognised.
    package var hasRecognisedHardship: Bool
    /// Papers or questions refused, or facts hidden, as the town has found.
    package var misconduct: String?
    /// The division, where the household is registered in another district: that one decides (domain 5.1).
    package var registeredElsewhere: String?

    package init(
        date: CalendarDate, appliedOn: CalendarDate? = nil, members: [Member], incomes: [IncomeItem] = [],
        rigidExpenses: [RigidExpense] = [],
        assets: [Asset] = [], hasAbleObligor: Bool = true, povertyReturn: PovertyReturn? = nil,
        hasRecognisedHardship: Bool = false, misconduct: String? = nil, registeredElsewhere: String? = nil
    ) {
        self.date = date
        self.appliedOn = appliedOn ?? date
        self.members = members
        self.incomes = incomes
        self.rigidExpenses = rigidExpenses
        self.assets = assets
        self.hasAbleObligor = hasAbleObligor
        self.povertyReturn = povertyReturn
        self.hasRecognisedHardship = hasRecognisedHardship
        self.misconduct = misconduct
        self.registeredElsewhere = registeredElsewhere
    }
}

package struct Member: Hashable, Sendable {
    /// Which member a result speaks of; unique in the family.
    package let id: [UInt8]
    package var birth: CalendarDate
    package var isSeriouslyIll: Bool
    package var disabilities: [Disability]
    package var isInSecondarySchool: Bool
    /// The six acts of self-care (eating, dressing, bed, toilet, walking indoors, bathing) that fail, 0 to 6; nil when
    /// nobody assessed them.
    package var failedSelfCareActs: Int?
    package var livesInInstitution: Bool

    package init(
        id: [UInt8], birth: CalendarDate, isSeriouslyIll: Bool = false, disabilities: [Disability] = [],
        isInSecondarySchool: Bool = false, failedSelfCareActs: Int? = nil, livesInInstitution: Bool = false
    ) {
        self.id = id
        self.birth = birth
        self.isSeriouslyIll = isSeriouslyIll
        self.disabilities = disabilities
        self.isInSecondarySchool = isInSecondarySchool
        self.failedSelfCareActs = failedSelfCareActs
        self.livesInInstitution = livesInInstitution
    }

    /// All that the rules look at, for a trace: `age 66, disability 5:2, seriously ill`.
    func shown(on date: CalendarDate) -> String {
        var words = ["age \(birth.age(on: date))"]
        words += disabilities.map { "disability \($0.kind):\($0.grade)" }
        if isSeriouslyIll { words.append("seriously ill") }
        if isInSecondarySchool { words.append("in secondary school") }
        if let failedSelfCareActs { words.append("\(failedSelfCareActs) of 6 acts of self-care fail") }
        if livesInInstitution { words.append("lives in an institution") }
        return words.joined(separator: ", ")
    }
}

/// Money that comes in, or what it costs to earn it.
package struct IncomeItem: Hashable, Sendable {
    package enum Basis: String, Sendable, CaseIterable {
        case monthly
        case annual
        /// 就业成本: deducted, a year.
        case employmentCost = "employment_cost"
    }

    package let basis: Basis
    package let amount: Money
    /// Some income is not counted (preferential pensions, scholarships, relief itself).
    package let isCounted: Bool

    package init(_ basis: Basis, _ amount: Money, isCounted: Bool = true) {
        self.basis = basis
        self.amount = amount
        self.isCounted = isCounted
    }
}

/// 刚性支出: what a family could not avoid to spend.
package struct RigidExpense: Hashable, Sendable {
    package let kind: String
    /// The day it was paid; only the twelve months before the application count.
    package let date: CalendarDate
    package let gross: Money
    /// By insurance, medical aid, commercial cover and charity.
    package let reimbursed: Money
    /// Of the receipt; one receipt counts once. Empty where there is none.
    package let receipt: String

    package init(_ kind: String, on date: CalendarDate, gross: Money, reimbursed: Money = .zero, receipt: String = "") {
        self.kind = kind
        self.date = date
        self.gross = gross
        self.reimbursed = reimbursed
        self.receipt = receipt
    }
}

package struct Asset: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case home, vehicle, deposit, securities, insurance, business, land, other
    }

    package let kind: Kind
    package let value: Money
    /// For a reason that is written down, such as a vehicle that a disabled person drives.
    package let isExempt: Bool

    package init(_ kind: Kind, _ value: Money = .zero, isExempt: Bool = false) {
        self.kind = kind
        self.value = value
        self.isExempt = isExempt
    }
}

package enum PovertyReturn: String, Sendable, CaseIterable {
    case unstable = "FP1"
    case atRisk = "FP2"
    case suddenHardship = "FP3"
}

/// Facts from which nothing can be computed.
package enum FactsError: Error, Hashable, CustomStringConvertible {
    case noMembers
    case tooManyMembers(Int)
    case negative(String)
    case reimbursedMoreThanSpent(kind: String)
    case bornLater(CalendarDate)

    package var description: String {
        switch self {
        case .noMembers: "the household has no living members; register them first"
        case .tooManyMembers(let count):
            "the household has \(count) members; more than \(EligibilityLimits.membersMax) are a mistake"
        case .negative(let what): "\(what) is negative; correct it"
        case .reimbursedMoreThanSpent(let kind):
            "more of a \(kind) expense is reimbursed than was spent; compare it with the receipt"
        case .bornLater(let birth): "a member is born on \(birth), which is yet to come; correct the date"
        }
    }
}

enum EligibilityLimits {
    /// So that sums stay within 64 bits.
    static let membersMax = 100
}

extension FamilyFacts {
    /// - Throws: ``FactsError`` for the first thing that cannot be.
    func check() throws(FactsError) {
        if members.isEmpty { throw .noMembers }
        if members.count > EligibilityLimits.membersMax { throw .tooManyMembers(members.count) }
        if let young = members.first(where: { $0.birth > date }) { throw .bornLater(young.birth) }
        if incomes.contains(where: { $0.amount < .zero }) { throw .negative("an income") }
        for expense in rigidExpenses {
            if expense.gross < .zero || expense.reimbursed < .zero { throw .negative("a \(expense.kind) expense") }
            if expense.reimbursed > expense.gross { throw .reimbursedMoreThanSpent(kind: expense.kind) }
        }
        if assets.contains(where: { $0.value < .zero }) { throw .negative("the value of a possession") }
    }
}
