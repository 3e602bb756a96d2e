import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 3.4 (`grievance`) and 3.5: above the office concerned only.
@Suite struct `A complaint` {
    private func entry(_ tree: TestTree, _ office: OfficeCode) -> ComplaintEntry {
        ComplaintEntry(tree[office], as: clerk, today: date("2026-06-15"))
    }

    private func all(_ tree: TestTree, _ office: OfficeCode) throws -> [Complaint] {
        try tree[office].read { try Complaints.all(in: district, answered: true, $0) }
    }

    @Test func `about a village is at its town and the district, and never at a village`() throws {
        let couple = try Couple()
        let tree = couple.tree
        let taken = try entry(tree, town).take(
            about: village, source: "letter", complainant: "己一", text: "办事拖延")
        try tree.exchangeAll()
        for office in [town, district] {
            #expect(try all(tree, office).map(\.complainant) == ["己一"])
        }
        for office in [village, otherVillage] {
            #expect(try all(tree, office).isEmpty)
            // Nor is it in any change set that came there.
            let bodies = try tree[office].rows(
                "SELECT count(*) FROM sanji_change_set WHERE instr(body, CAST('办事拖延' AS BLOB)) > 0")
            #expect(bodies == ["0"])
        }
        // Fifteen working days from Monday 15 June.
        #expect(try tree[town].read { try taken.due($0) }?.date == date("2026-07-06"))
        let answered = try entry(tree, town).answer(taken.id.hex, text: "已约谈", satisfied: nil)
        #expect(answered.isOpen)
        try tree.exchangeAll()
        let settled = try entry(tree, district).answer(taken.id.hex, text: "已整改", satisfied: false)
        #expect(!settled.isOpen && Set(settled.answers.map(\.office)) == [town, district])
        #expect(try tree[district].read { try Complaints.all(in: district, answered: false, $0) }.isEmpty)
    }

    @Test func `about a town is the district's alone`() throws {
        let couple = try Couple()
        let tree = couple.tree
        _ = try entry(tree, district).take(about: town, source: "hotline", text: "不受理")
        try tree.exchangeAll()
        #expect(try all(tree, district).count == 1)
        for office in [town, village] { #expect(try all(tree, office).isEmpty) }
    }

    @Test func `is taken down above the office that it is about, and says something`() throws {
        let couple = try Couple()
        let tree = couple.tree
        #expect(throws: ComplaintError.notAbove(village, office: village)) {
            try entry(tree, village).take(about: village, source: "", text: "慢")
        }
        #expect(throws: ComplaintError.notAbove(town, office: town)) {
            try entry(tree, town).take(about: town, source: "", text: "慢")
        }
        #expect(throws: ComplaintError.aboutDistrict) {
            try entry(tree, district).take(about: district, source: "", text: "慢")
        }
        #expect(throws: ComplaintError.empty("complaint")) {
            try entry(tree, town).take(about: village, source: "", text: " ")
        }
    }
}

@Suite struct `An objection that is not for the village` {
    @Test func `is told there without words and name, and whole at the town and the district`() throws {
        let couple = try Couple()
        try couple.bills("34800")
        let id = try couple.forwarded()
        _ = try couple.entry(town).objection(id, text: "隐瞒房产", objector: "庚一", hidden: true)
        try couple.tree.exchangeAll()
        for office in [town, district] {
            let file = try couple.tree[office].read { try CaseReading.one(id, $0) }
            #expect(file.hiddenObjections.map(\.text) == ["隐瞒房产"] && file.hiddenObjections.map(\.objector) == ["庚一"])
        }
        let file = try couple.tree[village].read { try CaseReading.one(id, $0) }
        #expect(file.hiddenObjections.isEmpty && file.objections.count == 1)
        for word in ["隐瞒房产", "庚一"] {
            let found = try couple.tree[village].rows(
                "SELECT count(*) FROM sanji_change_set WHERE instr(body, CAST('\(word)' AS BLOB)) > 0")
            #expect(found == ["0"], "\(word)")
        }
        #expect(throws: CaseError.notHidden) {
            try couple.entry(village).objection(id, text: "有车", hidden: true)
        }
        // The district looks for itself, as after any objection.
        #expect(throws: CaseError.mustVisitItself) {
            try couple.entry(district, on: "2026-06-24").confirm(id, document: "1")
        }
    }
}
