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
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sanji-demo-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let story = try DemoStory(topology: try TopologyFile.read(topology), households: households, folder: folder)
        do {
            try await story.play()
        } catch {
            story.stop()
            throw error
        }
        if keep {
            story.sayHowToLook()
            try await story.waitForInterrupt()
        }
        story.stop()
        try FileManager.default.removeItem(at: folder)
    }
}
