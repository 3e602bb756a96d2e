import ChangeSets
import NIOCore
import Replica

/// The way to the parent: its addresses, of which one that does not answer gives way to the next, and the connections.
actor ParentLine: ParentTransport {
    nonisolated let parent: OfficeCode
    private let replica: OfficeReplica
    private let settings: OfficeSettings
    private let identity: OfficeIdentity
    private let silenceMax: TimeAmount
    private var client: ParentClient?
    private var failures = 0

    /// - Parameters:
    ///   - office: Another office above than the parent.
    ///   - silenceMax: How long the parent may be at work on one question.
    init(
        replica: OfficeReplica, settings: OfficeSettings, identity: OfficeIdentity, to office: OfficeCode? = nil,
        silenceMax: TimeAmount = ParentClient.silenceMax
    ) throws {
        guard let parent = office ?? Self.parent(of: replica.office, root: replica.root) else {
            throw OfficeProblem.noParentAddress
        }
        self.parent = parent
        self.replica = replica
        self.settings = settings
        self.identity = identity
        self.silenceMax = silenceMax
    }

    func call(_ path: String, _ message: [UInt8], within limit: Duration) async throws -> [UInt8] {
        try await current().call(path, message, timeout: .nanoseconds(Int64(limit / .nanoseconds(1))))
    }

    func upload(_ path: String, _ pages: ByteStream) async throws -> [UInt8] {
        try await current().upload(path, pages)
    }

    func stream(_ path: String, _ message: [UInt8]) async throws -> ByteStream {
        try await current().stream(path, message)
    }

    /// The parent's client. Asked for at each call, so that a parent that moved is found.
    private func current() async throws -> ParentClient {
        let addresses = Self.addresses(of: parent, settings, try replica.directory())
        guard !addresses.isEmpty else { throw OfficeProblem.noParentAddress }
        let address = try HostPort(addresses[failures % addresses.count])
        if let client, client.address == address { return client }
        let fresh = try makeClient(address)
        let old = client
        client = fresh
        try await old?.shutdown()
        return fresh
    }

    /// One call by a connection of its own, beside the office's own exchange, to the first address that answers.
    func callBeside(_ path: String, _ message: [UInt8]) async throws -> [UInt8] {
        let addresses = Self.addresses(of: parent, settings, try replica.directory())
        // The exchange goes to its next address while this waits for an answer.
        let first = failures
        var failure: any Error = OfficeProblem.noParentAddress
        for step in addresses.indices {
            let client = try makeClient(try HostPort(addresses[(first + step) % addresses.count]))
            do {
                let reply = try await client.call(path, message)
                try await client.shutdown()
                return reply
            } catch {
                try await client.shutdown()
                guard case CallFailure.unreachable = error else { throw error }
                failure = error
            }
        }
        throw failure
    }

    private func makeClient(_ address: HostPort) throws -> ParentClient {
        ParentClient(
            office: parent, address: address, tls: try identity.tlsSettings().client(), silenceMax: silenceMax)
    }

    /// Nobody answered at the current address: the next call goes to the next one.
    func didNotAnswer() { failures += 1 }

    /// How many addresses there are to try.
    func addressCount() throws -> Int { Self.addresses(of: parent, settings, try replica.directory()).count }

    func shutdown() async throws {
        let old = client
        client = nil
        try await old?.shutdown()
    }

    /// The way to the root, for an office that does not call it anyway.
    static func toRoot(_ replica: OfficeReplica, _ settings: OfficeSettings, _ identity: OfficeIdentity) throws
        -> ParentLine?
    {
        guard let parent = parent(of: replica.office, root: replica.root), parent != replica.root else { return nil }
        return try ParentLine(replica: replica, settings: settings, identity: identity, to: replica.root)
    }

    /// What the operator set with `--parent` first; then what the directory says now; then what the token said.
    static func addresses(of parent: OfficeCode, _ settings: OfficeSettings, _ directory: Directory) -> [String] {
        var addresses: [String] = []
        let inDirectory = directory.offices[parent]?.addresses ?? []
        let isOwn = (try? settings.officeCode().parent) == parent
        let all: [String?] = isOwn ? [settings.parentAddress] + inDirectory + [settings.tokenAddress] : inDirectory
        for address in all { if let address, !addresses.contains(address) { addresses.append(address) } }
        return addresses
    }

    /// The next office up.
    static func parent(of office: OfficeCode, root: OfficeCode) -> OfficeCode? {
        office == root ? nil : office.parent
    }
}
