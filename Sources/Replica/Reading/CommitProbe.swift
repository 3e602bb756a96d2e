internal import CSQLite
import Foundation
import GRDB
import Synchronization

/// Tells whether anyone, in this process or another, has committed since it was last asked.
package final class CommitProbe: Sendable {
    private let queue: DatabaseQueue
    private let last = Mutex<Int64>(-1)

    fileprivate init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        // The first reader after a killed writer recovers the log, and others wait for it.
        configuration.busyMode = .timeout(30)
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    package func hasChanged() throws -> Bool {
        let version = try queue.read { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        return last.withLock { last in
            defer { last = version }
            return last != version
        }
    }
}

extension OfficeReplica {
    package func commitProbe() throws -> CommitProbe { try CommitProbe(path: path) }
}
