import ArgumentParser
import Foundation
import Simulation

@main struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Whole districts in virtual time, from one seed each, held against every invariant.")

    @Option(help: "Seeds FIRST..LAST.") var seeds = "1..100"
    @Option(help: "One seed.") var seed: UInt64?
    @Flag(help: "Print what happens.") var trace = false

    func run() throws {
        let ends = seeds.split(separator: ".").compactMap { UInt64($0) }
        var failed = 0
        for seed in seed.map({ $0...$0 }) ?? ends[0]...ends[1] {
            let folder = URL(fileURLWithPath: "/dev/shm/sanji-simulation")
            let world = World(seed: seed, in: folder) { line in if trace { print(line) } }
            let start = Date()
            let problems = world.run()
            for problem in problems { print(problem) }
            if !problems.isEmpty { failed += 1 }
            print("seed \(world.seed): \(problems.count) problems, \(Date().timeIntervalSince(start)) s")
            fflush(nil)
        }
        if failed > 0 { throw ExitCode(1) }
    }
}
