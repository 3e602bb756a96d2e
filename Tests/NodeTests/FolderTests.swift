import Foundation
import GRDB
import Testing

@testable import Node
@testable import Replica

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `A folder` {
        private let files = FileManager.default

        /// Nothing works, and the message says what.
        private func refuses(_ office: Office, _ said: String, _ place: SourceLocation = #_sourceLocation) async throws
        {
            for arguments in [
                ["status"], ["verify"], ["sync"], ["log"], ["repair"], ["run"],
                ["sql", Rows.households(1, at: office.code, from: 90), "--write", "--as", "甲"],
            ] {
                let answer = try await SanjiProgram.run(arguments + ["--data", office.folder.url.path]).expecting(1)
                #expect(answer.errors.contains(said), "\(arguments): \(answer.errors)", sourceLocation: place)
            }
        }

        @Test(arguments: ["gone", "empty", "without tables"])
        func `whose database is lost is refused, and none is made anew`(how: String) async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                let path = village.folder.replicaPath
                for name in ["", "-wal", "-shm"] { try? files.removeItem(atPath: path + name) }
                if how == "empty" { try Data().write(to: URL(fileURLWithPath: path)) }
                if how == "without tables" {
                    try await DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE x (a)") }
                }
                try await refuses(village, "the database \(path) is gone or empty; put it back")
                #expect(files.fileExists(atPath: path) == (how != "gone"))
            }
        }

        @Test func `without office.json says what may have happened`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                let path = village.folder.url.appending(path: "office.json").path
                try files.removeItem(atPath: path)
                try await refuses(village, "\(path) is not there, but keys of an office are")
            }
        }

        @Test func `whose settings name another office or root than its certificate is refused`() async throws {
            try await Tree.with(starting: []) { tree in
                let (village, other) = (tree[Tree.village], tree[Tree.villages[1]])
                var settings = try village.folder.settings()
                settings.office = other.code.digits
                try village.folder.save(settings)
                try await refuses(village, "is \(village.code)'s, but office.json says \(other.code)")
                settings.office = village.code.digits
                settings.root = "330107"
                try village.folder.save(settings)
                try await refuses(village, "is the authority of 330106, but office.json names 330107")
            }
        }

        @Test func `with a key or certificate of another office is refused`() async throws {
            try await Tree.with(starting: []) { tree in
                let (village, other) = (tree[Tree.village], tree[Tree.villages[1]])
                func put(_ names: [String], from office: Office) throws {
                    for name in names {
                        let place = village.folder.keys.folder.appending(path: name)
                        try files.removeItem(at: place)
                        try files.copyItem(at: office.folder.keys.folder.appending(path: name), to: place)
                    }
                }
                let kept = village.folder.url.appending(path: "kept")
                try files.copyItem(at: village.folder.keys.folder, to: kept)
                func putBack() throws {
                    try files.removeItem(at: village.folder.keys.folder)
                    try files.copyItem(at: kept, to: village.folder.keys.folder)
                }
                try put(["author.pem"], from: other)
                try await refuses(village, "author.pem is \(other.code)'s key, but office.json says \(village.code)")
                try putBack()
                try put(["tls.pem", "certificate.pem"], from: other)
                try await refuses(village, "certificate.pem is \(other.code)'s, but office.json says \(village.code)")
                try putBack()
                try put(["sealing.pem"], from: other)
                try await refuses(village, "sealing.pem is not the key that the directory names for \(village.code)")
                try putBack()
                try files.removeItem(at: village.folder.keys.authorFile)
                let made = try TemporaryFolder()
                _ = try KeyFolder(dataFolder: made.url).prepareKeys(.ed25519)
                try files.copyItem(
                    at: KeyFolder(dataFolder: made.url).authorFile, to: village.folder.keys.authorFile)
                try await refuses(village, "author.pem is not the key that the directory names for \(village.code)")
                try putBack()
                try await village.sanji("status").expecting(0)
            }
        }

        @Test func `with the database of another office is refused`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                try village.closeReplica()
                func place(_ office: Office, _ end: String) -> URL {
                    office.folder.url.appending(path: "replica.sqlite" + end)
                }
                for other in [tree[Tree.town], tree[Tree.villages[1]]] {
                    try other.closeReplica()
                    for end in ["", "-wal", "-shm"] { try? files.removeItem(at: place(village, end)) }
                    for end in ["", "-wal"] where files.fileExists(atPath: place(other, end).path) {
                        try files.copyItem(at: place(other, end), to: place(village, end))
                    }
                    try await refuses(village, "was made with other keys than these")
                }
            }
        }

        /// The whole folder as it was, as from a backup that is a day old.
        private func restore(_ office: Office, from kept: URL) throws {
            try office.closeReplica()
            try files.removeItem(at: office.folder.url)
            try files.copyItem(at: kept, to: office.folder.url)
        }

        private func keep(_ office: Office) throws -> URL {
            try office.closeReplica()
            let kept = office.folder.url.deletingLastPathComponent().appending(path: "kept-\(office.code)")
            try files.copyItem(at: office.folder.url, to: kept)
            return kept
        }

        @Test(arguments: [false, true])
        func `that was put back writes nothing more once it has heard of what it lost`(hasWrittenOn: Bool) async throws
        {
            try await Tree.with(starting: [Tree.town]) { tree in
                let village = tree[Tree.village]
                try village.write(Rows.households(1, at: Tree.village, from: 1))
                try await village.sanji("sync").expecting(0)
                let kept = try keep(village)
                try village.write(Rows.households(1, at: Tree.village, from: 2))
                try await village.sanji("sync").expecting(0)
                try restore(village, from: kept)
                let insert = Rows.households(1, at: Tree.village, from: 3)
                // It cannot know before it has heard of it.
                if hasWrittenOn { try await village.sanji("sql", insert, "--write", "--as", "甲").expecting(0) }
                for _ in 0..<2 {
                    let synced = try await village.sanji("sync").expecting(2)
                    #expect(synced.errors.contains("this machine was restored from an older copy, or copied"))
                }
                let next = Rows.households(1, at: Tree.village, from: 4)
                let refused = try await village.sanji("sql", next, "--write", "--as", "甲").expecting(1)
                #expect(refused.errors.contains("Nothing more may be written here"))
                let status = try await village.sanji("status", "--json").expecting(2).object()
                let codes = (status["attention"] as? [[String: String]] ?? []).compactMap { $0["code"] }
                #expect(codes.contains("fork"))
            }
        }

        @Test func `whose older own change is damaged gets it back from the parent`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let village = tree[Tree.village]
                for number in 1...3 { try village.write(Rows.households(1, at: Tree.village, from: number)) }
                try await village.sanji("sync").expecting(0)
                try village.replica().engine { writer in
                    try writer.connection.execute(
                        """
                        UPDATE sanji_change_set SET body = zeroblob(length(body))
                        WHERE seq = (SELECT max(seq) - 1 FROM sanji_change_set)
                        """)
                }
                try village.closeReplica()
                try await village.sanji("verify").expecting(1)
                try await village.sanji("repair").expecting(2)
                let status = try await village.sanji("status", "--json").expecting(2).object()
                #expect((status["attention"] as? [[String: String]] ?? []).map { $0["code"] } == ["damaged"])
                try await village.sanji("sync").expecting(0)
                try await village.sanji("verify", "--against", "parent").expecting(0)
                try await village.sanji("status").expecting(0)
            }
        }

        @Test func `whose newest own change is damaged gets it back from the parent`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let village = tree[Tree.village]
                try village.write(Rows.households(1, at: Tree.village, from: 1))
                try village.write(Rows.households(1, at: Tree.village, from: 2))
                try await village.sanji("sync").expecting(0)
                try village.replica().engine { writer in
                    try writer.connection.execute(
                        """
                        UPDATE sanji_change_set SET header = CAST(x'ff' || substr(header, 2) AS BLOB)
                        WHERE seq = (SELECT max(seq) FROM sanji_change_set)
                        """)
                }
                try village.closeReplica()
                let insert = Rows.households(1, at: Tree.village, from: 3)
                let status = try await village.sanji("status", "--json").expecting(2).object()
                #expect((status["attention"] as? [[String: String]] ?? []).map { $0["code"] } == ["damaged"])
                try await village.sanji("sql", insert, "--write", "--as", "甲").expecting(1)
                try await village.sanji("repair").expecting(2)
                try await village.sanji("sync").expecting(0)
                try await village.sanji("verify", "--against", "parent").expecting(0)
                try await village.sanji("sql", insert, "--write", "--as", "甲").expecting(0)
                try await village.sanji("sync").expecting(0)
                try await village.sanji("status").expecting(0)
            }
        }
    }
}
