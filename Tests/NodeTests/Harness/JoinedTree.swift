import Assistance
import ChangeSets
import Foundation
import Replica

@testable import Node

/// The folders of a tree whose offices have joined by the commands that people use. Made once and copied by every test:
/// joining seven offices takes longer than most tests.
enum JoinedTree {
    static func folder() async throws -> URL { try await made.value.url }

    /// One town and all below it: every tier meets both algorithms.
    private static func usesSM2(_ code: OfficeCode) -> Bool { Tree.otherTown.covers(code) }

    private static let made = Task { try await make() }

    private static func make() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        keptUntilExit(folder.url)
        func place(_ code: OfficeCode) -> String { folder.url.appending(path: code.digits).path }
        let root = place(Tree.district)
        try await SanjiProgram.run([
            "district", "create", "--data", root, "--code", "330106", "--name", "西湖区", "--listen", "127.0.0.1:0",
        ]).expecting(0)
        try await SanjiProgram.run(["topology", "apply", Tree.topology, "--data", root]).expecting(0)
        var offices: [OfficeCode: Office] = [:]
        func start(_ code: OfficeCode) async throws {
            let office = Office(code, URL(fileURLWithPath: place(code)), line: nil)
            try await office.start()
            offices[code] = office
        }
        do {
            try await start(Tree.district)
            for code in Tree.codes where code != Tree.district {
                let token = try await SanjiProgram.run(["invite", code.digits, "--data", root]).expecting(0).output
                try await SanjiProgram.run(
                    [
                        "join", token.trimmingCharacters(in: .whitespacesAndNewlines), "--data", place(code),
                        "--parent",
                        "\(offices[code.parent!]!.address)",
                    ] + (usesSM2(code) ? ["--algorithm", "sm2"] : [])
                ).expecting(0)
                if code.tier == .town { try await start(code) }
            }
            for code in Tree.villages { try await SanjiProgram.run(["sync", "--data", place(code)]).expecting(0) }
            for code in [Tree.town, Tree.otherTown, Tree.district] {
                let end = try await offices[code]!.stop()
                guard end == .exited(0) else {
                    throw Failure("\(code) ended with \(end): \(offices[code]!.node!.sofar.errorText)")
                }
            }
        } catch {
            for office in offices.values { office.node?.send(SIGKILL) }
            throw error
        }
        for code in Tree.codes {
            let left = ["control.sock", "run.lock"].map { folder.url.appending(path: "\(code.digits)/\($0)") }
            for file in left { try? FileManager.default.removeItem(at: file) }
        }
        return folder
    }

    /// Statics are never released.
    private static func keptUntilExit(_ url: URL) {
        setenv("SANJI_TESTS_JOINED", url.path, 1)
        atexit {
            if let path = getenv("SANJI_TESTS_JOINED") {
                try? FileManager.default.removeItem(atPath: String(cString: path))
            }
        }
    }
}
