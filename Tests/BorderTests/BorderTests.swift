import Foundation
import Testing

/// SwiftPM lets a target import its dependencies' dependencies; these tests keep the borders that docs/architecture.md draws.
@Suite struct `Borders between targets` {
    /// What each target may import besides the standard library's modules below.
    static let allowed: [String: Set<String>] = [
        "ChangeSets": ["COpenSSL", "SwiftProtobuf"],
        "Replica": ["ChangeSets", "GRDB", "CSQLite"],
        "Exchange": ["ChangeSets", "SwiftProtobuf"],
        "Node": [
            "ChangeSets", "Replica", "Exchange", "CZstd", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "NIOCore",
            "NIOPosix",
            "NIOSSL", "NIOFoundationCompat", "NIOHTTP1", "AsyncHTTPClient", "X509", "SwiftASN1", "Crypto", "Yams",
            "Logging", "ServiceLifecycle",
        ],
        "Assistance": ["ChangeSets", "Replica", "GRDB"],
        "Bench": ["ChangeSets", "Replica", "Node", "Assistance", "CSQLite", "GRDB"],
        "sanji": [
            "ChangeSets", "Replica", "Exchange", "Node", "Assistance", "Bench", "GRDB", "ArgumentParser", "Logging",
            "ServiceLifecycle",
        ],
    ]
    static let platform: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Synchronization", "Dispatch",
    ]
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: allowed.keys.sorted())
    func `a target imports only what its place allows`(target: String) throws {
        let files = try Self.sources(of: target)
        #expect(!files.isEmpty)
        let allowed = try #require(Self.allowed[target]).union(Self.platform)
        for file in files {
            for module in try Self.imports(file) where !allowed.contains(module) {
                Issue.record("\(file.lastPathComponent) imports \(module), which \(target) may not know")
            }
        }
    }

    @Test func `the core opens no file or socket and reads no clock`() throws {
        let banned = [
            "FileManager", "FileHandle", "URLSession", "InputStream", "OutputStream", "Data(contentsOf:",
            "String(contentsOf:", "contentsOfFile",
            " open(", "fopen(", "socket(", "Date()", "Date.now", "Date(time", "ContinuousClock", "SuspendingClock",
            "DispatchTime", "clock_gettime", "gettimeofday", "time(nil)", "ProcessInfo", "getenv(",
        ]
        for file in try Self.sources(of: "ChangeSets") + Self.sources(of: "Exchange") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in banned where text.contains(word) {
                Issue.record("\(file.lastPathComponent) uses \(word); take it as an argument")
            }
        }
    }

    @Test func `only one file calls the session extension`() throws {
        let callers = try Self.sources(of: "Replica").filter {
            try String(contentsOf: $0, encoding: .utf8).contains("sqlite3session_")
        }
        #expect(callers.map(\.lastPathComponent) == ["ChangeRecorder.swift"])
    }

    @Test func `every target is held to a border`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            at: Self.root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil)
        let swift = folders.map(\.lastPathComponent).filter { !$0.hasPrefix("C") || $0 == "ChangeSets" }
        #expect(Set(swift) == Set(Self.allowed.keys))
    }

    private static func sources(of target: String) throws -> [URL] {
        let folder = root.appendingPathComponent("Sources/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return files.compactMap { $0 as? URL }.filter {
            $0.pathExtension == "swift" && !$0.lastPathComponent.hasSuffix(".pb.swift")
        }
    }

    /// Modules named by `import`, with any access level or attribute before it.
    private static func imports(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let index = words.firstIndex(of: "import"), index < 3, index + 1 < words.count,
                words[..<index].allSatisfy({
                    $0.hasPrefix("@") || ["package", "internal", "private", "fileprivate", "public"].contains($0)
                })
            else { return nil }
            let kinds = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
            let name = kinds.contains(words[index + 1]) && index + 2 < words.count ? words[index + 2] : words[index + 1]
            return name.split(separator: ".").first.map(String.init)
        }
    }
}
