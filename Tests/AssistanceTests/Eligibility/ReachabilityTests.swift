import Assistance
import Testing

/// Domain 4.1, R9 [S5]: a rule set under which no family can ever be of some category is a mistake in its figures. One in use requires
/// R/Y between 50 and 60 %, an income below twice the standard and what is left still above the standard: nobody can be.
@Suite struct `Every category is reachable` {
    static func reached(_ replaced: [ParameterName: String]) throws -> Set<Assistance.Category> {
        var reached: Set<Assistance.Category> = []
        for income in stride(from: 0, through: 8000, by: 250) {
            for rigid in stride(from: 0, through: 60_000, by: 10_000) {
                for variant in 0..<4 {
                    var family = family(income: income, rigid: rigid)
                    family.povertyReturn = variant == 1 ? .atRisk : nil
                    family.hasRecognisedHardship = variant == 2
                    if variant == 3 {
                        family.hasAbleObligor = false
                        family.members = [Member(id: [0], birth: date("1950-01-01"), livesInInstitution: rigid > 0)]
                    }
                    reached.insert(try Eligibility.determine(family, by: ruleBook(replaced)).category)
                }
            }
        }
        return reached
    }

    static func family(income: Int, rigid: Int) -> FamilyFacts {
        FamilyFacts(
            date: date("2026-06-01"), members: [0, 1].map { Member(id: [$0], birth: date("1980-01-01")) },
            incomes: [IncomeItem(.monthly, Money(fen: Int64(income) * 100))],
            rigidExpenses: [RigidExpense("medical", on: date("2026-03-01"), gross: Money(fen: Int64(rigid) * 100))])
    }

    @Test func `under the parameters that are shipped`() throws {
        #expect(try Self.reached([:]) == Set(Assistance.Category.allCases))
    }

    @Test func `and the search sees it where one is not`() throws {
        let reached = try Self.reached([.disposableIncome: "1"])
        #expect(Set(Assistance.Category.allCases).subtracting(reached) == [.rigidExpense])
    }
}
