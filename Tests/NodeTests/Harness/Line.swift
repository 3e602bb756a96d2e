import Foundation

@testable import Node

/// The line from a child to its parent, with an address that stays while the parent's process comes and goes.
final class Line: Sendable {
    let cuttable: CuttableLine
    private let running: Task<Void, any Error>

    init() async throws {
        let cuttable = try await CuttableLine.open(to: nil)
        self.cuttable = cuttable
        running = Task { try await cuttable.run() }
    }

    deinit { running.cancel() }

    var address: HostPort { cuttable.address }
    func cut() { cuttable.cut() }
    func mend() { cuttable.mend() }
    func lead(to address: HostPort) { cuttable.forward(to: address) }
}
