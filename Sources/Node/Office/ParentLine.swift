import ChangeSets
import NIOCore
import Replica

/// The way to the parent: its address by the directory, which moves with it, and the connections to it.
actor ParentLine {
    nonisolated let parent: OfficeCode
    private let replica: OfficeReplica
    private let settings: OfficeSettings
    private let identity: OfficeIdentity
    private let silenceMax: TimeAmount
    private var client: ParentClient?

    /// - Parameter silenceMax: How long the parent may be at work on one question.
    init(
        replica: OfficeReplica, settings: OfficeSettings, identity: OfficeIdentity,
        silenceMax: TimeAmount = ParentClient.silenceMax
    ) throws {
        guard let parent = Self.parent(of: replica.office, root: replica.root) else {
            throw OfficeProblem.noParentAddress
        }
        self.parent = parent
        self.replica = replica
        self.settings = settings
        self.identity = identity
        self.silenceMax = silenceMax
    }

    /// The parent's client. Asked for at each greeting, so that a parent that moved is found.
    func current() async throws -> ParentClient {
        let address = try HostPort(try Self.address(of: parent, settings, try replica.directory()))
        if let client, client.address == address { return client }
        let fresh = ParentClient(
            office: parent, address: address, tls: try identity.tlsSettings().client(), silenceMax: silenceMax)
        let old = client
        client = fresh
        try await old?.shutdown()
        return fresh
    }

    func shutdown() async throws {
        let old = client
        client = nil
        try await old?.shutdown()
    }

    /// What the operator set with `--parent` holds; else what the directory says now, else what the token said.
    static func address(of parent: OfficeCode, _ settings: OfficeSettings, _ directory: Directory) throws -> String {
        guard let address = settings.parentAddress ?? directory.offices[parent]?.address ?? settings.tokenAddress else {
            throw OfficeProblem.noParentAddress
        }
        return address
    }

    /// The next office up.
    static func parent(of office: OfficeCode, root: OfficeCode) -> OfficeCode? {
        office == root ? nil : office.parent
    }
}
