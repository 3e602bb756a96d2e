import ArgumentParser
import Assistance

/// Photographs and scans, of which the hash alone is kept.
struct PaperOptions: ParsableArguments {
    @Option(help: "A photograph or scan: its SHA-256 is kept, the file stays where it is. Once for each.")
    var photo: [String] = []

    func hashes() throws -> [PaperHash] { try photo.map { PaperHash(of: [UInt8](try InputFile.bytes($0))) } }
}

/// 入户走访, whatever it is for.
struct VisitOptions: ParsableArguments {
    @Option(help: "Who went; give it once for each.") var visitor: [String]
    @Option(help: "Who of the family was seen; nothing where nobody was at home.") var seen = ""
    @Option(help: "What was found.") var findings = ""
    @OptionGroup var paper: PaperOptions
    @Option(help: "Who signed the paper: visitors, and somebody of the family. Once for each.")
    var signed: [String] = []

    func visit(on day: CalendarDate) throws -> HomeVisit {
        let visit = try HomeVisit(
            on: day, by: visitor, seen: seen, findings: findings, signedBy: signed, papers: paper.hashes())
        if visit.visitors.count < 2 {
            Output.note("one visitor only: a decision needs a visit by two at least (--visitor once for each)")
        }
        return visit
    }
}
