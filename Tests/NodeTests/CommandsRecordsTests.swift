import ChangeSets
import Foundation
import GRDB
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `Commands for records` {
        @Test func `list, show and close conflicts`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                try village.write(Rows.households(3, at: Tree.village, from: 1))
                try await village.sanji("sync").expecting(0)
                try village.write("UPDATE household SET address = '111' WHERE id = \(Rows.id(1))", as: "甲一")
                try village.write("DELETE FROM household WHERE id IN (\(Rows.id(2)), \(Rows.id(3)))", as: "甲一")
                try town.write("UPDATE household SET address = '222'", as: "乙二")
                try await village.sanji("sync").expecting(0)
                let conflict: Set = [
                    "id", "area", "table", "key", "columns[]", "quiet", "shown[]", "siblings[]", "edits[]", "since",
                    "siblings[].office", "siblings[].author", "siblings[].user", "siblings[].time",
                    "siblings[].values[]", "siblings[].differs[]",
                ]
                let edits: Set = [
                    "edits[].office", "edits[].author", "edits[].user", "edits[].time", "edits[].values.*",
                ]
                let list = try await village.sanji("conflicts", "list", "--json").expecting(2)
                #expect(
                    try list.fields(open: ["conflicts[].edits[].values"])
                        == Set(["conflicts[]", "running"] + conflict.union(edits).map { "conflicts[].\($0)" }))
                let all = try #require(try list.object()["conflicts"] as? [[String: Any]])
                #expect(all.count == 3)
                func id(_ number: Int) throws -> String {
                    let key = String(repeating: "0", count: 31) + "\(number)"
                    return try #require(all.first { $0["key"] as? String == key }?["id"] as? String)
                }
                let values = try await village.sanji("conflicts", "show", try id(1), "--json").expecting(0)
                #expect(try values.fields() == conflict.union(["running", "revealed[]"]))
                let delete = try await village.sanji("conflicts", "show", try id(2), "--json").expecting(0)
                #expect(
                    try delete.fields(open: ["edits[].values"])
                        == conflict.union(edits).union(["running", "revealed[]"]))
                let edit = try #require((try delete.object()["edits"] as? [[String: Any]])?.first)
                #expect(edit["office"] as? String == "330106009" && edit["user"] as? String == "乙二")
                #expect(edit["values"] as? [String: String] == ["address": "**"])
                let words = try await village.sanji("conflicts", "show", try id(2)).expecting(0).output.split(
                    separator: "\n")
                #expect(words.count == 3 && words[0].hasSuffix(": a delete that met an edit"))
                #expect(
                    words[1].hasPrefix("  deleted 330106009001 甲一 ") && words[2].hasPrefix("  edited  330106009 乙二 "))
                #expect(words[2].hasSuffix(": address = **"))

                // Ways that do not fit.
                func resolve(_ number: Int, _ way: String...) async throws -> Answer {
                    try await SanjiProgram.run(
                        [
                            "conflicts", "resolve", try id(number), "--as", "甲一", "--json", "--data",
                            village.folder.url.path,
                        ]
                            + way)
                }
                for way in [["--keep", "330106009"], ["--value", "1"]] {
                    try await resolve(2, way[0], way[1]).expectError(
                        1, "is a delete that met an edit; use --restore or --delete")
                }
                for way in ["--restore", "--delete"] {
                    try await resolve(1, way).expectError(1, "is about values; decide with --keep OFFICE or --value V")
                }
                try await resolve(1, "--keep", "330106").expectError(1, "office 330106 has no value in this conflict")
                try await resolve(1).expectError(64, "give one of --keep, --value, --restore and --delete")
                try await resolve(2, "--restore", "--delete").expectError(64, "give one of")

                let closed = try await resolve(1, "--keep", "330106009").expecting(0)
                #expect(try closed.fields() == ["id", "area", "table", "key", "closed"])
                try await resolve(2, "--restore").expecting(0)
                try await resolve(3, "--delete").expecting(0)
                try await resolve(3, "--delete").expectError(1, "it may have been resolved meanwhile")
                try await village.sanji("conflicts", "list").expecting(0)
                try await village.sanji("sync").expecting(0)
                for office in [town, village] {
                    #expect(
                        try office.pairs("SELECT household_no, address FROM household") == ["1": "222", "2": "222"])
                    try await office.sanji("conflicts", "list", "--json").expecting(0)
                }
            }
        }

        /// Domain 4.9.
        @Test func `show of a conflict and a history what a work list shows, and the whole to whoever says why`()
            async throws
        {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                try await tree.until("the rules are at the town") { try town.count("SELECT count(*) FROM param") > 50 }
                try await village.sanji("sync").expecting(0)
                try village.write(
                    """
                    INSERT INTO household (area, id, household_no) VALUES (office(), \(Rows.id(1)), '001');
                    INSERT INTO person (area, id, household, name, phone)
                        VALUES (office(), \(Rows.id(2)), \(Rows.id(1)), '甲一', '00000001234')
                    """)
                try await village.sanji("sync").expecting(0)
                let numbers = ["990000195803150021", "990000196803150021"]
                try village.write("UPDATE person SET id_number = '\(numbers[0])'", as: "甲一")
                try town.write("UPDATE person SET id_number = '\(numbers[1])'", as: "乙二")
                try await village.sanji("sync").expecting(0)
                let list = try await village.sanji("conflicts", "list", "--json").expecting(2)
                let found = try #require((try list.object()["conflicts"] as? [[String: Any]])?.first)
                let id = try #require(found["id"] as? String)
                let siblings = try #require(found["siblings"] as? [[String: Any]])
                #expect(
                    siblings.map { ($0["values"] as? [Any])?[1] as? String }
                        == Array(repeating: "990000********0021", count: 2))
                #expect(siblings.map { $0["differs"] as? [String] } == [[], ["id_number"]])
                let key = String(repeating: "0", count: 31) + "2"
                var said: [String] = []
                for words in [["conflicts", "list"], ["conflicts", "show", id], ["why", "person", key]] {
                    said.append(try await village.run(words).output)
                    said.append(try await village.run(words + ["--json"]).output)
                }
                #expect(said[0].contains("甲一, 990000********0021 (differs), "))
                for text in said {
                    for value in numbers + ["00000001234"] { #expect(!text.contains(value), "\(text)") }
                }
                #expect(try village.count("SELECT count(*) FROM access_log") == 0)
                let why = ["--purpose", "application", "--reason", "核对户口簿", "--as", "丙一", "--json"]
                let opened = try await village.run(["conflicts", "show", id] + why).expecting(0)
                #expect(numbers.allSatisfy { opened.output.contains($0) })
                let whole = try await village.run(["why", "person", key] + why).expecting(0)
                #expect(numbers.allSatisfy { whole.output.contains($0) })
                #expect(try village.count("SELECT count(*) FROM access_log WHERE reason = '核对户口簿'") == 2)
                try await village.run(["conflicts", "show", id, "--purpose", "application"]).expectError(64, "together")

                let typed = ["name=甲一", "id_number=990000********0021", "sex=NULL", "birth=NULL"]
                try await village.run(
                    ["conflicts", "resolve", id, "--as", "丙一"] + typed.flatMap { ["--value", $0] }
                ).expectError(1, "is masked")
                try await village.run(["conflicts", "resolve", id, "--keep", "\(town.code)", "--as", "丙一"]).expecting(0)
                #expect(try village.pairs("SELECT name, id_number FROM person") == ["甲一": numbers[1]])
            }
        }

        @Test func `refuse SQL that is not to be run, in words that help`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                for sql in [
                    "INSERT INTO household (area, id) VALUES (office(), uuid7())", "DELETE FROM household",
                    "CREATE TABLE more (a)", "PRAGMA user_version = 7", "DELETE FROM sanji_feed",
                    "SELECT 1; UPDATE person SET name = '甲一'",
                ] {
                    try await village.sanji("sql", sql, "--json").expectError(1, "this writes; give --write --as USER")
                }
                try await village.sanji("sql", "SELEC 1", "--json").expectError(1, "syntax error")
                try await village.sanji("sql", "SELECT 1", "--write", "--json").expectError(
                    64, "--write needs --as USER")
                for name in ["", " \t　"] {
                    try await village.sanji("sql", "SELECT 1", "--write", "--as", name).expectError(
                        64, "--as needs a name")
                    try await village.sanji("conflicts", "resolve", "a", "--delete", "--as", name)
                        .expectError(64, "--as needs a name")
                }
                let read = try await village.sanji(
                    "sql", "-", "--json", input: "SELECT '甲' AS a, 9e999, -9e999, x'0a', NULL"
                )
                .expecting(0)
                #expect(try read.fields() == ["columns[]", "rows[]", "changes", "running"])
                let row = try #require((try read.object()["rows"] as? [[Any]])?.first)
                #expect(
                    row.prefix(4).map { $0 as? String } == ["甲", "Infinity", "-Infinity", "0a"] && row[4] is NSNull)
                try await village.sanji("sql", "-", input: "SELECT 1\0; DROP").expectError(
                    1, "standard input is not UTF-8 text: byte 8, counted from 0, is wrong")
            }
        }

        @Test func `follow the log with what comes, however little of it was shown first`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                for number in 1...4 {
                    try village.write(Rows.households(1, at: Tree.village, from: number), as: "甲\(number)")
                }
                let log = try SanjiProgram.start([
                    "log", "--follow", "--limit", "1", "--area", Tree.village.digits, "--data", village.folder.url.path,
                ])
                try await log.until("the last is shown") { $0.outputText.contains(" #4 甲4 ") }
                // Written again until it is seen: nobody knows when the command has begun to wait.
                try await tree.until("what comes is shown") {
                    try village.write("UPDATE household SET address = hex(randomblob(8))", as: "乙")
                    return log.sofar.outputText.contains(" 乙 ")
                }
                log.send(SIGKILL)
                for number in 1...3 { #expect(!log.sofar.outputText.contains(" 甲\(number) ")) }
            }
        }

        @Test func `describe the schema in one object`() async throws {
            try await Tree.with(starting: []) { tree in
                let answer = try await tree[Tree.village].sanji("schema", "--json").expecting(0)
                let columns: Set = ["name", "type", "notNull", "rule", "group", "writers", "quiet"]
                let table: Set = ["name", "area", "key[]", "areas[]", "audience", "appendOnly", "columns[]"]
                // null where every author of the area may write, else a list.
                #expect(
                    try answer.fields()
                        == Set(
                            ["version", "tables[]", "running"] + table.map { "tables[].\($0)" }
                                + columns.map { "tables[].columns[].\($0)" } + ["tables[].columns[].writers[]"]))
            }
        }
    }
}
