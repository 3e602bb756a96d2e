import ChangeSets
import Foundation
import Testing

@Suite struct `Golden vectors` {
    static let files = Result { try VectorFile.all() }
    static let names = (try? files.get().map(\.name)) ?? []

    private func file(_ name: String) throws -> VectorFile {
        try #require(try Self.files.get().first { $0.name == name })
    }

    @Test(arguments: names)
    func `each is met when its parts are checked one by one`(name: String) throws {
        let file = try file(name)
        #expect(try file.checked() == file.expect)
    }

    @Test(arguments: names)
    func `each is met when it comes as a stream, however that is cut`(name: String) throws {
        let file = try file(name)
        for pieceBytes in [1 << 20, 1000, 7] { #expect(try file.received(pieceBytes: pieceBytes) == file.expect) }
    }

    @Test func `there are all that are made, each in the file of its name`() throws {
        let made = try VectorMaker.all().map(\.name).sorted()
        #expect(Self.names == made)
        #expect(made.count >= 30)
        for file in try Self.files.get() {
            let url = VectorFile.folder.appendingPathComponent(file.fileName)
            #expect(try String(contentsOf: url, encoding: .utf8) == file.text)
        }
    }

    /// With fresh keys: what is expected holds for any key, not for those in the files alone.
    @Test func `those made anew are met as well`() throws {
        for vector in try VectorMaker.all() {
            #expect(try vector.checked() == vector.expect, "\(vector)")
            #expect(try vector.received(pieceBytes: 4096) == vector.expect, "\(vector)")
        }
    }

    /// Writes the files that are missing: `SANJI_WRITE_VECTORS=1 swift test --filter GoldenVectorTests`. One that is
    /// there stays as it is; delete it first to have it made with another key.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SANJI_WRITE_VECTORS"] != nil))
    func `are written when asked for`() throws {
        try FileManager.default.createDirectory(at: VectorFile.folder, withIntermediateDirectories: true)
        for vector in try VectorMaker.all() {
            let url = VectorFile.folder.appendingPathComponent(vector.fileName)
            guard !FileManager.default.fileExists(atPath: url.path) else { continue }
            try vector.text.write(to: url, atomically: true, encoding: .utf8)
        }
    }
}
