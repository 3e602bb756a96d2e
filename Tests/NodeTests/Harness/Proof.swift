import ChangeSets
import Replica
import Testing

extension Tree {
    /// `sanji verify` at every office, and against the parent's digests.
    func verifyAll() async throws {
        for office in all {
            let options = office.line == nil ? [] : ["--against", "parent"]
            let answer = try await SanjiProgram.run(["verify", "--json", "--data", office.folder.url.path] + options)
            #expect(answer.end == .exited(0), "\(office.code): \(answer.output)\(answer.errors)")
        }
    }
}
