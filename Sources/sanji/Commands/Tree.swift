import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Tree: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Every office below this one: what has arrived where, and what is stuck.",
        discussion: "Exits 2 when an office needs attention.")
    @OptionGroup var options: ReplicaOptions

    func run() throws {
        let report = try TreeReport(try options.replica(), now_ms: now_ms())
        let running = try options.noteNode()
        if options.json {
            try Output.json(report, running: running)
        } else {
            Output.table(
                [
                    "office", "name", "status", "last contact", "up", "down", "conflicts", "held", "refused", "version",
                    "certificate until",
                ],
                report.offices.map {
                    [
                        $0.office, $0.name, $0.status, $0.lastContact ?? "never", "\($0.waitingUp)",
                        "\($0.waitingDown)",
                        "\($0.conflicts)", "\($0.held)", "\($0.refused)", $0.version ?? "",
                        String($0.certificateNotAfter?.prefix(10) ?? ""),
                    ]
                })
        }
        if report.offices.contains(where: { $0.status == "attention" }) { throw needsAttention }
    }
}
