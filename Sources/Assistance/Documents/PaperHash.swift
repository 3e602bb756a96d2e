import ChangeSets

/// 佐证: the SHA-256 of a photograph or a scan. The file itself stays with whoever made it (domain, head); who is shown it later can tell whether it
/// is the same.
package struct PaperHash: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(of file: [UInt8]) { description = Algorithm.ed25519.hash(file).hex }
}

extension [PaperHash] {
    /// As a cell holds them: in the order in which they were given.
    var written: String { map(\.description).joined(separator: " ") }
}
