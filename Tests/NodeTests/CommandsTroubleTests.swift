import Foundation
import Testing

@testable import Node

extension `Offices as processes` {
    /// A machine that is full, closed or odd in some way takes nothing away from what a command has done, and nothing from others.
    @Suite(.timeLimit(.minutes(3))) struct `Commands in trouble` {
        /// Runs a command through a shell that does something to its streams.
        private func run(_ redirection: String, _ words: [String]) async throws -> ChildProcess.End? {
            let all = ["-c", "exec \"$@\" \(redirection)", "sh", try SanjiProgram.path.get()] + words
            return try await ChildProcess("/bin/sh", all, input: "").until("\(words) ends") { $0.end != nil }.end
        }

        private func insert(at office: Office) -> [String] {
            [
                "sql", "INSERT INTO household (area, id) VALUES (office(), uuid7())", "--write", "--as", "甲一", "--data",
                office.folder.url.path,
            ]
        }

        @Test(arguments: ["2>/dev/full", "2>&-", "<&- >&- 2>&-"])
        func `have done what they did, although nobody can hear of it`(redirection: String) async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                #expect(try await run(redirection, insert(at: village)) == .exited(0))
                #expect(try village.count("SELECT count(*) FROM household") == 1)
                try await village.sanji("verify").expecting(0)
            }
        }

        @Test func `count no rows that were taken back to a savepoint`() async throws {
            try await Tree.with(starting: []) { tree in
                let row = "INSERT INTO household (area, id) VALUES (office(), uuid7());"
                for (sql, count) in [
                    ("SAVEPOINT a; \(row) ROLLBACK TO a", 0),
                    ("\(row) SAVEPOINT a; \(row) ROLLBACK TO SAVEPOINT a; \(row)", 2),
                    ("SAVEPOINT a; \(row) SAVEPOINT b; \(row) ROLLBACK TO a; \(row) RELEASE a", 1),
                ] {
                    let answer = try await tree[Tree.village].sanji("sql", sql, "--write", "--as", "甲一", "--json")
                        .expecting(0)
                    #expect(try answer.object()["changes"] as? Int == count, "\(sql)")
                }
            }
        }

        @Test func `take no text with a zero in it, which others would cut off there`() async throws {
            try await Tree.with(starting: []) { tree in
                let sql = "INSERT INTO household (area, id, address) VALUES (office(), uuid7(), 'a' || char(0) || 'b')"
                try await tree[Tree.village].sanji("sql", sql, "--write", "--as", "甲一").expectError(
                    1, "household.address")
            }
        }

        @Test func `say what is wrong where they would do nothing`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                for sql in [" ", " ; -- nothing", "/* nothing */"] {
                    try await village.sanji("sql", sql).expectError(64, "there is no statement")
                    try await village.sanji("sql", sql, "--write", "--as", "甲一").expectError(
                        64, "there is no statement")
                }
                try await village.run(["help", "nothing"]).expectError(64, "‘nothing’ is no command of `sanji`")
                try await village.run(["help", "case", "nothing"]).expectError(64, "no command of `sanji case`")
                let help = try await SanjiProgram.run(["help", "case", "open"]).expecting(0)
                #expect(help.output.contains("LS (临时救助)"))
                let empty = try await village.sanji("log", "--area", "330106199001").expecting(0)
                #expect(empty.errors.contains("no change sets of this area"))
                let wrong = try await village.sanji("log", "--author", "abc")
                wrong.expectError(64, "is no author")
                #expect(!wrong.errors.contains("Usage: sanji <"))
            }
        }

        @Test func `read no more of a file than any command takes`() async throws {
            try await Tree.with(starting: []) { tree in
                let file = tree.folder.url.appending(path: "sparse.csv").path
                #expect(FileManager.default.createFile(atPath: file, contents: nil))
                truncate(file, 8 << 30)
                for words in [["topology", "check", file], ["household", "import", file, "--as", "甲一"]] {
                    let data = words[0] == "topology" ? [] : ["--data", tree[Tree.village].folder.url.path]
                    try await SanjiProgram.run(words + data).expectError(1, "has more than 64 MiB")
                }
                try await SanjiProgram.run(["topology", "check", "/dev/zero"]).expectError(1, "is a pipe or a device")
            }
        }

        @Test func `open no database that has a second name`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                let copy = tree.folder.url.appending(path: "linked.sqlite").path
                link(village.folder.url.appending(path: "replica.sqlite").path, copy)
                try await village.sanji("status").expectError(1, "has another name as well")
                unlink(copy)
                try await village.sanji("status").expecting(0, 2)
            }
        }

        @Test func `close no folder that is somebody else's`() async throws {
            let folder = try TemporaryFolder()
            let shared = folder.url.appending(path: "shared")
            try FileManager.default.createDirectory(at: shared, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: shared.appending(path: "other"))
            chmod(shared.path, 0o755)
            try await SanjiProgram.run([
                "district", "create", "--data", shared.path, "--code", "330106", "--name", "西湖区", "--listen",
                "127.0.0.1:0",
            ]).expectError(1, "holds other files")
            var info = stat()
            #expect(stat(shared.path, &info) == 0 && info.st_mode & 0o777 == 0o755)
            #expect(try FileManager.default.contentsOfDirectory(atPath: shared.path) == ["other"])
        }

        @Test func `make one office of one folder, however many are told to at once`() async throws {
            let folder = try TemporaryFolder()
            let root = folder.url.appending(path: "d").path
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for number in 1...4 {
                    group.addTask {
                        try await SanjiProgram.run([
                            "district", "create", "--data", root, "--code", "330106", "--name", "西湖区\(number)",
                            "--listen",
                            "127.0.0.1:0",
                        ])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.exitCode == 0 } == 1)
            for answer in answers where answer.exitCode != 0 {
                #expect(
                    answer.errors.contains("another command is making")
                        || answer.errors.contains("is office 330106 already"))
            }
            try await SanjiProgram.run(["invite", "330106009", "--name", "镇", "--data", root]).expecting(0)
        }

        @Test func `do not wait for a node that hangs`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                // A socket that nobody takes calls from, with its queue full.
                let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(listener) }
                var address = sockaddr_un()
                address.sun_family = sa_family_t(AF_UNIX)
                withUnsafeMutableBytes(of: &address.sun_path) {
                    $0.copyBytes(from: Array(village.folder.controlPath.utf8))
                }
                func call(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
                    withUnsafePointer(to: &address) {
                        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
                        }
                    }
                }
                try #require(call { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
                var callers: [Int32] = []
                defer { for caller in callers { close(caller) } }
                while true {
                    let caller = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                    callers.append(caller)
                    _ = fcntl(caller, F_SETFL, O_NONBLOCK)
                    guard call({ connect(caller, $0, $1) }) == 0 else { break }
                }
                try await village.sanji("status").expecting(0, 2)
                try await SanjiProgram.run(insert(at: village)).expecting(0)
            }
        }
    }
}
