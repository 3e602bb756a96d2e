import ChangeSets
import Foundation
import Logging
import Replica
import ServiceLifecycle

/// One office's exchange in both directions, over whatever carries it.
package struct OfficeExchange: Sendable {
    /// What it does for the offices below.
    package let children: ChildExchange
    /// Keeps it in exchange with its parent as long as it runs; nil at the root.
    package let link: (any Service)?

    /// - Parameters:
    ///   - above: To the root, where that is not the parent.
    ///   - certificateNotAfter: When this office's own ends.
    ///   - addresses: Where this office, and those below it, want to be called.
    package init(
        replica: OfficeReplica, environment: any NodeEnvironment, transport: (any ParentTransport)?,
        above: (any ParentTransport)? = nil, certificateNotAfter: Date? = nil,
        addresses: @escaping @Sendable () async throws -> [OfficeCode: String], status: LinkStatus, logger: Logger
    ) {
        let queue = AcceptQueue(replica: replica, environment: environment)
        children = ChildExchange(
            replica: replica, queue: queue, environment: environment, software: sanjiVersion, logger: logger)
        link = transport.map { transport in
            let exchange = ParentExchange(
                replica: replica, line: transport, above: above, queue: queue, environment: environment,
                details: .own(certificateNotAfter: certificateNotAfter), addresses: addresses)
            return ParentLink(
                replica: replica, exchange: exchange, environment: environment, status: status, logger: logger)
        }
    }
}

extension NodeDetails {
    static func own(certificateNotAfter: Date?) -> NodeDetails {
        NodeDetails(
            software: sanjiVersion,
            certificateNotAfter_ms: certificateNotAfter.map { Int64($0.timeIntervalSince1970 * 1000) })
    }
}
