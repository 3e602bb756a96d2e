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
            commandName: "check", abstract: "Read a topology file; name each problem with its remedy.")
        @Argument(help: "A YAML file; topology/README.md explains every key.") var file: String
        @Flag(help: "Print one JSON object; fields are only ever added.") var json = false

        struct Report: Encodable { let root: String, offices: Int }

        func run() throws {
            let topology = try TopologyFile.read(file)
            if json {
                try Output.json(Report(root: topology.root.code.digits, offices: topology.offices.count))
            }
            Output.note("\(file): \(topology.offices.count) offices, no problem")
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "At the district: write the offices into the directory.",
            discussion: "Says what changes first. Applying the same file twice changes nothing.")
        @OptionGroup var options: ReplicaOptions
        @Argument(help: "A YAML file.") var file: String
        @Flag(help: "Only say what would change.") var dryRun = false

        struct Report: Encodable {
            let offices: Int, changed: Int, applied: Bool
            /// One line for each office that changes.
            let changes: [String]
        }

        func run() throws {
            let topology = try TopologyFile.read(file)
            let replica = try options.replica()
            guard replica.office == replica.root else {
                throw OfficeProblem.notRoot(replica.office, root: replica.root)
            }
            try topology.check(root: replica.root)
            let changes = try TopologyPlan(topology, directory: replica.directory())
            for line in changes.lines { Output.note(line) }
            Output.note(
                "\(changes.enrolments.count) of \(topology.offices.count) offices \(dryRun ? "would " : "")change"
                    + (dryRun ? "; nothing was written" : ""))
            if !dryRun, !changes.enrolments.isEmpty {
                try replica.enrol(changes.enrolments, as: ActingUser("sanji topology apply"))
                try options.wakeNode()
            }
            guard options.json else { return }
            try Output.json(
                Report(
                    offices: topology.offices.count, changed: changes.enrolments.count, applied: !dryRun,
                    changes: changes.lines))
        }
    }
}

enum TopologyFile {
    static func read(_ path: String) throws -> Topology {
        let data = try InputFile.bytes(path)
        guard data.count <= 4 << 20 else { throw TooLarge(path: path) }
        return try Topology.parse(yaml: try NotUTF8.decode(data, from: path))
    }

    struct TooLarge: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) has more than 4 MiB; a topology file names offices only" }
    }
}
