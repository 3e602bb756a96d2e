import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.4: two villages register `990000195803150021` unaware of each other.
@Suite struct `A person registered by two villages` {
    private let today = date("2026-06-15")

    private func registered() throws -> (TestTree, String) {
        let tree = try assistanceTree()
        _ = try Publishing.publish(
            try ParameterSheet.read(ParameterSheet.shipped, area: district).values, in: tree[district], as: clerk)
        for (office, digit) in [(village, 1), (otherVillage, 2)] {
            try tree[office].run(
                """
                INSERT INTO household (area, id, household_no) VALUES (office(), x'0\(digit)', '00\(digit)');
                INSERT INTO person (area, id, household, name, birth, id_number)
                    VALUES (office(), x'1\(digit)', x'0\(digit)', '甲一', '1958-03-15', '990000195803150021')
                """)
        }
        try tree.exchangeAll()
        let report = try Monitor(tree[town], as: clerk, today: today).run()
        #expect(report.raised == 2 && report.failed.isEmpty)
        try tree.exchangeAll()
        let pairs = try tree[town].read { try DuplicateReading.page(in: town, decided: false, $0) }.pairs
        return (tree, try #require(pairs.first).id.hex)
    }

    private func pairs(_ tree: TestTree, _ office: OfficeCode) throws -> [DuplicatePair] {
        try tree[office].read { try DuplicateReading.page(in: office, decided: true, $0) }.pairs
    }

    @Test func `is one pair and one warning on each side, and nothing of either household has changed`() throws {
        let (tree, _) = try registered()
        for office in [village, otherVillage, town, district] {
            let found = try pairs(tree, office)
            #expect(found.count == 1 && found[0].points == 100 && found[0].reasons == "identity")
            #expect(found[0].decider == town && found[0].state == .open)
        }
        for (office, id) in [(village, UInt8(1)), (otherVillage, 2)] {
            let warnings = try tree[office].read {
                try WarningReading.all(of: HouseholdID(area: office, id: [id]), $0)
            }
            #expect(warnings.map(\.kind) == [.duplicate] && warnings.map(\.colour) == [.orange])
            #expect(try tree[office].rows("SELECT count(*) FROM person WHERE row_state = 'live'") == ["1"])
        }
        // Found again, at the district as well, it is the same pair.
        #expect(try Monitor(tree[district], as: clerk, today: today).run().raised == 0)
        try tree.exchangeAll()
        #expect(try tree[district].rows("SELECT count(*) FROM duplicate") == ["2"])
        #expect(try tree[district].conflicts().isEmpty)
    }

    @Test func `is merged by their town, and parted again`() throws {
        let (tree, id) = try registered()
        func entry(_ office: OfficeCode) -> DuplicateEntry { DuplicateEntry(tree[office], as: clerk, today: today) }
        #expect(throws: DuplicateError.notYours(town)) {
            try entry(village).merge(id, survivor: village.digits, reason: "同一人")
        }
        #expect(try entry(town).merge(id, survivor: village.digits, reason: "同一人").state == .same)
        try tree.exchangeAll()
        #expect(
            try tree[district].rows("SELECT area, row_state FROM person ORDER BY area")
                == [
                    "\(village)|live", "\(otherVillage)|merged_into",
                ].sorted())
        for office in [village, otherVillage] { #expect(try pairs(tree, office).map(\.state) == [.same]) }
        #expect(try entry(district).part(id, reason: "不是").state == .different)
        try tree.exchangeAll()
        #expect(try tree[otherVillage].rows("SELECT row_state FROM person") == ["live"])
        for office in [village, otherVillage, town] { #expect(try pairs(tree, office).map(\.state) == [.different]) }
    }

    /// Ids of imported people follow from their card, so both villages have one id.
    /// Clocks never decide: a merge that was written while one ran ahead is taken back all the same.
    @Test func `is parted by whoever knew of the merge, whatever its clock said`() throws {
        let (tree, id) = try registered()
        for area in [village, otherVillage] {
            try tree[town].run(
                """
                INSERT INTO duplicate_verdict (area, id, pair, verdict, survivor, survivor_area, day)
                VALUES ('\(area)', x'ff', x'\(id)', 'same', x'11', '\(village)', '2027-06-15')
                """)
        }
        #expect(try pairs(tree, town).map(\.state) == [.same])
        let entry = DuplicateEntry(tree[town], as: clerk, today: today)
        #expect(try entry.part(id, reason: "不是").state == .different)
        try tree.exchangeAll()
        for office in [village, otherVillage, district] {
            #expect(try pairs(tree, office).map(\.state) == [.different])
        }
        #expect(try entry.merge(id, survivor: village.digits, reason: "同一人").state == .same)
    }

    @Test func `is merged where both villages gave the person one id, and where both entries are of one village`()
        throws
    {
        let tree = try assistanceTree()
        _ = try Publishing.publish(
            try ParameterSheet.read(ParameterSheet.shipped, area: district).values, in: tree[district], as: clerk)
        try tree.exchangeAll()
        let card = "990000195803150021"
        for office in [village, otherVillage] {
            try tree[office].importSheet(sheetFile("\(office),1,,,,yes,甲一,\(card),,,head,,"))
        }
        try tree[village].run(
            """
            INSERT INTO household (area, id, household_no) VALUES (office(), x'0a', '9'), (office(), x'0b', '8');
            INSERT INTO person (area, id, household, name, id_number) VALUES
                (office(), x'0c', x'0a', '乙一', '990000196001010013'), (office(), x'0d', x'0b', '乙一', '990000196001010013')
            """)
        try tree.exchangeAll()
        _ = try Monitor(tree[town], as: clerk, today: today).run()
        let found = try pairs(tree, town)
        let entry = DuplicateEntry(tree[town], as: clerk, today: today)
        let two = try #require(found.first { $0.sides[0].area != $0.sides[1].area })
        #expect(two.sides[0].person == two.sides[1].person)
        #expect(try entry.merge(two.id.hex, survivor: village.digits, reason: "同一人").survivor == two.sides[0])
        let live = "SELECT area FROM person WHERE row_state = 'live' AND name = '甲一'"
        #expect(try tree[town].rows(live) == ["\(village)"])
        _ = try entry.part(two.id.hex, reason: "不是")
        #expect(try tree[town].rows(live).count == 2)
        let one = try #require(found.first { $0.sides[0].area == $0.sides[1].area })
        #expect(throws: DuplicateError.noSuchSide) {
            try entry.merge(one.id.hex, survivor: village.digits, reason: "同一人")
        }
        _ = try entry.merge(one.id.hex, survivor: "\(village)/0d", reason: "同一人")
        #expect(try tree[town].rows("SELECT hex(id) FROM person WHERE row_state = 'live' AND name = '乙一'") == ["0D"])
    }

    @Test func `stays as all that was judged says, also where two offices judged unaware of each other`() throws {
        let (tree, id) = try registered()
        func entry(_ office: OfficeCode) -> DuplicateEntry { DuplicateEntry(tree[office], as: clerk, today: today) }
        _ = try entry(town).merge(id, survivor: village.digits, reason: "同一人")
        _ = try entry(district).part(id, reason: "不是")
        try tree.exchangeAll()
        #expect(try pairs(tree, town).map(\.state) == [.different])
        // Merged away by a word that does not hold: said once more, it comes back.
        _ = try entry(district).part(id, reason: "不是")
        try tree.exchangeAll()
        #expect(try tree[otherVillage].rows("SELECT row_state FROM person") == ["live"])
    }

    /// Whoever may tell of doubles can work out under which id the next will be told, and put an empty row there.
    @Test func `is told although a district has put an empty row under its id`() throws {
        let (tree, id) = try registered()
        let rows = try tree[town].rows("SELECT area, hex(id) FROM duplicate ORDER BY area").map {
            $0.split(separator: "|")
        }
        // The same two people again, at a town that has not looked yet.
        let other = try assistanceTree()
        _ = try Publishing.publish(
            try ParameterSheet.read(ParameterSheet.shipped, area: district).values, in: other[district], as: clerk)
        for (office, digit) in [(village, 1), (otherVillage, 2)] {
            try other[office].run(
                """
                INSERT INTO household (area, id, household_no) VALUES (office(), x'0\(digit)', '00\(digit)');
                INSERT INTO person (area, id, household, name, birth, id_number)
                    VALUES (office(), x'1\(digit)', x'0\(digit)', '甲一', '1958-03-15', '990000195803150021');
                """)
            try other[district].run("INSERT INTO duplicate (area, id) VALUES ('\(office)', x'\(rows[digit - 1][1])')")
        }
        try other.exchangeAll()
        #expect(try Monitor(other[town], as: clerk, today: today).run().raised == 2)
        #expect(try pairs(other, town).map(\.id.hex) == [id])
        #expect(try Monitor(other[town], as: clerk, today: today).run().raised == 0)
    }
}
