import ChangeSets
import Testing

@Suite struct `Areas and audiences` {
    private func scope(_ area: String, _ audience: Tier) throws -> Scope {
        Scope(area: try OfficeCode(area), audience: audience)
    }

    @Test func `the branch rule: a node holds rows of its own branch`() throws {
        let rows = try scope("330106109", .village)
        for office in ["33", "3301", "330106", "330106109", "330106109012"] {
            #expect(rows.reaches(try OfficeCode(office)))
        }
        for office in ["32", "3302", "330107", "330106110", "330106110012"] {
            #expect(!rows.reaches(try OfficeCode(office)))
        }
    }

    @Test func `no village ever holds the rows of another`() throws {
        #expect(try !scope("330106109012", .village).reaches(OfficeCode("330106109013")))
    }

    @Test func `tiers below the audience neither receive nor write`() throws {
        let complaint = try scope("330106109012", .town)
        #expect(try !complaint.reaches(OfficeCode("330106109012")))
        #expect(try !complaint.mayBeWritten(by: OfficeCode("330106109012")))
        #expect(try complaint.reaches(OfficeCode("330106109")))
        #expect(try complaint.mayBeWritten(by: OfficeCode("330106109")))
        #expect(try complaint.reaches(OfficeCode("330106")))
    }

    @Test func `the authority rule: an office writes its own area and those below it`() throws {
        let rows = try scope("330106109", .village)
        for office in ["33", "3301", "330106", "330106109"] { #expect(rows.mayBeWritten(by: try OfficeCode(office))) }
        for office in ["330106109012", "330106110", "330107", "32", "3302"] {
            #expect(!rows.mayBeWritten(by: try OfficeCode(office)))
        }
    }

    @Test func `who may write a scope also holds it`() throws {
        let codes = try ["33", "3301", "330106", "330106109", "330106109012", "330107", "3302"].map {
            try OfficeCode($0)
        }
        for area in codes {
            for audience in Tier.all {
                for office in codes where Scope(area: area, audience: audience).mayBeWritten(by: office) {
                    #expect(Scope(area: area, audience: audience).reaches(office))
                }
            }
        }
    }

    @Test func `scopes sort by area and then by audience, feeds by scope and then by author`() throws {
        let scopes = try [scope("33", .village), scope("330106", .town), scope("330106", .village), scope("34", .town)]
        #expect(scopes.reversed().sorted() == scopes)
        #expect(scopes.map(\.description) == ["33/village", "330106/town", "330106/village", "34/town"])
        let feeds = scopes.prefix(2).flatMap { [FeedID(author: .of(1), scope: $0), FeedID(author: .of(2), scope: $0)] }
        #expect(feeds.reversed().sorted() == feeds)
        #expect(feeds[0].description == "01010101010101010101010101010101 in 33/village")
    }
}
