import Foundation

/// What fuzzing has kept of one target: for each way through the code that it found, an input that goes it; and every input
/// that ever was a finding, which no later run takes away.
package struct Corpus: Sendable {
    package let inputs: [[UInt8]]

    package init(of target: FuzzTarget) throws {
        let found = try Self.read("\(target.rawValue).found", mayBeMissing: true)
        inputs = try Self.read("\(target.rawValue).corpus", mayBeMissing: false) + found
    }

    /// One input a line, in base64: what a fuzzer makes has no text.
    private static func read(_ name: String, mayBeMissing: Bool) throws -> [[UInt8]] {
        let file = GoldenFeeds.folder.appendingPathComponent("fuzz/\(name)")
        if mayBeMissing, !FileManager.default.fileExists(atPath: file.path) { return [] }
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return try lines.dropLast().enumerated().map { number, line in
            guard let data = Data(base64Encoded: String(line)) else {
                throw FuzzFinding(what: "\(name):\(number + 1) is no base64")
            }
            return [UInt8](data)
        }
    }
}
