import Assistance
import ChangeSets
import Replica
import TestReplicas
import Testing

private let all = [
    "SELECT area, hex(id), household_no, address, phone, cause_main, hex(head_person) FROM household ORDER BY 1, 2",
    """
    SELECT area, hex(id), hex(household), relation, name, id_number, sex, birth, ethnicity, hukou_kind
    FROM person ORDER BY 1, 2
    """,
]

private func rows(_ replica: OfficeReplica) throws -> [[String]] { try all.map(replica.rows) }

/// A district alone: one file instead of four.
private func lonelyDistrict() throws -> TestTree {
    try published(TestTree([district.digits], domain: AssistanceSchema.domain))
}

private func wholeTree(_ fields: String = "audit:identity+phone+address+health") throws -> TestTree {
    let tree = try published(assistanceTree(), fields)
    try tree.exchangeAll()
    return tree
}

/// - Parameter fields: What an audit needs.
private func published(_ tree: TestTree, _ fields: String = "audit:identity+phone+address+health") throws -> TestTree {
    let tiers = ["district", "town", "village"].map { "\($0):identity+phone+address+health" }.joined(separator: " ")
    _ = try Publishing.publish(
        [
            PublishedValue(
                area: district, name: "access.fields", validFrom: date("2024-01-01"), text: "\(fields) \(tiers)",
                document: "试1号")
        ], in: tree[district], as: clerk)
    return tree
}

@Suite struct `Exporting households` {
    @Test(arguments: TextEncoding.allCases, HouseholdSheet.Language.allCases)
    func `and importing them into an empty replica gives the same rows`(
        encoding: TextEncoding, language: HouseholdSheet.Language
    ) throws {
        let (first, second) = (try lonelyDistrict(), try lonelyDistrict())
        try first[district].importSheet(
            Array(MadeUpHouseholds.csv(count: 120, areas: [village, otherVillage], seed: 7).utf8))
        let exported = try first[district].exported(encoding: encoding, language: language)
        #expect(exported.households == 120 && exported.householdsWithoutMembers == 0)
        let report = try second[district].importSheet(exported.bytes)
        #expect(report.refused == [] && report.persons == .init(new: exported.persons))
        #expect(try rows(second[district]) == rows(first[district]))
        let again = try second[district].exported(encoding: encoding, language: language)
        #expect(try again.unmarked() == exported.unmarked() && again.persons == exported.persons)
        // And what is exported is what is there already.
        #expect(try first[district].importSheet(exported.bytes).persons == .init(unchanged: exported.persons))
    }

    @Test(arguments: 1...15 as ClosedRange<UInt64>)
    func `whatever its cells hold`(seed: UInt64) throws {
        var random = TableRandom(seed: seed)
        var households: [SheetHousehold] = []
        for index in 0..<8 {
            let any = try SheetHousehold.random(index: index, using: &random)
            households.append(
                SheetHousehold(
                    area: random.pick([village, otherVillage]), number: any.number, address: any.address,
                    phone: any.phone, cause: any.cause, members: any.members))
        }
        let (first, second) = (try lonelyDistrict(), try lonelyDistrict())
        try first[district].importSheet(Array(HouseholdSheet.text(of: households).utf8))
        let exported = try first[district].exported()
        #expect(try second[district].importSheet(exported.bytes).refused == [])
        #expect(try rows(second[district]) == rows(first[district]))
        let read = try HouseholdSheet.read(exported.bytes, today: try #require(sheetToday)).households.map(\.household)
        func sorted(_ households: [SheetHousehold]) -> [String] {
            households.map { household in
                let members = household.members.map {
                    "\($0.name) \($0.identity?.digits ?? "") \($0.sex) \($0.birth) \($0.relation) "
                        + "\($0.ethnicity ?? "") \($0.hukou?.rawValue ?? "")"
                }
                return "\(household.area) \(household.number) \(household.address ?? "") \(household.phone ?? "") "
                    + "\(household.cause?.rawValue ?? ""): \(members.sorted())"
            }.sorted()
        }
        #expect(sorted(read) == sorted(households))
    }

    @Test func `the file is in order of area, number and age, with the head first`() throws {
        let tree = try wholeTree()
        try tree[town].importSheet(
            sheetFile(
                "990000105008,1,,,,yes,戊五,,male,1970-01-01,head,,",
                "990000105007,10,,,,yes,丁四,,male,1970-01-01,head,,",
                "990000105007,9,,,,no,丙三,,female,2020-05-06,child,,",
                "990000105007,9,,,,no,乙二,990000195803150021,,,parent,,",
                "990000105007,9,=村,+86 1,illness,yes,甲一,,male,1990-01-01,head,汉族,rural"))
        let lines = [
            "990000105007,9,'=村,'+86 1,illness,yes,甲一,,male,1990-01-01,head,汉族,rural",
            "990000105007,9,'=村,'+86 1,illness,no,乙二,990000195803150021,female,1958-03-15,parent,,",
            "990000105007,9,'=村,'+86 1,illness,no,丙三,,female,2020-05-06,child,,",
            "990000105007,10,,,,yes,丁四,,male,1970-01-01,head,,",
            "990000105008,1,,,,yes,戊五,,male,1970-01-01,head,,",
        ]
        func text(_ lines: ArraySlice<String>) -> String { ([sheetHeader] + lines).joined(separator: "\r\n") + "\r\n" }
        let whole = try tree[town].exported(language: .english)
        #expect(whole.bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(try whole.unmarked() == text(lines[...]))
        let one = try tree[town].exported(area: otherVillage, encoding: .utf8, language: .english)
        #expect(try one.unmarked() == text(lines[4...]))
        #expect(one.households == 1 && one.persons == 1)
    }

    @Test func `leaves out the void and the dead, and counts what a sheet cannot hold`() throws {
        let tree = try wholeTree()
        try tree[village].importSheet(
            sheetFile(
                headLine, wifeLine, "990000105007,1,,,,no,丙三,,女,2020-05-06,grandchild,,",
                "990000105007,2,,,,yes,丁四,,男,2001-02-03,head,,", "990000105007,3,,,,yes,戊五,,男,2001-02-03,head,,",
                "990000105007,4,,,,yes,己六,,男,2001-02-03,head,,"))
        try tree[village].run(
            """
            UPDATE person SET death_date = '2024-06-01' WHERE name = '乙二';
            UPDATE person SET row_state = 'void' WHERE name IN ('丙三', '戊五');
            UPDATE household SET row_state = 'merged_into' WHERE household_no = '2';
            """)
        let exported = try tree[village].exported()
        #expect(exported.households == 2 && exported.persons == 2)
        #expect(exported.householdsWithoutMembers == 1 && exported.personsWithoutHousehold == 1)
        let sheet = try HouseholdSheet.read(exported.bytes, today: try #require(sheetToday))
        #expect(sheet.households.flatMap(\.household.members).map(\.name) == ["甲一", "己六"])
    }

    @Test func `what a sheet would refuse is written as it is`() throws {
        let tree = try wholeTree()
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no, cause_main) VALUES (office(), x'01', '1', 'locusts');
            INSERT INTO person (area, id, household, name, id_number, relation)
                VALUES (office(), x'02', x'01', '甲一', '123', 'head');
            """)
        let sheet = try tree[village].exported(encoding: .utf8, language: .english)
        #expect(
            try sheet.unmarked()
                == sheetHeader + "\r\n990000105007,1,,,locusts,yes,甲一,123,,,head,,\r\n")
        #expect(
            try tree[otherVillage].importSheet(sheet.bytes).refused.map { $0.column?.rawValue } == [
                "cause", "id_number",
            ])
    }

    @Test func `an area off the office's branch is refused`() throws {
        let tree = try wholeTree()
        #expect(throws: HouseholdExportError.elsewhere(otherVillage, office: village)) {
            try tree[village].exported(area: otherVillage)
        }
        #expect(
            HouseholdExportError.elsewhere(otherVillage, office: village).description
                == "office 990000105007 holds no rows of 990000105008; export at that office, or at one above both")
    }

    @Test func `says on every line who took it, which is on record before the file is`() throws {
        let tree = try wholeTree()
        try tree[village].importSheet(sheetFile(headLine, wifeLine))
        try tree.exchangeAll()
        for office in [town, village] {
            let sheet = try tree[office].exported(as: ActingUser("乙九"), reason: "核对")
            let lines = try TextEncoding.decode(sheet.bytes).text.split(separator: "\r\n")
            #expect(lines.count == 3 && lines[0].hasSuffix(",export_code"))
            #expect(lines[1...].allSatisfy { $0.hasSuffix(",\(sheet.code)") })
            let found = try tree[office].read { try ExportLog.all(in: office, code: sheet.code.lowercased(), $0) }
            #expect(found.map(\.user) == ["乙九"] && found.map(\.office) == [office] && found.map(\.lines) == [2])
            #expect(found.map(\.hash) == [Algorithm.ed25519.hash(sheet.bytes).hex])
            #expect(found.map(\.reason) == ["核对"] && found.map(\.purpose) == ["audit"])
        }
        try tree.exchangeAll()
        // The district sees both, and a village nothing of its town's.
        #expect(try tree[district].read { try ExportLog.all(in: district, $0) }.count == 2)
        #expect(try tree[village].read { try ExportLog.all(in: district, $0) }.map(\.office) == [village])
        #expect(try tree[otherVillage].read { try ExportLog.all(in: district, $0) }.isEmpty)
        #expect(throws: CaseError.empty("reason")) { try tree[village].exported(reason: " ") }
        // Two people take it, and the family can see that they did.
        for second in ["", " ", clerk.name] {
            #expect(throws: HouseholdExportError.alone(clerk.name)) { try tree[village].exported(second: second) }
        }
        let household = HouseholdID(
            area: village,
            id: [UInt8](hex: try tree[village].rows("SELECT hex(id) FROM household")[0])!)
        let records = try tree[district].read { try FileAccess.records(of: household, $0) }
        #expect(Set(records.map(\.office)) == [town.digits, village.digits])
    }

    /// Domain 4.9, minimum: what the purpose does not need stays masked.
    @Test func `shows whole numbers only as far as the district has published that the purpose needs them`() throws {
        let tree = try wholeTree("audit:phone")
        try tree[village].importSheet(sheetFile(headLine, wifeLine))
        try tree[village].run("UPDATE household SET phone = '13800000001'")
        let text = try tree[village].exported(encoding: .utf8).unmarked()
        let number = try #require(
            try tree[village].rows("SELECT id_number FROM person WHERE id_number IS NOT NULL").first)
        #expect(!text.contains(number) && text.contains("\(number.prefix(6))********\(number.suffix(4))"))
        #expect(text.contains("13800000001"))
        // The day of birth is the middle of the number.
        let birth = try #require(try tree[village].rows("SELECT birth FROM person WHERE name = '甲一'").first)
        #expect(!text.contains(birth) && text.contains(",\(birth.prefix(4)),"))
        // An address to the group, and no import takes it for the whole.
        try tree[village].run("UPDATE household SET address = '试验村3组12号', cause_main = 'illness'")
        let masked = try tree[village].exported(encoding: .utf8).bytes
        let shown = String(decoding: masked, as: UTF8.self)
        #expect(shown.contains("试验村3组**") && !shown.contains("12号") && !shown.contains("因病"))
        let read = try HouseholdSheet.read(masked, today: date("2024-06-30"))
        #expect(read.refused.contains { $0.column == .address && $0.reason == .masked })
        #expect(throws: RuleError.self) { try assistanceTree()[village].exported() }
    }

    @Test func `of the district is not told below it`() throws {
        let tree = try wholeTree()
        try tree[village].importSheet(sheetFile(headLine, wifeLine))
        try tree.exchangeAll()
        _ = try tree[district].exported(area: town, reason: "反映某镇")
        _ = try tree[town].exported(area: village, reason: "反映某村")
        try tree.exchangeAll()
        func reasons(_ office: OfficeCode) throws -> [String] {
            try tree[office].read { try ExportLog.all(in: nil, $0) }.map(\.reason)
        }
        #expect(try Set(reasons(district)) == ["反映某镇", "反映某村"])
        #expect(try reasons(town) == ["反映某村"] && reasons(village).isEmpty)
    }
}

extension OfficeReplica {
    fileprivate func exported(
        area: OfficeCode? = nil, encoding: TextEncoding = .utf8WithMark, language: HouseholdSheet.Language = .chinese,
        as user: ActingUser = clerk, reason: String = "试",
        second: String = "丁一"
    ) throws -> ExportedSheet {
        try HouseholdExport.export(
            from: self, area: area, encoding: encoding, language: language, for: .audit, reason: reason, as: user,
            secondedBy: second, today: date("2024-06-30"))
    }
}

extension ExportedSheet {
    /// The text without its mark.
    fileprivate func unmarked() throws -> String {
        try TextEncoding.decode(bytes).text.replacingOccurrences(of: ",export_code\r\n", with: "\r\n")
            .replacingOccurrences(of: ",\(code)\r\n", with: "\r\n")
    }
}
