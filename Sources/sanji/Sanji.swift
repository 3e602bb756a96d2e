import ArgumentParser
import Foundation
import Node

@main
struct Sanji: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sanji",
        abstract: "Social assistance at three tiers of offices, each working offline, all arriving at the same.",
        discussion: """
            Data goes to standard output, everything else to standard error. Exit codes: 0 done; 1 failed;
            2 done, but something needs attention; 64 wrong usage.
            """,
        version: sanjiVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Offices:", subcommands: [District.self, TopologyCommand.self, Invite.self, Join.self, Run.self]),
            CommandGroup(name: "Exchange:", subcommands: [Sync.self, Status.self, Tree.self]),
            CommandGroup(
                name: "Records:",
                subcommands: [Why.self, LogCommand.self, Conflicts.self, SQL.self, SchemaCommand.self, Household.self]),
            CommandGroup(name: "Proof:", subcommands: [Verify.self, Repair.self, Demo.self, BenchCommand.self]),
        ])

    static func main() async {
        if let complaint = UnknownCommand.complaint(about: Array(CommandLine.arguments.dropFirst()), of: Self.self) {
            Output.note("Error: \(complaint)")
            Foundation.exit(ExitCode.validationFailure.rawValue)
        }
        await main(nil)
    }
}
