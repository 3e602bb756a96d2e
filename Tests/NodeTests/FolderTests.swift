import Foundation
import GRDB
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `A folder` {
        private let files = FileManager.default

        /// Nothing works, and the message says what.
        private func refuses(_ office: Office, _ said: String, _ place: SourceLocation = #_sourceLocation) async throws {
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

        @Test func `without office.json says so, and does not tell to join`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                let path = village.folder.url.appending(path: "office.json").path
                try files.removeItem(atPath: path)
                try await refuses(village, "\(path) is gone, but an office has joined here")
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
    }
}
