import ChangeSets
import Foundation

/// The golden vectors of `Tests/Vectors`, as far as a fuzzer can begin with them.
enum GoldenFeeds {
    struct Feed {
        var key: PublicKey?
        var headers: [[UInt8]] = []
        var signature: [UInt8] = []
        var bodies: [[UInt8]] = []
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors")

    static let all: [Feed] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "vector" }.sorted { $0.path < $1.path }.compactMap {
            (try? String(contentsOf: $0, encoding: .utf8)).map(feed)
        }
    }()

    static let keys: [AuthorID: VerificationKey] = Dictionary(
        all.compactMap { feed in
            feed.key.flatMap { key in (try? VerificationKey(key)).map { (AuthorID(of: key), $0) } }
        }, uniquingKeysWith: { first, _ in first })

    private static func feed(_ text: String) -> Feed {
        var feed = Feed()
        var algorithm = Algorithm.ed25519
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let value = parts.count > 1 ? parts[1] : ""
            switch parts.first {
            case "algorithm": algorithm = value == "\(Algorithm.sm2)" ? .sm2 : .ed25519
            case "public-key": feed.key = PublicKey(algorithm: algorithm, bytes: bytes(value))
            case "header": feed.headers.append(bytes(value))
            case "signature": feed.signature = bytes(value)
            case "body": feed.bodies.append(bytes(value))
            default: break
            }
        }
        return feed
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        var digits = Array(hex.utf8)[...]
        var bytes: [UInt8] = []
        while let high = digits.popFirst(), let low = digits.popFirst() {
            bytes.append(UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) ?? 0)
        }
        return bytes
    }
}
