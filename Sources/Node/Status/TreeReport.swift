import ChangeSets
import Foundation
import Replica

/// What `sanji tree` prints: every office below this one.
package struct TreeReport: Encodable, Sendable {
    package struct Office: Encodable, Sendable {
        package let office: String
        package let name: String
        package let tier: String
        /// `current`, `behind`, `offline`, `attention`, `never`.
        package let status: String
        @OrNull package var lastContact: String?
        package let waitingUp: Int
        package let waitingDown: Int
        package let conflicts: Int
        package let held: Int
        package let refused: Int
        @OrNull package var version: String?
        @OrNull package var schema: UInt32?
        @OrNull package var clockOffsetSeconds: Double?
        @OrNull package var certificateNotAfter: String?
    }
    package let offices: [Office]

    /// An office is offline when it has not been heard of for this long.
    package static let offlineAfter_ms: Int64 = 15 * 60 * 1000

    package init(_ replica: OfficeReplica, now_ms: Int64) throws {
        offices = try replica.officeProgress().map { progress in
            let heard = [progress.contact_ms, progress.statementReceived_ms].compactMap { $0 }.max()
            let status =
                if !progress.hasAuthor || heard == nil {
                    "never"
                } else if progress.held > 0 || progress.refused > 0 || progress.isForked {
                    "attention"
                } else if let heard, now_ms - heard > Self.offlineAfter_ms {
                    "offline"
                } else if progress.waitingUp + progress.waitingDown > 0 { "behind" } else { "current" }
            return Office(
                office: progress.office.digits, name: progress.name, tier: progress.office.tier.description,
                status: status, lastContact: heard.map(Timestamp.rfc3339), waitingUp: progress.waitingUp,
                waitingDown: progress.waitingDown, conflicts: progress.conflicts, held: progress.held,
                refused: progress.refused, version: progress.node?.software, schema: progress.schema,
                clockOffsetSeconds: progress.node?.clockOffset_ms.map { Double($0) / 1000 },
                certificateNotAfter: progress.node?.certificateNotAfter_ms.map(Timestamp.rfc3339))
        }
    }
}
