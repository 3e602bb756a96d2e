import ChangeSets
import Foundation

/// One golden vector: a run, its bodies, and what becomes of them. `Tests/Vectors/README.md` describes the file.
struct VectorFile: Hashable, CustomStringConvertible {
    static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Vectors")
    static let accepted = "accepted"

    var name: String
    /// `accepted`, or the text of the refusal.
    var expect: String
    /// The author's office.
    var office: OfficeCode
    var key: PublicKey
    var headers: [[UInt8]]
    var signature: [UInt8]
    var bodies: [[UInt8]]

    var description: String { name }
    var fileName: String { name.split(separator: " ").joined(separator: "-") + ".vector" }

    var text: String {
        var lines = [
            ("name", name), ("expect", expect), ("office", office.digits), ("algorithm", "\(key.algorithm)"),
            ("public-key", key.bytes.hex),
        ]
        lines += headers.map { ("header", $0.hex) } + [("signature", signature.hex)] + bodies.map { ("body", $0.hex) }
        return lines.map { $0.1.isEmpty ? "\($0.0):\n" : "\($0.0): \($0.1)\n" }.joined()
    }

    static func all() throws -> [VectorFile] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "vector" }
            .map { try VectorFile(text: String(contentsOf: $0, encoding: .utf8), file: $0.lastPathComponent) }
            .sorted { $0.name < $1.name }
    }
}

extension VectorFile {
    struct Unreadable: Error {
        let file: String
        let line: String
    }

    init(text: String, file: String) throws {
        var values: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { throw Unreadable(file: file, line: String(line)) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            values[String(line[..<colon]), default: []].append(String(value))
        }
        func one(_ key: String) throws -> String {
            guard let found = values[key], found.count == 1 else { throw Unreadable(file: file, line: key) }
            return found[0]
        }
        func bytes(_ key: String) throws -> [[UInt8]] {
            try (values[key] ?? []).map {
                guard let bytes = [UInt8](hex: $0) else { throw Unreadable(file: file, line: key) }
                return bytes
            }
        }
        guard let algorithm = Algorithm(name: try one("algorithm")), let key = try bytes("public-key").first,
            let signature = try bytes("signature").first
        else { throw Unreadable(file: file, line: "algorithm, public-key or signature") }
        self.init(
            name: try one("name"), expect: try one("expect"), office: try OfficeCode(try one("office")),
            key: PublicKey(algorithm: algorithm, bytes: key), headers: try bytes("header"), signature: signature,
            bodies: try bytes("body"))
    }
}
