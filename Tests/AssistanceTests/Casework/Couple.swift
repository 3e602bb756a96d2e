import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

/// The couple of the seed article (domain 4.1, W2 to W5), entered at the village that owns it and read at the others.
struct Couple {
    let tree: TestTree
    let household: HouseholdID
    let today = date("2026-06-15")

    init(wages: String = "2900") throws {
        tree = try assistanceTree()
        let shipped = try ParameterSheet.read(ParameterSheet.shipped, area: district)
        _ = try Publishing.publish(shipped.values, in: tree[district], as: ActingUser("甲九"))
        try tree.exchangeAll()
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no, head_person) VALUES (office(), x'01', '001', x'11');
            INSERT INTO person (area, id, household, relation, name, birth, hukou_kind) VALUES
                (office(), x'11', x'01', 'head', '甲一', '1976-01-01', 'urban'),
                (office(), x'12', x'01', 'spouse', '乙一', '1978-01-01', 'urban')
            """)
        household = HouseholdID(area: village, id: [1])
        try add(.income(person: [0x11], kind: "wage", .monthly, year: 2026, money(wages), notCounted: nil, .declared))
    }

    func add(_ fact: NewFact, at office: OfficeCode = village) throws {
        try FactEntry.add(fact, to: household, in: tree[office], as: clerk, today: today)
    }

    func bills(_ amount: String) throws {
        try add(
            .rigidExpense(
                person: [0x12], kind: "medical", on: date("2026-05-01"), gross: money(amount), reimbursed: .zero,
                receipt: "R1"))
    }

    func assess(at office: OfficeCode, on day: CalendarDate? = nil) throws -> Assessment {
        try tree[office].read { try Assessment(household, on: day ?? today, $0) }
    }

    func entry(_ office: OfficeCode, on day: String = "2026-06-15") -> CaseEntry {
        CaseEntry(tree[office], as: clerk, today: date(day))
    }

    /// Up to the district's desk, with a visit and a notice.
    func forwarded() throws -> String {
        let id = try entry(village).open(.init(aidKind: "DB", hasConsent: true), for: household, again: true).hex
        try tree.exchangeAll()
        _ = try entry(town).step(.accept, id)
        _ = try entry(town).step(.investigate, id)
        _ = try entry(village).visit(
            id, on: today, by: ["丙一", "丙二"], seen: "甲一", findings: "属实")
        try tree.exchangeAll()
        _ = try entry(town).step(.firstReview, id)
        _ = try entry(town).notice(id, posted: date("2026-06-15"), place: "村务公开栏")
        _ = try entry(town, on: "2026-06-23").step(.forward, id)
        try tree.exchangeAll()
        return id
    }

    /// The district lets towns decide.
    func delegate() throws {
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "decision.delegated", validFrom: date("2026-06-01"), text: "yes",
                    document: "试3号")
            ], in: tree[district], as: clerk)
    }
}

func money(_ yuan: String) -> Money { Money(yuan: yuan)! }

extension CaseEntry {
    func visit(
        _ name: String, on day: CalendarDate, by visitors: [String], seen: String, findings: String
    ) throws -> CaseFile {
        try visit(name, HomeVisit(on: day, by: visitors, seen: seen, findings: findings, signedBy: visitors + [seen]))
    }
}

extension Couple {
    /// What came of looking at the paid months again; the desk keeps the same, whatever came in between.
    func looked(_ office: OfficeCode = district) throws -> PaidMonths {
        let months = try tree[office].read { try Overpayments.all(of: household, $0) }
        let kept = try Overpayments.all(in: office, of: tree[office]).first { $0.household == household }
        #expect(kept?.1 ?? PaidMonths() == months)
        return months
    }
}
