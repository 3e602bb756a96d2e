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
        // Nothing of it stays behind, however it ends.
        defer {
            Output.note("stopping the offices")
            offices.stop()
            try? FileManager.default.removeItem(at: folder)
        }
        let interrupts = [SIGINT, SIGTERM].map { (interrupt: Int32) in
            signal(interrupt, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: interrupt, queue: .global())
            source.setEventHandler {
                Output.note("interrupted: stopping the offices")
                offices.stop()
                try? FileManager.default.removeItem(at: folder)
                Foundation.exit(128 + interrupt)
            }
            source.resume()
            return source
        }
        defer { for source in interrupts { source.cancel() } }
        let story = try DemoStory(topology: topology, households: households, folder: folder, running: offices)
        try await story.play()
        guard keep else { return }
        story.sayHowToLook()
        while true { try await Task.sleep(for: .seconds(3600)) }  // Until it is interrupted.
    }
}
