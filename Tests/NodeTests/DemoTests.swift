import Assistance
import Foundation
import Testing

@Suite struct `The story of the README` {
    @Test(arguments: [SIGINT, SIGTERM])
    func `leaves nothing behind when it is interrupted`(interrupt: Int32) async throws {
        // Kept: a story that is told before this test gets to its signal does not end by itself.
        let process = try SanjiProgram.start(["demo", "--keep", "--topology", Self.topology])
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sanji-demo-\(process.pid)").path
        try await process.until("the district listens") { $0.outputText.contains("listens at") }
        process.send(interrupt)
        #expect(try await process.ended() == .exited(128 + interrupt))
        #expect(!FileManager.default.fileExists(atPath: folder))
        let commands = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            .compactMap { try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8) }
        #expect(!commands.contains { $0.contains(folder) })
    }

    @Test func `tells how to look at what it keeps`() async throws {
        let process = try SanjiProgram.start(["demo", "--keep", "--households", "40", "--topology", Self.topology])
        let said = try await process.until("it tells", within: .seconds(120)) {
            $0.outputText.contains("Ctrl-C") || $0.end != nil
        }
        let commands = said.outputText.split(separator: "\n").filter { $0.contains(" --data ") }
        #expect(commands.count == 8)
        for command in commands {
            // Word for word, as a person copies it.
            let look = try ChildProcess("/bin/sh", ["-c", String(command)])
            #expect(try await look.ended() == .exited(0), "\(command)")
        }
        process.send(SIGINT)
        #expect(try await process.ended() == .exited(128 + SIGINT))
    }

    private static let topology = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("topology/small.yaml").path

    /// Seven real processes, real TLS, a cut line, a conflict resolved, and every office verified against its parent.
    @Test func `plays to its end and proves all replicas equal`() async throws {
        let process = try SanjiProgram.start(["demo", "--households", "120", "--topology", Self.topology])
        let end = try await process.ended(within: .seconds(300))
        let story = process.sofar.outputText
        #expect(end == .exited(0), "\(story)")
        #expect(story.contains("2 changes waiting, nothing lost"))
        #expect(story.components(separatedBy: "equal to the parent").count == 7)
        try checkFamilies(story)
    }

    /// Word for word, but for the days of the telling and the code that follows from them.
    private func checkFamilies(_ story: String) throws {
        let lines = story.split(separator: "\n", omittingEmptySubsequences: false)
        let first = try #require(lines.firstIndex { $0.hasPrefix("6. ") })
        let end = try #require(lines.firstIndex { $0.hasPrefix("8. ") })
        let told = lines[first..<end].map { line in
            line.split(separator: " ").joined(separator: " ")
                .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}/, with: "DAY").replacing(/[0-9]{4}-[0-9]{2}/, with: "MONTH")
                .replacing(/校验码 [0-9A-F]{8}/, with: "校验码 CODE")
        }
        #expect(told == Self.families.split(separator: "\n").map(String.init), "\(told.joined(separator: "\n"))")
        // The bills' family reads the list of this month, the couple that of the next.
        let months = try story.matches(of: /list QD-330106009001-D0[12]-([0-9-]{7})/).map {
            try #require(CalendarMonth(written: String($0.1)))
        }
        #expect(months.count == 2 && months.first?.adding(months: 1) == months.last)
    }

    /// 28,000 yuan from medical insurance and what the countryside's department has not said; 2,344 yuan a month.
    private static let families = """
        6. A family with large medical bills is found before it asks.
        the district imports four bills, 28,800 yuan paid by the family itself: a red warning, before anybody asked
        the village sees kind and colour, not the bills; cut off again, it visits, judges and applies with the family
        town and district do their part: confirmed by 330106 (试民〔2026〕1号): DB from MONTH
        the district refers it to medical insurance and to the countryside's department; at the village its list says:
        救助清单 Assistance list QD-330106009001-D01-MONTH 校验码 CODE
        330106009001 甲一 MONTH 类别 NONE 未认定 人口 2 复核 DAY
        # 对象 项目 部门 依据 标准 金额 发放日 账户 备注
        1 乙一 医疗救助 医保 28000.00 DAY
        2 全户 防贫帮扶 农业农村 部门尚未反馈
        新增 医疗救助 +28000.00: 医保
        待办 农业农村: 防贫帮扶, DAY
        合计 28000.00 元 (贰万捌仟元整)
        咨询电话 330106 12345
        如有异议，请向村（居）委会或镇街提出。 Tell the village or town office if you disagree.
        领取人签字 ____________ 经办人签字 ____________
        7. A couple on small wages falls ill: its category changes, and the list says so.
        town and district do their part: confirmed by 330106 (试民〔2026〕2号): BY from MONTH
        2,900 yuan of wages for two: an edge family, which gets nothing a month
        then 34,800 yuan of bills; the district looks again: changed: DB, 2344.00 yuan a month from MONTH
        the town's second clerk checks the account, the district freezes the list, a second person approves it
        next month's list of the family, at the village:
        救助清单 Assistance list QD-330106009001-D02-MONTH 校验码 CODE
        330106009001 甲一 MONTH 类别 DB 最低生活保障 人口 2 复核 DAY
        # 对象 项目 部门 依据 标准 金额 发放日 账户 备注
        1 全户 最低生活保障金 民政 试民〔2026〕3号 1172.00 2344.00 ****0001
        新增 最低生活保障金 +2344.00: 类别由低保边缘家庭变更为最低生活保障（试民〔2026〕3号）
        合计 2344.00 元 (贰仟叁佰肆拾肆元整)
        咨询电话 330106 12345
        如有异议，请向村（居）委会或镇街提出。 Tell the village or town office if you disagree.
        领取人签字 ____________ 经办人签字 ____________
        """
}
