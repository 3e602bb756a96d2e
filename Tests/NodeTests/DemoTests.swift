import Foundation
import Testing

@Suite struct `The story of the README` {
    @Test(arguments: [SIGINT, SIGTERM])
    func `leaves nothing behind when it is interrupted`(interrupt: Int32) async throws {
        // Kept: a story that is told before this test gets to its signal does not end by itself.
        let process = try SanjiProgram.start(["demo", "--keep", "--topology", Self.topology])
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sanji-demo-\(process.pid)").path
        try await process.until("the district listens") { $0.outputText.contains("listens at") }
        process.send(interrupt)
        #expect(try await process.ended() == .exited(128 + interrupt))
        #expect(!FileManager.default.fileExists(atPath: folder))
        let commands = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            .compactMap { try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8) }
        #expect(!commands.contains { $0.contains(folder) })
    }

    @Test func `tells how to look at what it keeps`() async throws {
        let process = try SanjiProgram.start(["demo", "--keep", "--households", "40", "--topology", Self.topology])
        let said = try await process.until("it tells", within: .seconds(120)) {
            $0.outputText.contains("Ctrl-C") || $0.end != nil
        }
        let commands = said.outputText.split(separator: "\n").filter { $0.contains(" --data ") }
        #expect(commands.count == 8)
        for command in commands {
            // Word for word, as a person copies it.
            let look = try ChildProcess("/bin/sh", ["-c", String(command)])
            #expect(try await look.ended() == .exited(0), "\(command)")
        }
        process.send(SIGINT)
        #expect(try await process.ended() == .exited(128 + SIGINT))
    }

    private static let topology = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("topology/small.yaml").path

    /// Seven real processes, real TLS, a cut line, a conflict resolved, and every office verified against its parent.
    @Test func `plays to its end and proves all replicas equal`() async throws {
        let process = try SanjiProgram.start(["demo", "--households", "120", "--topology", Self.topology])
        let end = try await process.ended(within: .seconds(300))
        let story = process.sofar.outputText
        #expect(end == .exited(0), "\(story)")
        #expect(story.contains("2 changes waiting, nothing lost"))
        #expect(story.components(separatedBy: "equal to the parent").count == 7)
    }
}
