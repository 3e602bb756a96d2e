import Assistance
import Foundation
import Logging
import Replica

/// Monitors beside a running node, so that nobody has to think of it: what villages have seen becomes warnings, and days that come raise theirs.
/// It looks only at households about which something has changed, and ends with the process, in whatever it does.
struct MonitoringBeside: Sendable {
    private let options: ReplicaOptions
    private let replica: OfficeReplica
    private let user: ActingUser
    private let every: Duration
    private let logger: Logger

    /// - Throws: ``SignalImportError/village(_:)``, or why the replica cannot be opened.
    init(_ options: ReplicaOptions, as user: ActingUser, every: Duration, logger: Logger) throws {
        let replica = try options.replica()
        guard replica.office.tier != .village else { throw SignalImportError.village(replica.office) }
        (self.options, self.replica, self.user, self.every, self.logger) = (options, replica, user, every, logger)
    }

    func start() {
        // A thread of its own: it works on the disk for seconds where much has come.
        Thread.detachNewThread {
            var said: Set<String> = []
            while true {
                look(&said)
                Thread.sleep(forTimeInterval: every / .seconds(1))
            }
        }
    }

    /// - Parameter said: What has been logged already: a rule that is missing is missing for every household.
    private func look(_ said: inout Set<String>) {
        do {
            let report = try Monitor(replica, as: user, today: try Today.date()).run()
            if report.raised + report.heavier > 0 {
                logger.notice("monitoring: \(report.raised) warnings raised, \(report.heavier) heavier")
                try options.wakeNode()
            }
            if let first = report.failed.first {
                note("\(report.failed.count) households could not be looked at; \(first)", &said)
            }
        } catch {
            note("\(error)", &said)
        }
    }

    private func note(_ problem: String, _ said: inout Set<String>) {
        guard said.count < 1_000, said.insert(problem).inserted else { return }
        logger.error("monitoring: \(problem)")
    }
}
