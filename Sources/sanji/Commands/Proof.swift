import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Every chain, signature and digest; names the first thing that is wrong.",
        discussion: "Exits 1 when something is wrong. --against parent also compares what both hold.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "`parent`: compare the digests of all common areas.") var against: String?

    struct Report: Encodable {
        struct Comparison: Encodable {
            let parent: String
            /// Areas whose rows are equal; one that is kept for several tiers counts for each.
            let equal: Int
            /// Why there was none.
            @OrNull var error: String?
        }
        let ok: Bool, feeds: Int, changeSets: Int, signatures: Int
        let problems: [String]
        let digests: [String: String]
        /// null without --against.
        @OrNull var comparison: Comparison?
    }

    func validate() throws {
        guard against == nil || against == "parent" else { throw ValidationError("--against takes only `parent`") }
    }

    func run() async throws {
        let replica = try options.replica()
        if against != nil, replica.office == replica.root { throw RootHasNoParent(office: replica.office) }
        let report = try replica.verify { Output.progress("\($0)") }
        Output.progress("")
        let running = try options.noteNode()
        var problems = report.problems.map(\.description)
        var comparison: Report.Comparison?
        var failure: (any Error)?
        if against != nil {
            do {
                let results = try await OneExchange.compare(try options.folder(), domain: AssistanceSchema.domain)
                let found = results.compactMap(Self.problem)
                comparison = .init(
                    parent: replica.office.parent?.digits ?? "", equal: results.count - found.count, error: nil)
                problems += found
            } catch {
                // What was checked here stands all the same.
                comparison = .init(parent: replica.office.parent?.digits ?? "", equal: 0, error: "\(error)")
                failure = error
            }
        }
        if options.json {
            try Output.json(
                Report(
                    ok: problems.isEmpty && failure == nil, feeds: report.feeds, changeSets: report.changeSets,
                    signatures: report.signatures, problems: problems,
                    digests: Dictionary(
                        uniqueKeysWithValues: report.digests.map { ($0.key.digits, $0.value.description) }),
                    comparison: comparison), running: running)
        } else if problems.isEmpty {
            Output.line(
                "ok: \(report.feeds) feeds, \(report.changeSets) change sets, \(report.signatures) signatures"
                    + (failure == nil ? comparison.map { ", equal to the parent in \($0.equal) areas" } ?? "" : ""))
        } else {
            for problem in problems { Output.line(problem) }
            let isFileDamaged = report.problems.contains { if case .file = $0 { true } else { false } }
            if !report.problems.isEmpty, !isFileDamaged {
                Output.flush()  // What it is about comes first.
                Output.note("`sanji repair` mends this from the log and the parent, as far as they have it")
            }
        }
        Output.flush()
        if let failure { throw failure }
        if !problems.isEmpty { throw ExitCode.failure }
    }

    private static func problem(_ result: Node.ComparisonResult) -> String? {
        switch result {
        case .equal: nil
        case .differentVectors(let scope):
            "\(scope): not the same changes applied yet; run `sanji sync`, then verify again"
        case .different(let scope, _, let row): "\(scope): \(row) differs from the parent's; run `sanji repair`"
        case .differentTables(let scope, let here, let parent):
            "\(scope): this office keeps \(here.joined(separator: ", ")), the parent \(parent.joined(separator: ", ")); "
                + "install the same version at both"
        }
    }
}

struct Repair: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Mend what verify found: from the verified log, then from the parent.",
        discussion: "What had to be dropped comes again with the next exchange. Exits 2 while something is left.")
    @OptionGroup var options: ReplicaOptions

    struct Report: Encodable {
        let dropped: [String]
        /// In the engine's own tables.
        let mended: [String]
        let rebuilt: [String]
        let unmended: [String]
        let needsExchange: Bool
    }

    func run() throws {
        let replica = try options.replica()
        let repair = try replica.repair { Output.progress("\($0)") }
        Output.progress("")
        forgetWhatIsDerived(from: replica)
        let report = Report(
            dropped: repair.dropped.map { "\($0.feed) \($0.first)…\($0.last)" },
            mended: repair.mended, rebuilt: repair.rebuilt.map(\.description),
            unmended: repair.unmended.map(\.description),
            needsExchange: repair.needsPeer)
        if options.json {
            try Output.json(report)
        } else {
            if report.dropped.isEmpty, report.mended.isEmpty, report.unmended.isEmpty {
                Output.note("nothing was wrong with the log; rows were computed again from it")
            }
            for line in report.dropped { Output.line("dropped, to be sent again: \(line)") }
            for line in report.mended { Output.line("mended: \(line)") }
            for line in report.rebuilt { Output.line("rebuilt: \(line)") }
            for line in report.unmended { Output.line("not mended: \(line)") }
            if !report.unmended.isEmpty {
                Output.note(
                    "what is not mended was written here, or hangs on what was dropped; docs/operating.md says what to do"
                )
            }
            if report.needsExchange {
                Output.note(
                    replica.office == replica.root
                        ? "the offices below send again what was dropped: run `sanji sync` there, or let the nodes run"
                        : "run `sanji sync` to fetch what was dropped")
            }
        }
        if !report.unmended.isEmpty || report.needsExchange { throw needsAttention }
    }

    /// Lists and monitoring begin anew. It may not stop the rest, which is done by now.
    private func forgetWhatIsDerived(from replica: OfficeReplica) {
        do { try Desk(replica).forget() } catch {
            Output.note("what lists are derived from could not be thrown away: \(error); run `sanji repair` again")
        }
    }
}
