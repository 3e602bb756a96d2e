import ChangeSets
import Foundation
import Node
import Testing

@Suite struct `A topology file` {
    @Test func `the small one has one district, two towns and four villages`() throws {
        let topology = try Topology.parse(yaml: text(of: "small.yaml"))
        #expect(topology.root.name == "西湖区")
        #expect(
            topology.offices.map(\.code.digits) == [
                "330106", "330106009", "330106009001", "330106009200", "330106109", "330106109012", "330106109200",
            ])
        #expect(topology.offices.allSatisfy { $0.address == nil && $0.alternates.isEmpty })
    }

    @Test func `the small one is a part of Xihu`() throws {
        let large = try Topology.parse(yaml: text(of: "xihu.yaml"))
        let names = Dictionary(uniqueKeysWithValues: large.offices.map { ($0.code, $0.name) })
        for office in try Topology.parse(yaml: text(of: "small.yaml")).offices {
            #expect(names[office.code] == office.name)
        }
    }

    @Test func `Xihu has its towns, and numbers villages by the national rule`() throws {
        let topology = try Topology.parse(yaml: text(of: "xihu.yaml"))
        #expect(topology.offices.count == 159)
        let towns = topology.offices.filter { $0.code.tier == .town }
        #expect(
            towns.map(\.name) == [
                "北山街道", "西溪街道", "翠苑街道", "古荡街道", "西湖街道", "留下街道", "转塘街道", "蒋村街道",
                "灵隐街道", "文新街道", "三墩镇", "双浦镇",
            ])
        for town in towns {
            let villages = topology.offices.filter { $0.code.parent == town.code }
            #expect(villages.count >= 8)
            for village in villages {
                let number = try #require(Int(village.code.digits.suffix(3)))
                #expect(number < 200 ? village.name.hasSuffix("社区") : village.name.hasSuffix("村"))
                #expect((1...399).contains(number))
            }
        }
    }

    @Test func `the example of the README is one`() throws {
        let parts = try text(of: "README.md").split(separator: "```yaml\n", maxSplits: 1)
        let example = try #require(parts.last?.split(separator: "```", maxSplits: 1).first)
        let topology = try Topology.parse(yaml: String(example))
        #expect(topology.offices.map(\.address) == ["10.33.1.6:7443", "sandun.example:7443", nil])
        #expect(topology.offices.map { $0.alternates.map(\.digits) } == [[], [], ["330106"]])
    }

    @Test(arguments: try filesInBroken())
    func `a broken one gives its one problem, with line and remedy`(file: String) throws {
        let yaml = try text(of: "broken/\(file)")
        let firstLine = try #require(yaml.split(separator: "\n").first)
        let mark = "# expect: "
        try #require(firstLine.hasPrefix(mark))
        let problems = try #require(throws: TopologyProblems.self) { try Topology.parse(yaml: yaml) }
        #expect(problems.all.count == 1)
        #expect(problems.description.hasPrefix(firstLine.dropFirst(mark.count)), "\(problems)")
        #expect(problems.all.allSatisfy { !$0.remedy.isEmpty })
    }

    @Test func `every problem is reported, in the order of the lines`() throws {
        let yaml = """
            offices:
              - code: "330106"
                name: 西湖区
                adress: 10.33.1.6:7443
              - code: "330106109"
                address: 10.33.1.7
              - code: "330106110001"
                name: 丑一社区
                alternates: ["330106109"]
            """
        let problems = try #require(throws: TopologyProblems.self) { try Topology.parse(yaml: yaml) }
        #expect(
            problems.description == """
                line 4: unknown key ‘adress’; an office has `code`, `name`, `address` and `alternates`
                line 5: the office has no `name`; add its name
                line 6: `address` ‘10.33.1.7’ has no port; write HOST:PORT, such as 10.33.1.6:7443 or [fd00::6]:7443
                line 7: 330106110001 has no parent in the file; list the town 330106110, or correct the code
                line 9: alternate 330106109 is not above 330106110001; name offices on its own branch only
                """)
    }

    @Test func `a code without quotes keeps the zeros it begins with`() throws {
        let topology = try Topology.parse(yaml: "offices: [{ code: 010106, name: 'Zero' }]")
        #expect(topology.root.code.digits == "010106")
    }

    @Test func `addresses and alternates are kept as they are written`() throws {
        let topology = try Topology.parse(
            yaml: """
                {
                  "offices": [
                    {"code": "330106109", "name": "A &B, *c", "address": "[fd00::6]:7443"},
                    {"code": "330106109012", "name": "it's", "alternates": ["330106",
                      "330106109"]},
                    {"code": "330106", "name": "西湖区", "address": "xihu.example:65535"}
                  ]
                }
                """)
        #expect(topology.root.code.digits == "330106")
        #expect(topology.offices.map(\.name) == ["A &B, *c", "it's", "西湖区"])
        #expect(topology.offices.map(\.address) == ["[fd00::6]:7443", nil, "xihu.example:65535"])
        #expect(topology.offices.map { $0.alternates.map(\.digits) } == [[], ["330106", "330106109"], []])
        #expect(topology.offices.map(\.line) == [3, 4, 6])
    }

    @Test func `a byte order mark and line ends of Windows are accepted`() throws {
        let small = try text(of: "small.yaml")
        let topology = try Topology.parse(yaml: "\u{FEFF}" + small.replacing("\n", with: "\r\n"))
        #expect(topology.offices.map(\.line) == [4, 6, 8, 10, 12, 14, 16])
    }

    @Test func `only the district that it describes may apply it`() throws {
        let topology = try Topology.parse(yaml: text(of: "small.yaml"))
        try topology.check(root: OfficeCode("330106"))
        let problems = try #require(throws: TopologyProblems.self) { try topology.check(root: OfficeCode("360823")) }
        #expect(
            problems.description == """
                line 4: the root of the file is 330106, but this office is 360823; \
                apply the file at 330106, or one for 360823 here
                """)
    }
}

@Suite struct `A hostile topology file` {
    @Test func `an alias bomb is refused before it is built`() throws {
        var yaml = "a0: &a0 [x, x]\n"
        for level in 1...60 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(try refusal(of: yaml + "? *a60\n: 1\n").hasPrefix("line 1: a YAML anchor or alias"))
    }

    @Test(arguments: ["[", "{", "[a: ", "{a: ", "- ", ": ", "? ", "\"a\": [", "'", "[[]", "&a [", "!a "])
    func `deep nesting is refused, whatever opens it`(opening: String) throws {
        let yaml = String(repeating: opening, count: 100_000)
        #expect(try refusal(of: yaml).hasPrefix("line 1: "))
        #expect(try refusal(of: "offices:\n  " + yaml).hasPrefix("line "))
    }

    @Test func `deep nesting by indentation is refused`() throws {
        let yaml = (0..<1_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(try refusal(of: yaml).contains("the file nests too deeply"))
    }

    @Test func `brackets do not hide behind quotes that are none`() throws {
        let openings = [
            "a: b\n  \"c\nd: ", "a: b\n  - \"c\nd: ", "a: b\n  [c, \"\nd: ", "a: b\n  [\"c\":d]\n  \"e\nd: ",
            "a: b # \"\nd: ", "--- \"\"\nd: ", "--- \"c\nd: \" ",
        ]
        for hidden in openings {
            let yaml = hidden + String(repeating: "[", count: 5_000) + "\n# \""
            #expect(try !refusal(of: yaml).contains("Maximum nesting level"))
        }
    }

    @Test func `more than 4 MiB are refused`() throws {
        let yaml = String(repeating: "#", count: 4 << 20)
        #expect(try refusal(of: yaml).hasPrefix("line 1: the file is empty"))
        #expect(try refusal(of: yaml + "#").hasPrefix("line 1: the file has 4194305 bytes"))
    }

    @Test func `a long report is cut short, not its list of problems`() throws {
        let yaml = "offices:\n" + String(repeating: "- x\n", count: 5_000)
        let problems = try #require(throws: TopologyProblems.self) { try Topology.parse(yaml: yaml) }
        #expect(problems.all.count == 5_000)
        #expect(problems.description.hasSuffix("\nand 4900 more"))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `random bytes end in problems`(seed: UInt64) throws {
        var random = Random(state: seed)
        for _ in 0..<50 {
            let count = Int.random(in: 0...300, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(throws: TopologyProblems.self) { try Topology.parse(yaml: String(decoding: bytes, as: UTF8.self)) }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `a damaged file ends in a topology or in problems`(seed: UInt64) throws {
        var random = Random(state: seed)
        let original = Array(try text(of: "small.yaml").utf8)
        let tokens = [
            "\n", "  ", "- ", ": ", "[", "]", "{", "}", "\"", "'", ",", "#", "&a ", "*a ", "?", "!", "|", "\\", "\t",
        ]
        for _ in 0..<100 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let token = try #require(tokens.randomElement(using: &random))
                let start = Int.random(in: 0..<bytes.count, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...3, using: &random))
                bytes.replaceSubrange(start..<end, with: Array(token.utf8))
            }
            do {
                let topology = try Topology.parse(yaml: String(decoding: bytes, as: UTF8.self))
                #expect(topology.offices.contains { $0.code == topology.root.code })
            } catch {
                #expect(!error.all.isEmpty && error.all.allSatisfy { $0.line >= 1 })
            }
        }
    }

    private func refusal(of yaml: String) throws -> String {
        try #require(throws: TopologyProblems.self) { try Topology.parse(yaml: yaml) }.description
    }
}

private let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "topology")

private func text(of file: String) throws -> String {
    try String(contentsOf: folder.appending(path: file), encoding: .utf8)
}

private func filesInBroken() throws -> [String] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "broken").path())
    return files.filter { $0.hasSuffix(".yaml") }.sorted()
}

/// SplitMix64: the same seed gives the same bytes on every machine.
private struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
