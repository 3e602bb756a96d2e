import ArgumentParser
import Assistance

/// Photographs and scans, of which the hash alone is kept.
struct PaperOptions: ParsableArguments {
    @Option(help: "A photograph or scan: its SHA-256 is kept, the file stays where it is. Once for each.")
    var photo: [String] = []

    func hashes() throws -> [PaperHash] { try photo.map { PaperHash(of: [UInt8](try InputFile.bytes($0))) } }
}

struct SignatureOptions: ParsableArguments {
    @Option(help: "Who signed the paper: visitors, and somebody of the family. Once for each.")
    var signed: [String] = []
}
