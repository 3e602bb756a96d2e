import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

/// Domain 3.4 B: one receipt counts once.
@Suite struct `A receipt that two households count` {
    @Test func `is told at both, without a name, until one has taken it back`() throws {
        let couple = try Couple()
        let other = HouseholdID(area: otherVillage, id: [0x02])
        try couple.tree[otherVillage].run(
            """
            INSERT INTO household (area, id, household_no, head_person) VALUES (office(), x'02', '002', x'21');
            INSERT INTO person (area, id, household, relation, name, birth, hukou_kind) VALUES
                (office(), x'21', x'02', 'head', '丙五', '1980-01-01', 'urban')
            """)
        func bill(_ receipt: String) -> NewFact {
            .rigidExpense(
                person: nil, kind: "medical", on: date("2026-05-01"), gross: money("500"), reimbursed: .zero,
                receipt: receipt)
        }
        func monitor() throws {
            try couple.tree.exchangeAll()
            _ = try Monitor(couple.tree[town], as: clerk, today: couple.today).run()
            try couple.tree.exchangeAll()
        }
        func told(_ home: HouseholdID, _ office: OfficeCode) throws -> [String] {
            try couple.tree[office].read { db in
                try WarningReading.all(of: home, db).filter { $0.kind == .duplicate }.flatMap {
                    try WarningReading.words(of: $0, db).map(\.says)
                }
            }
        }
        try couple.add(bill("R7"))
        try monitor()
        #expect(try told(couple.household, village).isEmpty)
        try FactEntry.add(bill("R8"), to: other, in: couple.tree[otherVillage], as: clerk, today: couple.today)
        try monitor()
        #expect(try told(couple.household, village).isEmpty && told(other, otherVillage).isEmpty)
        try FactEntry.add(bill("R7"), to: other, in: couple.tree[otherVillage], as: clerk, today: couple.today)
        try monitor()
        #expect(
            try told(couple.household, village) == ["A7 重复登记或享受: receipt R7 counts in \(otherVillage) as well"])
        #expect(try told(other, otherVillage) == ["A7 重复登记或享受: receipt R7 counts in \(village) as well"])
        // Also where the district has not published how urgent that is: then it is red, and said.
        let colours = couple.tree[district]
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "warning.colours", validFrom: date("2026-06-01"), text: "A6:3", document: "1")
            ], in: colours, as: clerk)
        _ = try Publishing.publish(
            [
                PublishedValue(
                    area: district, name: "exclusion.pairs", validFrom: date("2026-06-01"), text: "none", document: "1")
            ], in: colours, as: clerk)
        try couple.add(bill("R10"))
        try FactEntry.add(bill("R10"), to: other, in: couple.tree[otherVillage], as: clerk, today: couple.today)
        try couple.tree.exchangeAll()
        let report = try Monitor(couple.tree[town], as: clerk, today: couple.today).run()
        #expect(!report.failed.isEmpty)
        let warnings = try couple.tree[town].read { try WarningReading.all(of: couple.household, $0) }
        #expect(warnings.filter { $0.kind == .duplicate }.map(\.colour) == [.red])
        try couple.tree.exchangeAll()
        // Of one that was taken back nobody is told any more.
        try couple.add(bill("R8"))
        let eight = try #require(
            try couple.tree[otherVillage].read { try StoredFact.all(of: other, $0) }.first { fact in
                fact.values.contains { $0.value == .text("R8") }
            })
        try FactEntry.withdraw(eight, of: other, in: couple.tree[otherVillage], as: clerk)
        try monitor()
        #expect(try told(couple.household, village).count == 2 && told(other, otherVillage).count == 2)
    }
}
