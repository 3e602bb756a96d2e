import ArgumentParser
import ChangeSets
import Foundation
import Node
import Replica

struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology", abstract: "The offices of a district, from a file.",
        subcommands: [Check.self, Apply.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a topology file; name each problem with its remedy.")
        @Argument(help: "A YAML file; topology/README.md explains every key.") var file: String

        func run() throws {
            let topology = try TopologyFile.read(file)
            Output.note("\(file): \(topology.offices.count) offices, no problem")
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "At the district: write the offices into the directory.",
            discussion: "Says what changes first. Applying the same file twice changes nothing.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A YAML file.") var file: String
        @Flag(help: "Only say what would change.") var dryRun = false

        func run() throws {
            let topology = try TopologyFile.read(file)
            let replica = try options.replica()
            guard replica.office == replica.root else { throw OfficeProblem.notRoot(replica.office) }
            try topology.check(root: replica.root)
            let changes = try TopologyPlan(topology, directory: replica.directory())
            for line in changes.lines { Output.note(line) }
            Output.note("\(changes.enrolments.count) of \(topology.offices.count) offices change")
            if !dryRun, !changes.enrolments.isEmpty {
                try replica.enrol(changes.enrolments, as: ActingUser("sanji topology apply"))
                _ = ControlAnswer.ask(try options.folder())
            }
        }
    }
}

enum TopologyFile {
    static func read(_ path: String) throws -> Topology {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw ValidationError("\(path) cannot be read; check the path")
        }
        guard data.count <= 4 << 20, let text = String(validating: data, as: UTF8.self) else {
            throw ValidationError("\(path) is no UTF-8 text of at most 4 MiB; save it as UTF-8")
        }
        return try Topology.parse(yaml: text)
    }
}
