import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private let july = CalendarMonth(written: "2026-07")!

extension Couple {
    static let man = "990000196001010013"

    /// The couple of W4 with an identity number, confirmed and paid for July.
    static func paid() throws -> Couple {
        let couple = try Couple.confirmed()
        try couple.tree[town].run("UPDATE person SET id_number = '\(Self.man)' WHERE id = x'11'")
        try couple.account()
        _ = try couple.paid()
        try couple.tree.exchangeAll()
        return couple
    }

    @discardableResult
    func grants(_ department: String, _ lines: String..., at office: OfficeCode = district) throws -> GrantReport {
        try GrantImport.import(
            Array(([GrantSheet.header.joined(separator: ",")] + lines).joined(separator: "\n").utf8),
            department: department, into: tree[office], as: clerk, today: date("2026-07-20"))
    }

    func list(_ office: OfficeCode = village, _ month: CalendarMonth = july) throws -> AssistanceList {
        try tree[office].read { try AssistanceList(of: household, month, today: date("2026-07-20"), $0) }
    }

    @discardableResult
    func monitor(_ office: OfficeCode = district, on day: String = "2026-07-20") throws -> MonitorReport {
        try Monitor(tree[office], as: clerk, today: date(day)).run()
    }

    func duplicates(_ office: OfficeCode = district) throws -> [Colour] {
        try tree[office].read { try WarningReading.all(of: household, $0) }.filter { $0.kind == .duplicate }
            .map(\.colour)
    }
}

/// Domain 4.5: money counts, aid in kind is named with its worth and not added.
@Suite struct `What other departments give` {
    /// Domain 4.5: what is given once does not stop, and nobody waits for it the month after.
    @Test func `is no change the month after where it was given once, and is where it comes by the month`() throws {
        let couple = try Couple.paid()
        try couple.grants(
            "医保", "1,\(Couple.man),2026-06,medical,,医保1号,20500,,,2026-06-10",
            "2,\(Couple.man),2026-06,old_age,,民1号,100,,,2026-06-10")
        let list = try couple.list(district)
        #expect(list.lines.filter { $0.status == .notReported }.map(\.programme) == ["高龄津贴"])
        #expect(!list.changes.contains { $0.programme == "医疗救助" })
    }

    @Test func `is taken for a misprinted number that is registered so`() throws {
        let couple = try Couple.paid()
        let line = "1,990000196001010014,2026-07,medical,,医保1号,28000,,,2026-07-10"
        #expect(try couple.grants("医保", line).refused.map(\.fault) == [.identity(.check)])
        try couple.tree[town].run("UPDATE person SET id_number = '990000196001010014' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        #expect(try couple.grants("医保", line).new == 1)
        #expect(try couple.list(district).lines.first { $0.department == "医保" }?.person == "乙一")
    }

    @Test func `is taken back where a line was wrong, and comes anew under its number`() throws {
        let couple = try Couple.paid()
        let (wrong, right) = (
            "1,\(Couple.man),2026-07,medical,,医保〔2026〕1号,28000,,,2026-07-10",
            "1,\(Couple.man),2026-07,medical,,医保〔2026〕1号,2800,,,2026-07-10"
        )
        try couple.grants("医保", wrong)
        try couple.tree.exchangeAll()
        #expect(try couple.grants("医保", right).refused.map(\.fault) == [.saysOtherwise])
        func withdraw(_ line: String, at office: OfficeCode) throws -> Grant {
            try GrantImport.withdraw(
                line, of: "医保", reason: "多录一位", in: couple.tree[office], as: clerk, today: date("2026-07-20"))
        }
        #expect(throws: WithdrawalError.notYours(district)) { _ = try withdraw("1", at: town) }
        #expect(throws: WithdrawalError.noSuchLine(department: "医保", number: "2")) {
            _ = try withdraw("2", at: district)
        }
        #expect(try withdraw("1", at: district).amount == money("28000"))
        try couple.tree.exchangeAll()
        for office in [village, town, district] { #expect(try couple.list(office).total == money("2344")) }
        #expect(try couple.grants("医保", right).new == 1)
        #expect(try couple.grants("医保", wrong).known == 1 && couple.grants("医保", right).known == 1)
        try couple.tree.exchangeAll()
        for office in [village, town, district] { #expect(try couple.list(office).total == money("5144")) }
        let spent = try Statistics(july, today: date("2026-07-20"), in: couple.tree[district])
        #expect(spent.spending.filter { $0.department == "医保" }.map(\.amount) == [money("2800")])
    }

    @Test func `is on the family's list at every office, in kind beside the sum`() throws {
        let couple = try Couple.paid()
        let report = try couple.grants(
            "医保", "1,\(Couple.man),2026-07,medical,,医保〔2026〕1号,28000,,,2026-07-10",
            "2,\(Couple.man),2026-07,disaster,棉被发放,应急〔2026〕2号,,2床,160,2026-07-12")
        #expect(report.new == 2 && report.refused.isEmpty)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            let list = try couple.list(office)
            #expect(list.total == money("30344"))
            let given = list.lines.filter { $0.department == "医保" }
            #expect(given.map(\.programme) == ["医疗救助", "棉被发放"] || given.map(\.programme) == ["棉被发放", "医疗救助"])
            let inKind = try #require(given.first { $0.quantity != nil })
            #expect(inKind.amount == .zero && inKind.value == money("160") && inKind.person == "甲一")
        }
    }

    @Test func `is one line whoever imports it, and as often as it comes`() throws {
        let couple = try Couple.paid()
        let line = "1,\(Couple.man),2026-07,old_age,,,100,,,2026-07-10"
        try couple.grants("民政", line)
        try couple.grants("民政", line, at: town)
        #expect(try couple.grants("民政", line).known == 1)
        try couple.tree.exchangeAll()
        for office in [village, town, district] {
            #expect(try couple.list(office).lines.count { $0.programme == "高龄津贴" } == 1)
        }
        #expect(try couple.tree[district].conflicts().isEmpty)
        let other = try couple.grants("民政", "1,\(Couple.man),2026-07,old_age,,,200,,,2026-07-10")
        #expect(other.refused.map(\.fault) == [.saysOtherwise] && other.new == 0)
    }

    @Test func `is taken although a town has put an empty row under its id`() throws {
        let couple = try Couple.paid()
        let line = "1,\(Couple.man),2026-07,old_age,,,100,,,2026-07-10"
        let id = UUIDs.version5("department_grant/民政/1").hex
        try couple.tree[town].run("INSERT INTO department_grant (area, id) VALUES ('\(village)', x'\(id)')")
        try couple.tree.exchangeAll()
        #expect(try couple.grants("民政", line).new == 1 && couple.grants("民政", line).known == 1)
        #expect(try couple.list(district).lines.contains { $0.programme == "高龄津贴" })
    }

    @Test func `is taken although a town off the family's branch has written its like`() throws {
        let (otherTown, itsVillage) = ("990000106", "990000106001")
        let tree = try TestTree(
            [district.digits, town.digits, village.digits, otherTown, itsVillage], domain: AssistanceSchema.domain)
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no) VALUES (office(), x'01', '001');
            INSERT INTO person (area, id, household, name, id_number) VALUES (office(), x'11', x'01', '甲一', '\(Couple.man)')
            """)
        // Word for word what the district is about to import, but for somebody of its own.
        let id = UUIDs.version5("department_grant/民政/1").hex
        try tree[try OfficeCode(otherTown)].run(
            """
            INSERT INTO department_grant (area, id, household, department, kind, programme, basis, month, amount_fen, value_fen, paid_on)
                VALUES ('\(itsVillage)', x'\(id)', x'77', '民政', 'old_age', '', '', '2026-07', 10000, 0, '2026-07-10')
            """)
        for (below, above) in [(village, town), (try OfficeCode(itsVillage), try OfficeCode(otherTown))] {
            try tree.send(from: below, to: above)
            try tree.send(from: above, to: district)
        }
        let file = GrantSheet.header.joined(separator: ",") + "\n1,\(Couple.man),2026-07,old_age,,,100,,,2026-07-10\n"
        let taken = try GrantImport.import(
            Array(file.utf8), department: "民政", into: tree[district], as: clerk, today: date("2026-07-20"))
        #expect(taken.new == 1 && taken.known == 0 && taken.refused.isEmpty)
    }

    @Test func `told with the answer to a referral and by the department's own list counts once`() throws {
        let couple = try Couple.paid()
        let entry = ReferralEntry(couple.tree[district], as: clerk, today: date("2026-07-15"))
        let referral = try entry.send(couple.household, to: .medicalInsurance, need: "医疗救助")
        _ = try entry.answer(
            referral.id.hex, .given, .init(programme: "医疗救助", amount: money("28000"), month: july))
        #expect(try couple.list(district).total == money("30344"))
        try couple.grants("医保", "1,\(Couple.man),2026-07,medical,,,28000,,,2026-07-10")
        #expect(try couple.list(district).total == money("30344"))
        try couple.grants("医保", "2,\(Couple.man),2026-07,medical,,,28000,,,2026-07-11")
        #expect(try couple.list(district).total == money("58344"))
    }

    @Test(
        arguments: [
            (",\(Couple.man),2026-07,medical,,,1,,,", .number),
            ("1,990000196001010014,2026-07,medical,,,1,,,", .identity(.check)),
            ("1,\(Couple.man),2026-08,medical,,,1,,,", .month("2026-08")),
            ("1,\(Couple.man),2026-07,gold,,,1,,,", .kind("gold")),
            ("1,\(Couple.man),2026-07,medical,,,one,,,", .amount("one")),
            ("1,\(Couple.man),2026-07,medical,,,,,,", .nothing),
            ("1,\(Couple.man),2026-07,medical,,,0,,,", .nothing),
            ("1,\(Couple.man),2026-07,medical,,,5,2床,,", .both),
            ("1,\(Couple.man),2026-07,medical,,,5,,,2026-07-21", .date("2026-07-21")),
            ("1,990000195803150021,2026-07,medical,,,5,,,", .nobody),
            ("1,\(Couple.man),2026-07", .cells(3)),
        ] as [(String, GrantFault)])
    func `is refused line by line with the reason`(line: String, fault: GrantFault) throws {
        let couple = try Couple.confirmed()
        try couple.tree[town].run("UPDATE person SET id_number = '\(Couple.man)' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        let report = try couple.grants("医保", line, "9,\(Couple.man),2026-07,medical,,,7,,,")
        #expect(report.refused.map(\.fault) == [fault] && report.refused.map(\.line) == [2] && report.new == 1)
    }

    /// Domain 4.5: lines from departments that sent data late carry "not yet reported"; each change has its reason.
    @Test func `that has not come this month has not stopped, until its department's list is here without it`() throws {
        let couple = try Couple()
        try couple.tree.exchangeAll()
        try couple.tree[town].run("UPDATE person SET id_number = '\(Couple.man)' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        let june = CalendarMonth(written: "2026-06")!
        try couple.grants("民政", "1,\(Couple.man),2026-06,old_age,高龄津贴,民3号,100,,,2026-06-10")
        try couple.tree.exchangeAll()
        let first = try #require(try couple.list(village, june).changes.first)
        #expect(first.direction == .new && first.reason == .paper(department: "民政", basis: "民3号"))
        let waiting = try couple.list(village)
        #expect(waiting.lines.map(\.status) == [.notReported] && waiting.lines.map(\.programme) == ["高龄津贴"])
        #expect(waiting.changes.isEmpty && waiting.total == .zero)
        try couple.tree[town].run("UPDATE person SET id_number = '990000195803150021' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        try couple.grants("民政", "2,990000195803150021,2026-07,old_age,其他津贴,,50,,,")
        try couple.tree.exchangeAll()
        let stopped = try couple.list(village).changes.first { $0.programme == "高龄津贴" }
        #expect(stopped?.direction == .stopped && stopped?.reason == .noLine(department: "民政"))
    }

    @Test func `is imported at a town or the district, and a village is told so`() throws {
        let couple = try Couple()
        #expect(throws: SignalImportError.village(village)) { try couple.grants("医保", at: village) }
        #expect(throws: SignalImportError.unnamed) { try couple.grants("") }
    }
}

/// Domain 4.14: pairs as data; 4.3, A7: red if paid twice, else orange.
@Suite struct `Kinds of aid that exclude each other` {
    @Test func `raise one warning that names the pair, red once both are paid`() throws {
        let couple = try Couple.confirmed()
        try couple.tree[town].run("UPDATE person SET id_number = '\(Couple.man)' WHERE id = x'11'")
        try couple.tree.exchangeAll()
        try couple.grants("民政", "1,\(Couple.man),2026-07,orphan,,,1800,,,2026-07-10")
        try couple.monitor()
        // Decided for July, and not paid yet.
        #expect(try couple.duplicates() == [.orange])
        try couple.account()
        _ = try couple.paid()
        try couple.monitor()
        #expect(try couple.duplicates() == [.red])
        try couple.monitor()
        #expect(try couple.tree[district].rows("SELECT count(*) FROM alert") == ["1"])
        let warning = try #require(
            try couple.tree[district].read { try WarningReading.all(of: couple.household, $0) }.first)
        let words = try couple.tree[district].read { try WarningReading.words(of: warning, $0) }.map(\.says)
        #expect(words.allSatisfy { $0.contains("orphan+DB 2026-07") } && words.contains { $0.hasSuffix("paid") })
    }

    @Test func `do not where they are another person's, another month's, or no pair`() throws {
        let couple = try Couple.paid()
        try couple.tree[town].run("UPDATE person SET id_number = '990000195803150021' WHERE id = x'12'")
        try couple.tree.exchangeAll()
        try couple.grants(
            "民政", "1,\(Couple.man),2026-07,disability_care,,,100,,,",
            "2,990000195803150021,2026-07,work_injury_nursing,,,9,,,",
            "3,\(Couple.man),2026-04,orphan,,,9,,,", "4,\(Couple.man),2026-07,old_age,,,9,,,")
        try couple.monitor()
        #expect(try couple.duplicates().isEmpty)
        try couple.grants("民政", "5,\(Couple.man),2026-07,work_injury_nursing,,,9,,,")
        try couple.monitor()
        #expect(try couple.duplicates() == [.red])
    }

    /// What a department pays comes to be known months later.
    @Test func `are found on a list that comes late`() throws {
        let couple = try Couple.paid()
        try couple.grants(
            "民政", "1,\(Couple.man),2026-03,disability_care,,,100,,,",
            "2,\(Couple.man),2026-03,work_injury_nursing,,,9,,,")
        try couple.monitor()
        #expect(try couple.duplicates() == [.red])
    }

    @Test func `stop nothing else of monitoring where the district has not published them`() throws {
        let couple = try Couple.paid()
        try couple.tree[district].run("UPDATE param SET row_state = 'void' WHERE name = 'exclusion.pairs'")
        let lines = [SignalKind.accident.header.joined(separator: ","), "1,\(Couple.man),2026-07-14,fire"]
        _ = try SignalImport.import(
            Array(lines.joined(separator: "\n").utf8), .accident, department: "应急", batch: "1",
            into: couple.tree[district], as: clerk, today: date("2026-07-20"))
        let report = try couple.monitor()
        #expect(report.failed.count == 1 && report.failed.first?.contains("exclusion.pairs") == true)
        #expect(report.raised == 1)
        // It stays on the list until the rule is there.
        #expect(try couple.monitor().looked == 1)
    }
}
