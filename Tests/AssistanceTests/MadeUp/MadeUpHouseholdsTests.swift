import Assistance
import ChangeSets
import Testing

@Suite struct `Made-up households` {
    @Test func `the same arguments give this sheet everywhere`() {
        #expect(
            MadeUpHouseholds.csv(count: 2, areas: [village], seed: 1, language: .english) == """
                area,household_no,address,phone,cause,is_head,name,id_number,sex,birth,relation,ethnicity,hukou\r
                990000105007,1,样例路5组1号,,schooling,yes,癸九四,99000019660119475X,male,1966-01-19,head,汉族,rural\r
                990000105007,1,样例路5组1号,,schooling,no,丙七,990000196804060284,female,1968-04-06,spouse,汉族,rural\r
                990000105007,2,样例路9组2号,0000-8069391,other,yes,癸五,990000194007147126,female,1940-07-14,head,汉族,rural\r
                990000105007,2,样例路9组2号,0000-8069391,other,no,丁二,990000194205231599,male,1942-05-23,spouse,汉族,rural\r
                990000105007,2,样例路9组2号,0000-8069391,other,no,癸三九,990000202112115449,female,2021-12-11,grandchild,汉族,rural\r\n
                """)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `are a valid sheet that nobody takes for real people`(seed: UInt64) throws {
        let areas = [village, otherVillage]
        let households = MadeUpHouseholds.households(count: 500, areas: areas, seed: seed)
        let sheet = try HouseholdSheet.read(
            MadeUpHouseholds.csv(count: 500, areas: areas, seed: seed), today: try #require(sheetToday))
        #expect(sheet.refused.map(\.description) == [])
        #expect(sheet.households.map(\.household) == households)
        for area in areas { #expect(households.filter { $0.area == area }.count == 250) }
        let people = households.flatMap(\.members)
        let made = Set("甲乙丙丁戊己庚辛壬癸一二三四五六七八九十")
        #expect(people.allSatisfy { $0.name.allSatisfy(made.contains) })
        #expect(people.allSatisfy { $0.identity?.digits.hasPrefix("990000") ?? true })
        #expect(people.contains { $0.identity == nil })
        #expect(Set(households.compactMap(\.cause)) == Set(HardshipCause.allCases))
        #expect(households != MadeUpHouseholds.households(count: 500, areas: areas, seed: seed + 100))
    }
}
