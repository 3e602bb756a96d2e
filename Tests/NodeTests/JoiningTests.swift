import ChangeSets
import Foundation
import Synchronization
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct Joining {
        @Test func `through a town works for one machine, and is cut off and tried again without harm`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let (district, town) = (tree[Tree.district], tree[Tree.town])
                let code = "330106009002"
                let token = try await district.sanji("invite", code, "--name", "甲二社区").expecting(0).output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                func join(_ place: String, at office: Office) async throws -> Answer {
                    let folder = tree.folder.url.appending(path: place).path
                    return try await SanjiProgram.run([
                        "join", token, "--data", folder, "--parent", "\(office.address)",
                    ])
                }
                // Killed at any moment on the way, it is tried again in the same folder.
                var random = SeededRandom(seed: 7)
                let one = tree.folder.url.appending(path: "one")
                try FileManager.default.createDirectory(at: one, withIntermediateDirectories: true)
                try tree.events.watch(one.path)
                for _ in 0..<6 {
                    let folder = tree.folder.url.appending(path: "one").path
                    let process = try SanjiProgram.start([
                        "join", token, "--data", folder, "--parent", "\(town.address)",
                    ])
                    let moment = Int.random(in: 0..<5, using: &random)
                    let seen = Mutex(0)
                    try await eventually("a moment", after: [tree.events.changes]) {
                        seen.withLock { seen in
                            seen += 1
                            return seen > moment || process.sofar.end != nil
                        }
                    }
                    process.send(SIGKILL)
                    try await process.ended()
                    if try await SanjiProgram.run(["status", "--data", folder]).end == .exited(0) { break }
                }
                let answer = try await join("one", at: town)
                let isThere = answer.errors.contains("there is an office")
                #expect(answer.end == .exited(0) || isThere, "\(answer.errors)")
                let folder = tree.folder.url.appending(path: "one").path
                try await SanjiProgram.run(["sync", "--data", folder]).expecting(0)
                try await SanjiProgram.run(["verify", "--against", "parent", "--data", folder]).expecting(0)
                // The token is one machine's now.
                let second = try await join("two", at: town)
                #expect(
                    second.end == .exited(1) && second.errors.contains("used by another machine"), "\(second.errors)")
                #expect(try district.count("SELECT count(*) FROM sanji_author WHERE office = '\(code)'") == 1)
            }
        }

        @Test func `is not for whoever calls the wrong office, nor while the town's line is down`() async throws {
            try await Tree.with(starting: [Tree.town, Tree.otherTown]) { tree in
                let district = tree[Tree.district]
                let token = try await district.sanji("invite", "330106009003", "--name", "甲三社区").expecting(0).output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                func join(at office: Office) async throws -> Answer {
                    let folder = tree.folder.url.appending(path: "three").path
                    return try await SanjiProgram.run([
                        "join", token, "--data", folder, "--parent", "\(office.address)",
                    ])
                }
                let wrong = try await join(at: tree[Tree.otherTown])
                #expect(wrong.end == .exited(1), "\(wrong.errors)")
                let cut = try await join(at: tree[Tree.town])
                #expect(cut.end == .exited(1) && cut.errors.contains("could not ask its parent"), "\(cut.errors)")
                try await tree.start(district)
                try await join(at: tree[Tree.town]).expecting(0)
            }
        }
    }
}
