import ChangeSets
import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `Commands for offices` {
        @Test func `say so when what they print is lost`() async throws {
            let folder = try TemporaryFolder()
            let root = folder.url.appending(path: "d").path
            try await SanjiProgram.run([
                "district", "create", "--data", root, "--code", "330106", "--name", "西湖区", "--listen", "127.0.0.1:0",
            ]).expecting(0)
            for command in [["status"], ["sql", "SELECT 1"], ["schema", "--json"]] {
                let words = try [SanjiProgram.path.get()] + command + ["--data", root]
                let shell = try ChildProcess("/bin/sh", ["-c", "exec \"$@\" >/dev/full", "sh"] + words, input: "")
                let said = try await shell.until("\(command) ends") { $0.end != nil }
                #expect(said.end == .exited(1))
                #expect(said.errorText.contains("standard output cannot be written: No space left on device"))
            }
        }

        @Test func `print one object each`() async throws {
            let folder = try TemporaryFolder()
            let root = folder.url.appending(path: "d").path
            let created = try await SanjiProgram.run([
                "district", "create", "--data", root, "--code", "330106", "--name", "西湖区", "--listen", "127.0.0.1:0",
                "--json",
            ]).expecting(0)
            #expect(try created.fields() == ["office", "name", "author", "algorithm", "listen"])
            try await SanjiProgram.run([
                "district", "create", "--data", root, "--code", "330106", "--name", "西湖区", "--listen", "127.0.0.1:0",
                "--json",
            ]).expectError(1, "is office 330106 already; start it with `sanji run`")
            let checked = try await SanjiProgram.run(["topology", "check", Tree.topology, "--json"]).expecting(0)
            #expect(try checked.fields() == ["root", "offices"])
            for (path, why) in [("/nowhere.yaml", "No such file or directory"), ("/tmp", "Is a directory")] {
                try await SanjiProgram.run(["topology", "check", path, "--json"]).expectError(
                    1, "\(path) cannot be read: \(why); check the path")
            }
            for (options, applied) in [(["--dry-run"], false), ([], true)] {
                let answer = try await SanjiProgram.run(
                    ["topology", "apply", Tree.topology, "--data", root, "--json"] + options
                ).expecting(0)
                #expect(try answer.fields() == ["offices", "changed", "applied", "changes[]"])
                #expect(try answer.object()["applied"] as? Bool == applied)
                #expect(try answer.object()["changed"] as? Int == 6)
            }
            let invited = try await SanjiProgram.run(["invite", "330106009", "--data", root, "--json"]).expecting(0)
            #expect(try invited.fields() == ["office", "parent", "address", "token", "expires"])
            try await SanjiProgram.run(["invite", "330106009001001", "--data", root, "--json"]).expectError(
                64, "Error: ")
            try await SanjiProgram.run(["invite", "330106999", "--data", root, "--name", "a\u{1b}[31m"]).expectError(
                1, "the name contains the control character U+001B; remove it")
            try await SanjiProgram.run(["invite", "330106999", "--data", root, "--json"]).expectError(
                1, "330106999 is not in the topology; give its name with --name")
        }

        @Test func `join says what was wrong with it`() async throws {
            try await Tree.with(starting: []) { tree in
                let district = tree[Tree.district]
                let place = tree.folder.url.appending(path: "new").path
                func join(_ token: String, _ options: String...) async throws -> Answer {
                    try await SanjiProgram.run(["join", token, "--data", place, "--json"] + options)
                }
                try await join("sanji1.x").expectError(1, "Error: ")
                try await join("hello").expectError(
                    1, "this is no invitation; it is one line that begins with `sanji1.`")
                let token = try await district.sanji("invite", "330106999", "--name", "新镇").expecting(0).output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                try await join(String(token.dropLast())).expectError(1, "Error: ")
                try await join(token, "--parent", "nowhere").expectError(64, "Error: ")
                let closed = try await join(token, "--parent", "127.0.0.1:1")
                closed.expectError(1, "127.0.0.1:1")
                // An invited office that has joined stays what it is.
                try await district.sanji("invite", "330106009").expectError(
                    1, "330106009 has joined already; an office cannot be invited again in this version")
                try await SanjiProgram.run(["join", token, "--data", tree[Tree.town].folder.url.path]).expectError(
                    1, "is office 330106009 already; start it with `sanji run`")
                try await tree.start(district)
                let joined = try await join(token, "--parent", "\(district.address)").expecting(0)
                #expect(try joined.fields() == ["office", "name", "parent", "author"])
            }
        }

        @Test func `import and export households with one object each`() async throws {
            try await Tree.with(starting: []) { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                let file = tree.folder.url.appending(path: "sheet.csv")
                func save(_ lines: [String], _ encoding: String.Encoding = .utf8) throws {
                    let text = ["area,household_no,is_head,name,relation,sex,birth"] + lines
                    try text.joined(separator: "\n").data(using: encoding)!.write(to: file)
                }
                func take(_ office: Office, _ options: String...) async throws -> Answer {
                    try await SanjiProgram.run(
                        ["household", "import", file.path, "--as", "甲一", "--json", "--data", office.folder.url.path]
                            + options)
                }
                let counts = ["households", "persons"].flatMap { kind in
                    ["new", "changed", "unchanged"].map { "\(kind).\($0)" }
                }
                let report = Set(["imported", "refusedLines", "refused[]", "areasWithoutOffice[]"] + counts)
                let refused: Set = ["refused[].line", "refused[].column", "refused[].reason"]
                try save(["330106009001,1,yes,甲一,head,female,1960-01-01", "330106009001,2,yes,乙二,head,x,1960-01-01"])
                let nothing = try await take(village).expecting(1)
                #expect(try nothing.fields() == report.union(refused))
                let line = try #require((try nothing.object()["refused"] as? [[String: Any]])?.first)
                #expect(line["line"] as? Int == 3 && (line["column"] as? String)?.isEmpty == false)
                #expect(
                    nothing.errors == "nothing was imported: 1 lines were refused; correct them, or use --partial\n")
                #expect(try await take(village, "--partial").expecting(2).object()["imported"] as? Bool == true)
                try save(["330106009001,1,yes,甲一,head,female,1960-01-01"])
                #expect(try await take(village).expecting(0).fields() == report)
                // A village that is not in the directory.
                try save(["330106009777,1,yes,甲一,head,female,1960-01-01"])
                let strange = try await take(town).expecting(2)
                #expect(try strange.object()["areasWithoutOffice"] as? [String] == ["330106009777"])
                #expect(strange.errors.contains("no office for 330106009777"))
                // The same bytes are another name in the other encoding.
                try await take(village, "--encoding", "gb18030", "--area", "330106109012").expectError(1, "Error: ")
                try await take(village, "--encoding", "latin1").expectError(64, "Error: ")
                try FileManager.default.removeItem(at: file)
                try await take(village).expectError(1, "cannot be read: No such file or directory; check the path")
                let why = ["--purpose", "audit", "--reason", "核对", "--as", "甲九", "--second", "甲八"]
                func export(_ path: String) async throws -> Answer {
                    try await village.run(["household", "export", path, "--json"] + why)
                }
                // Until the district has published what of people's data a purpose needs, nothing is taken.
                try await export(file.path).expectError(1, "no value of ‘access.fields’ is published")
                #expect(!FileManager.default.fileExists(atPath: file.path))
                let district = tree[Tree.district]
                try await district.run(["param", "import", "--example", "--as", "甲九"]).expecting(0)
                for office in [district, town, village] { try await tree.start(office) }
                try await tree.until("the rules are at the village") {
                    try village.count("SELECT count(*) FROM param WHERE name = 'access.fields'") == 1
                }
                let exported = try await export(file.path).expecting(0)
                #expect(
                    try exported.fields() == [
                        "file", "households", "persons", "householdsWithoutMembers", "personsWithoutHousehold",
                    ])
                #expect(
                    try await take(village, "--encoding", "utf-8").expecting(0).object()["imported"] as? Bool == true)
                // Nothing is written over, and a list that cannot be written stops the import before it begins.
                let sheet = try Data(contentsOf: file)
                let there = "is there already; name another file, or remove that one first"
                for target in [file.path, village.folder.replicaPath] {
                    try await export(target).expectError(1, there)
                    try await take(village, "--report", target).expectError(1, there)
                }
                #expect(try Data(contentsOf: file) == sheet)
                try await take(village, "--report", "/no/such/folder/x.csv").expectError(1, "cannot be written")
                let wrong = try await take(village, "--encoding", "gb18030")
                wrong.expectError(1, "Error: ")
            }
        }
    }
}
