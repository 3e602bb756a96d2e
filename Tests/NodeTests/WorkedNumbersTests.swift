import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// Domain 4.4 [S18]: identity numbers as GB 11643 and ISO 7064 MOD 11-2 have them, typed at a village that is off.
    ///
    /// The numbers of divisions that exist are published examples; all others are of divisions that do not.
    @Suite(.timeLimit(.minutes(5))) struct `The worked identity numbers` {
        private struct Card {
            let household: String
            let typed: String
            let stored: String
            let sex: String
            var other: String { sex == "male" ? "female" : "male" }
        }

        /// 34052419800101001 → X (the standard's own), 51310119820113001 → 4, 11010519491231002 → X; the five fixtures of the text,
        /// and one of an old card of 15 digits, widened with 19.
        private static let cards = [
            Card(household: "101", typed: "34052419800101001x", stored: "34052419800101001X", sex: "male"),
            Card(household: "102", typed: "513101198201130014", stored: "513101198201130014", sex: "male"),
            Card(household: "103", typed: "11010519491231002x", stored: "11010519491231002X", sex: "female"),
            Card(household: "104", typed: "990000196001010013", stored: "990000196001010013", sex: "male"),
            Card(household: "105", typed: "990000195803150021", stored: "990000195803150021", sex: "female"),
            Card(household: "106", typed: "990001201109091230", stored: "990001201109091230", sex: "male"),
            Card(household: "107", typed: "990001197506204586", stored: "990001197506204586", sex: "female"),
            Card(household: "108", typed: "99000019700101000X", stored: "99000019700101000X", sex: "female"),
            Card(household: "109", typed: "990000600101003", stored: "99000019600101003X", sex: "male"),
        ]

        /// Stands on the card so, and fails its check.
        private static let misprinted = "990000196001010014"

        @Test func `typed at a village without a line, are stored and read alike at all three tiers`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await Story.publishRules(at: district, to: village, tree)
                try await village.stop()
                try await refuse(at: village)
                for card in Self.cards { try await register(card, at: village) }
                try await misprint(at: village)
                #expect(try town.count("SELECT count(*) FROM person") == 0)
                try await tree.start(village)
                try await tree.until("all are at the district") {
                    try district.count("SELECT count(*) FROM person WHERE id_number IS NOT NULL") == Self.cards.count
                        + 1
                }
                for office in [village, town, district] {
                    for card in Self.cards { try await read(card, at: office) }
                    let said = try await office.run(["case", "assess", "\(Tree.village)/110", "--json"]).expecting(0)
                    #expect(
                        try said.object()["doubts"] as? [String] == [
                            "the identity number of 甲0: the check character does not fit, so a digit is mistyped; "
                                + "compare it with the card"
                        ])
                }
                // A failed check is a warning with its reason, and keeps nobody from urgent relief.
                try await town.run([
                    "relief", "give", "\(Tree.village)/110", "--kind", "urgent", "--cause", "disaster", "--amount",
                    "500", "--document", "镇1", "--as", "丁一",
                ]).expecting(0)
            }
        }

        /// Of eleven check characters one fits.
        private func refuse(at village: Office) async throws {
            for (body, wrong) in [
                ("34052419800101001", "0123456789"), ("51310119820113001", "5"), ("11010519491231002", "0"),
            ] {
                for character in wrong {
                    try await new("100", "\(body)\(character)", at: village)
                        .expectError(1, "identity number: the check character does not fit")
                }
            }
            // 30 February; the year 1900 had no 29th either.
            for birth in ["19600230", "19000229"] {
                try await new("100", "990000\(birth)0013", at: village)
                    .expectError(1, "identity number: digits 7 to 14 are no date of birth")
            }
            try await new("100", "99000019600101001", at: village)
                .expectError(1, "identity number: has 17 characters instead of 18")
            #expect(try village.count("SELECT count(*) FROM household") == 0)
        }

        private func register(_ card: Card, at village: Office) async throws {
            // The 17th digit is odd for men.
            try await new(card.household, card.typed, "--sex", card.other, at: village)
                .expectError(1, "the identity number says \(card.sex)")
            try await new(card.household, card.typed, "--sex", card.sex, at: village).expecting(0)
            let member = ["household", "member", card.household, name(card), "--as", "丙一"]
            try await village.run(member + ["--sex", card.other])
                .expectError(1, "the identity number says \(card.sex)")
            try await village.run(member + ["--born", "1999-09-09"]).expectError(1, "the identity number says born")
        }

        private func misprint(at village: Office) async throws {
            try await new("110", Self.misprinted, at: village).expectError(1, "--as-on-card where the card says so")
            try await new("110", Self.misprinted, "--as-on-card", "--born", "1960-01-01", "--sex", "male", at: village)
                .expecting(0)
            // What is no number of any card is none of this one either.
            try await new("111", "99000019600101001Y", "--as-on-card", "--born", "1960-01-01", at: village)
                .expectError(1, "identity number: character 18 is not a digit")
        }

        private func read(_ card: Card, at office: Office) async throws {
            // Either case finds it; what is shown without a purpose is masked.
            for text in Set([card.stored, card.stored.lowercased()]) {
                let found = try await office.run(["household", "find", text, "--json"]).expecting(0).object()["found"]
                let first = try #require((found as? [[String: Any]])?.first)
                #expect(first["number"] as? String == card.household, "\(card.stored) at \(office.code)")
                #expect(first["identity"] as? String == "\(card.stored.prefix(6))********\(card.stored.suffix(4))")
            }
            let file = try await office.run([
                "household", "show", "\(Tree.village)/\(card.household)", "--purpose", "application", "--reason", "核对",
                "--as", "丙一", "--json",
            ]).expecting(0).object()
            let member = try #require((file["members"] as? [[String: Any]])?.first)
            #expect(member["identity"] as? String == card.stored, "at \(office.code)")
            let born = card.stored.dropFirst(6).prefix(8)
            #expect(member["birth"] as? String == "\(born.prefix(4))-\(born.dropFirst(4).prefix(2))-\(born.suffix(2))")
        }

        private func name(_ card: Card) -> String { "甲\(card.household.suffix(1))" }

        private func new(
            _ household: String, _ number: String, _ more: String..., at village: Office
        ) async throws -> Answer {
            try await village.run(
                [
                    "household", "new", household, "--head", "甲\(household.suffix(1))", "--id-number", number,
                    "--hukou",
                    "rural", "--as", "丙一", "--json",
                ] + more)
        }
    }
}
