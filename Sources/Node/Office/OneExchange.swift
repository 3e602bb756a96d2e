import ChangeSets
import Exchange
import Foundation
import Replica

/// One whole exchange with the parent, for `sanji sync`. Works beside a running node and without one.
package enum OneExchange {
    package struct Result: Sendable {
        package var sent = 0
        package var received: UInt64 = 0
        package var rejected: [RejectedChangeSets] = []
        package var forked: [FeedID] = []
        /// Vectors of both sides were equal at the end.
        package var isEqual = false
    }

    /// - Parameter onProgress: Called with what has been moved so far.
    package static func run(
        _ folder: OfficeFolder, domain: DomainSchema, onProgress: @Sendable (Result) -> Void = { _ in }
    ) async throws -> Result {
        let replica = try folder.openReplica(domain: domain)
        let settings = try folder.settings()
        let identity = try folder.keys.loadIdentity()
        let line = try ParentLine(replica: replica, settings: settings, identity: identity)
        let environment = MachineEnvironment()
        let above = try ParentLine.toRoot(replica, settings, identity)
        let exchange = ParentExchange(
            replica: replica, line: line, above: above, queue: AcceptQueue(replica: replica, environment: environment),
            environment: environment, details: .own(certificateNotAfter: identity.certificate.notAfter),
            addresses: { [:] })
        do {
            let result = try await run(exchange, onProgress)
            try await line.shutdown()
            try await above?.shutdown()
            try replica.close()
            return result
        } catch {
            try await line.shutdown()
            try await above?.shutdown()
            throw error
        }
    }

    private static func run(_ exchange: ParentExchange, _ onProgress: (Result) -> Void) async throws -> Result {
        var result = Result()
        try await greet(exchange)
        func note(_ moved: ParentExchange.Moved) {
            result.sent += moved.sent
            result.received += moved.received
            result.rejected += moved.rejected
            result.forked += moved.forked
            onProgress(result)
        }
        note(try await exchange.pullDirectory())
        var moved = try await exchange.push()
        note(moved)
        while moved.hasMore {
            moved = try await exchange.push()
            note(moved)
        }
        repeat {
            moved = try await exchange.poll(waitSeconds: 0)
            note(moved)
        } while moved.hasMore && moved.received > 0
        // Statements about what came down, so that the parent knows.
        note(try await exchange.push())
        try await exchange.pushBranches()
        try await exchange.settle()
        result.isEqual = try await exchange.isEqual()
        return result
    }

    /// At the first of the parent's addresses that answers, those included of which the root tells meanwhile.
    private static func greet(_ exchange: ParentExchange) async throws {
        var left = try await exchange.addressCount()
        while true {
            do {
                return try await exchange.greet()
            } catch let failure as CallFailure {
                guard case .unreachable = failure else { throw failure }
                left -= 1
                if await exchange.didNotAnswer() { left = try await exchange.addressCount() }
                guard left > 0 else { throw failure }
            }
        }
    }

    /// Until the parent, which compares with few at a time, has time for it: this office's own node may be at it just now.
    private static func whenFree<T>(_ body: () async throws -> T) async throws -> T {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            do {
                return try await body()
            } catch CallFailure.refused(_, 503, _, _) where ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Compares this replica with the parent's, down to the first differing row.
    package static func compare(_ folder: OfficeFolder, domain: DomainSchema) async throws -> [ComparisonResult] {
        let replica = try folder.openReplica(domain: domain)
        let identity = try folder.keys.loadIdentity()
        // A digest goes over every row.
        let line = try ParentLine(
            replica: replica, settings: try folder.settings(), identity: identity, silenceMax: .minutes(10))
        do {
            let results = try await whenFree {
                try await DigestComparison(
                    replica: replica, line: line, environment: MachineEnvironment(), isFresh: true
                ).run()
            }
            try await line.shutdown()
            try replica.close()
            return results
        } catch {
            try await line.shutdown()
            throw error
        }
    }
}
