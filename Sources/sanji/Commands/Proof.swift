import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every chain, signature and digest; names the first thing that is wrong.",
        discussion: "Exits 1 when something is wrong. --against parent also compares what both hold.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "`parent`: compare the digests of all common areas.") var against: String?

    struct Report: Encodable {
        let ok: Bool, feeds: Int, changeSets: Int, signatures: Int
        let problems: [String]
        let digests: [String: String]
    }

    func validate() throws {
        guard against == nil || against == "parent" else { throw ValidationError("--against takes only `parent`") }
    }

    func run() async throws {
        let report = try options.replica().verify()
        var problems = report.problems.map(\.description)
        var compared = 0
        if against != nil {
            for result in try await OneExchange.compare(try options.folder(), domain: AssistanceSchema.domain) {
                switch result {
                case .equal: compared += 1
                case .differentVectors(let scope):
                    problems.append("\(scope): not the same changes applied yet; run `sanji sync`, then verify again")
                case .different(let scope, let table, let row):
                    problems.append(
                        "\(scope): \(table) differs from the parent's, first at row \(row); run `sanji repair`")
                }
            }
        }
        if options.json {
            try Output.json(
                Report(
                    ok: problems.isEmpty, feeds: report.feeds, changeSets: report.changeSets,
                    signatures: report.signatures, problems: problems,
                    digests: Dictionary(
                        uniqueKeysWithValues: report.digests.map { ($0.key.digits, $0.value.description) })))
        } else if problems.isEmpty {
            print(
                "ok: \(report.feeds) feeds, \(report.changeSets) change sets, \(report.signatures) signatures"
                    + (against == nil ? "" : ", equal to the parent in \(compared) areas"))
        } else {
            for problem in problems { print(problem) }
        }
        if !problems.isEmpty { throw ExitCode.failure }
    }
}

struct Repair: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mend what verify found: from the verified log, then from the parent.",
        discussion: "What had to be dropped comes again with the next exchange. Exits 2 while something is left.")
    @OptionGroup var options: ReplicaOptions

    struct Report: Encodable {
        let dropped: [String]
        let rebuilt: [String]
        let unmended: [String]
        let needsExchange: Bool
    }

    func run() throws {
        let repair = try options.replica().repair()
        let report = Report(
            dropped: repair.dropped.map { "\($0.feed) \($0.first)…\($0.last)" },
            rebuilt: repair.rebuilt.map(\.description), unmended: repair.unmended.map(\.description),
            needsExchange: repair.needsPeer)
        if options.json {
            try Output.json(report)
        } else {
            for line in report.dropped { print("dropped, to be sent again: \(line)") }
            for line in report.rebuilt { print("rebuilt: \(line)") }
            for line in report.unmended { print("not mended: \(line)") }
            if report.needsExchange { Output.note("run `sanji sync` to fetch what was dropped") }
        }
        if !report.unmended.isEmpty || report.needsExchange { throw needsAttention }
    }
}
