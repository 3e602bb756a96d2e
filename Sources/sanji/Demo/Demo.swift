import ArgumentParser
import Foundation

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A district, its towns and villages on this machine, playing the story of the README.",
        discussion: "Everything is made up and lives in a temporary folder. Ends by itself.")
    @Flag(help: "Leave the offices running, and say how to look at them.") var keep = false
    @Option(help: "The offices.") var topology = "topology/small.yaml"
    @Option(help: "Made-up households, spread over the villages.") var households = 2000

    func run() async throws {
        guard (1...100_000).contains(households) else { throw ValidationError("--households is 1 to 100000") }
        let topology = try TopologyFile.read(topology)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sanji-demo-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let offices = DemoOffices()
        // Whoever waits for an office or a command goes on when that has ended, and ends.
        try Interruption.watch { offices.stop() }
        do {
            let story = try DemoStory(topology: topology, households: households, folder: folder, running: offices)
            try await story.play()
            if keep {
                story.sayHowToLook()
                while Interruption.signal == nil { try await Task.sleep(for: .milliseconds(200)) }
            }
        } catch  where Interruption.signal == nil {
            clean(offices, folder)
            throw error
        } catch {}
        clean(offices, folder)
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
    }

    /// Nothing of it stays behind, however it ends.
    private func clean(_ offices: DemoOffices, _ folder: URL) {
        Output.note("stopping the offices")
        offices.stop()
        try? FileManager.default.removeItem(at: folder)
    }
}
