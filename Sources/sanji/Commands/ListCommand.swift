import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import GRDB
import Node
import Replica

/// 救助清单
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "A household's assistance list of a month: how much, from whom, and why.",
        discussion: "It opens what the family gets: with a purpose that does so, and written down.")
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "AREA/NUMBER, number, or id of the household.") var household: String
    @OptionGroup var opening: Opening
    @Option(help: "The month; else this one.", transform: CalendarMonth.argument) var month: CalendarMonth?

    struct Report: Encodable {
        struct Line: Encodable {
            @OrNull var person: String?
            let programme: String, department: String, basis: String, amountFen: Int64
            @OrNull var standardFen: Int64?
            @OrNull var paidOn: String?
            let tail: String, status: String
            @OrNull var quantity: String?
            @OrNull var valueFen: Int64?
        }
        struct Change: Encodable { let programme: String, change: String, differenceFen: Int64, reason: String }
        struct Pending: Encodable {
            let what: String
            @OrNull var due: String?
        }
        let number: String, checkCode: String, area: String, household: String, head: String, month: String
        let category: String, people: Int
        @OrNull var validUntil: String?
        struct Phone: Encodable { let office: String, number: String }
        let lines: [Line], changes: [Change], pending: [Pending], totalFen: Int64, totalCapitals: String
        let phones: [Phone]
    }

    func validate() throws {
        guard opening.purpose != nil else {
            throw ValidationError("a list says what a family gets: open it with --purpose, --reason and --as")
        }
    }

    func run() throws {
        let (replica, today) = (try options.replica(), try Today.date())
        let home = try replica.read { try HouseholdLookup.one(household, $0) }
        guard try opening.fields(of: home, in: replica, options).contains(.income) else {
            let others = try replica.read { try FileAccess.purposes(opening: .income, of: home, on: today, $0) }
            throw NotOpened(purpose: opening.purpose?.rawValue ?? "", others: others)
        }
        let list = try replica.read { try AssistanceList(of: home, month ?? today.calendarMonth, today: today, $0) }
        let running = try options.noteNode()
        if options.json { return try Output.json(report(list), running: running) }
        write(list)
    }

    /// In kind with its worth in brackets, which the sum does not hold.
    private func amount(of line: AssistanceList.Line) -> String {
        if line.status == .notReported { return "" }
        guard let quantity = line.quantity else { return "\(line.amount)" }
        return quantity + (line.value.map { $0 > .zero ? " (\($0))" : "" } ?? "")
    }

    private func report(_ list: AssistanceList) -> Report {
        Report(
            number: list.number, checkCode: list.checkCode, area: list.household.area.digits,
            household: list.household.id.hex, head: list.headName, month: list.month.description,
            category: list.category.rawValue, people: list.people, validUntil: list.validUntil?.description,
            lines: list.lines.map {
                .init(
                    person: $0.person, programme: $0.programme, department: $0.department, basis: $0.basis,
                    amountFen: $0.amount.fen, standardFen: $0.standard?.fen, paidOn: $0.paidOn?.description,
                    tail: $0.tail,
                    status: $0.status.rawValue, quantity: $0.quantity, valueFen: $0.value?.fen)
            },
            changes: list.changes.map {
                .init(
                    programme: $0.programme, change: $0.direction.rawValue, differenceFen: $0.difference.fen,
                    reason: $0.reason.english)
            }, pending: list.pending.map { .init(what: $0.what, due: $0.due?.description) },
            totalFen: list.total.fen, totalCapitals: list.total.chineseCapitals,
            phones: list.phones.map { .init(office: $0.office.digits, number: $0.number) })
    }

    private func write(_ list: AssistanceList) {
        Output.line("救助清单 Assistance list \(list.number)  校验码 \(list.checkCode)")
        Output.line(
            "\(list.household.area) \(list.headName) \(list.month) 类别 \(list.category.rawValue) \(list.category.chinese) 人口 \(list.people)"
                + (list.validUntil.map { " 复核 \($0)" } ?? ""))
        Output.table(
            ["#", "对象", "项目", "部门", "依据", "标准", "金额", "发放日", "账户", "备注"],
            list.lines.enumerated().map { index, line in
                [
                    "\(index + 1)", line.person ?? "全户", line.programme, line.department, line.basis,
                    line.standard.map { "\($0)" } ?? "", amount(of: line), line.paidOn?.description ?? "",
                    line.tail.isEmpty ? "" : "****" + line.tail, line.status.chinese,
                ]
            })
        for change in list.changes {
            let sign = change.difference > .zero ? "+" : ""
            Output.line(
                "\(change.direction.chinese) \(change.programme) \(sign)\(change.difference): \(change.reason.chinese)"
            )
        }
        for pending in list.pending { Output.line("待办 \(pending.what)" + (pending.due.map { ", \($0)" } ?? "")) }
        Output.line("合计 \(list.total) 元 (\(list.total.chineseCapitals))")
        if list.lines.contains(where: { $0.status == .awaited }) {
            Output.line(
                "“\(AssistanceList.Line.Status.awaited.chinese)”的金额未计入合计。 What is awaited is not in the total yet.")
        }
        if !list.phones.isEmpty {
            Output.line("咨询电话 " + list.phones.map { "\($0.office) \($0.number)" }.joined(separator: "  "))
        }
        Output.line("如有异议，请向村（居）委会或镇街提出。 Tell the village or town office if you disagree.")
        Output.line("领取人签字 ____________    经办人签字 ____________")
    }
}
