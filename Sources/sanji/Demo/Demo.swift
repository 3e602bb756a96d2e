import ArgumentParser
import Foundation

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A district, its towns and villages on this machine, playing the story of the README.",
        discussion: "Everything is made up and lives in a temporary folder. Ends by itself.")
    @Flag(help: "Leave the offices running, and say how to look at them.") var keep = false
    @Option(help: "The offices.") var topology = Self.shippedTopology
    @Option(help: "Made-up households, spread over the villages.") var households = 2000

    private static let shippedTopology = "topology/small.yaml"

    func run() async throws {
        guard (1...100_000).contains(households) else { throw ValidationError("--households is 1 to 100000") }
        guard topology != Self.shippedTopology || FileManager.default.fileExists(atPath: topology) else {
            throw ValidationError(
                "\(topology) is not here; run this in the folder of Sanji's sources, or give --topology FILE")
        }
        let topology = try TopologyFile.read(topology)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sanji-demo-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Nothing of it stays behind, however it ends.
        defer {
            Output.note("stopping the offices")
            ChildProcesses.stop()
            try? FileManager.default.removeItem(at: folder)
        }
        try ChildProcesses.stopWhenInterrupted()
        do {
            let story = try DemoStory(topology: topology, households: households, folder: folder)
            try await story.play()
            if keep {
                story.sayHowToLook()
                while ChildProcesses.interruption == nil { try await Task.sleep(for: .milliseconds(200)) }
            }
        } catch {
            // What fails once it was interrupted fails because of that.
            if ChildProcesses.interruption == nil { throw error }
        }
        if let signal = ChildProcesses.interruption { throw ExitCode(128 + signal) }
    }
}
