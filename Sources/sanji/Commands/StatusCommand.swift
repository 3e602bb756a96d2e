import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How far this office's changes have travelled, and what needs attention.",
        discussion: "Exits 2 when something needs attention.")
    @OptionGroup var options: ReplicaOptions
    @Flag(help: "Print anew whenever it changes.") var watch = false

    func run() throws {
        let folder = try options.folder()
        let replica = try options.replica()
        var attention = try show(folder, replica)
        if watch {
            let probe = try replica.commitProbe()
            while true {
                sleep(1)
                if try probe.hasChanged() { attention = try show(folder, replica) }
            }
        }
        if attention { throw needsAttention }
    }

    private func show(_ folder: OfficeFolder, _ replica: OfficeReplica) throws -> Bool {
        var report = try StatusReport(folder, replica, now: Date())
        // What the work itself asks of a person without being asked for; the rest is in its lists.
        let openings = try replica.read { try FileAccess.toLookInto(at: replica.office, $0) }
        if !openings.isEmpty {
            report.attention.append(
                Attention(
                    code: "relatives",
                    message:
                        "\(openings.count) openings of files by relatives of the family wait for somebody to look into them",
                    command: "sanji household access --by-relatives"))
        }
        if options.json {
            try Output.json(report)
        } else {
            Output.line(
                "\(report.office) \(report.name) (\(report.tier)), \(report.running ? "running" : "not running")")
            if let listen = report.listen { Output.line("\(report.running ? "listens" : "is to listen") at \(listen)") }
            if let parent = report.parent {
                // Without a node nobody has tried to reach it.
                let line = !report.running ? "" : parent.reachable ? " reachable" : " not reached"
                Output.line("parent \(parent.office)\(line), last contact \(parent.lastContact ?? "never")")
                if let error = parent.lastError { Output.line("    \(error)") }
            }
            let changes = report.changes
            var parts = ["own changes \(changes.own)", "waiting \(changes.waiting)"]
            for (office, count) in changes.reached.sorted(by: { $0.key.count > $1.key.count }) {
                parts.append("at \(office) \(count)")
            }
            if changes.held > 0 { parts.append("held \(changes.held)") }
            if changes.refused > 0 { parts.append("refused \(changes.refused)") }
            Output.line(parts.joined(separator: " · "))
            if let oldest = changes.oldestWaiting { Output.line("oldest waiting since \(oldest)") }
            if let down = report.down {
                Output.line("from above: \(down.notApplied) not applied yet, last heard \(down.lastContact ?? "never")")
            }
            if report.missingReferences > 0 { Output.line("references to rows not there: \(report.missingReferences)") }
            for item in report.attention { Output.line("! \(item.message): \(item.command)") }
        }
        Output.flush()
        return !report.attention.isEmpty
    }
}
