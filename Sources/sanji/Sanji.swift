import ArgumentParser
import Foundation
import GRDB
import Node
import Replica

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
            CommandGroup(
                name: "Assistance:",
                subcommands: [
                    Fact.self, Case.self, Alert.self, ReferralCommand.self, ReliefCommand.self, Review.self,
                    Account.self, RosterCommand.self, RecoveryCommand.self, GrantCommand.self, ListCommand.self,
                    DuplicateCommand.self, Stats.self, Import.self,
                    MonitorCommand.self, ComplaintCommand.self, Exports.self, Param.self,
                    Holiday.self,
                ]),
            CommandGroup(name: "Proof:", subcommands: [Verify.self, Repair.self, Demo.self, BenchCommand.self]),
        ])

    /// The place of the first argument that would be changed when it is made a String, and then be signed so.
    private static func argumentThatIsNotText() -> Int? {
        (1..<max(1, Int(CommandLine.argc))).first { index in
            guard let bytes = CommandLine.unsafeArgv[index] else { return false }
            return String(validatingCString: bytes) == nil
        }
    }

    static func main() async {
        Output.holdStandardStreams()
        umask(0o077)  // Whatever a command makes is personal data, or lies beside it.
        if let place = argumentThatIsNotText() {
            Output.note(
                "Error: argument \(place) is not UTF-8 text; set the terminal to UTF-8 (it may be GB 18030), or give SQL on standard "
                    + "input and texts in a file")
            Foundation.exit(ExitCode.validationFailure.rawValue)
        }
        if let complaint = UnknownCommand.complaint(about: Array(CommandLine.arguments.dropFirst()), of: Self.self) {
            Output.note("Error: \(complaint)")
            Foundation.exit(ExitCode.validationFailure.rawValue)
        }
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try Output.end()
        } catch let code as ExitCode {
            do { try Output.end() } catch { exit(withError: error) }
            exit(withError: code)
        } catch let wrong as ValidationError {
            // Found while it ran; the parser would show the usage of `sanji` itself beside it.
            Output.flush()
            Output.note("Error: \(wrong.message)")
            Foundation.exit(ExitCode.validationFailure.rawValue)
        } catch {
            // What was printed before it failed; why it failed matters more than whether that could be written.
            Output.flush()
            exit(withError: FileTrouble(error) ?? error)
        }
    }
}

/// SQLite's own words for a damaged page or a failing disk, with what to do.
private struct FileTrouble: Error, CustomStringConvertible {
    let description: String

    init?(_ error: any Error) {
        let code: Int32
        switch error {
        case let error as DatabaseError: code = error.resultCode.rawValue
        case let failure as SQLiteFailure: code = failure.code & 0xff
        default: return nil
        }
        switch ResultCode(rawValue: code) {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            description =
                "the database file itself is damaged (\(error)); stop the node, keep the folder as it is, and see “The disk has "
                + "damaged the file” in docs/operating.md"
        case .SQLITE_FULL: description = "the disk is full; nothing of this was kept: free some space and try again"
        case .SQLITE_IOERR:
            description =
                "the disk is full or fails (\(error)); free some space and try again; if that is no help, replace the disk"
        default: return nil
        }
    }
}
