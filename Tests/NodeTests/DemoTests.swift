import Foundation
import Testing

@Suite struct `The story of the README` {
    /// Seven real processes, real TLS, a cut line, a conflict resolved, and every office verified against its parent.
    @Test func `plays to its end and proves all replicas equal`() throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appendingPathComponent("sanji")
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        process.arguments = [
            "demo", "--households", "120", "--topology", root.appendingPathComponent("topology/small.yaml").path,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let story = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(story)")
        #expect(story.contains("1 change waiting, nothing lost"))
        #expect(story.components(separatedBy: "equal to the parent").count == 7)
    }
}
