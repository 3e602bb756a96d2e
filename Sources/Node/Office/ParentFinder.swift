import ChangeSets
import Replica

/// Where the parent is: by the directory, else as given at joining.
struct ParentFinder {
    let replica: OfficeReplica
    let settings: OfficeSettings
    let identity: OfficeIdentity

    func client() async throws -> ParentClient {
        guard let parent = Self.parent(of: replica.office, root: replica.root) else { throw OfficeProblem.noParentAddress }
        let directory = try replica.directory()
        guard let address = settings.parentAddress ?? directory.offices[parent]?.address else {
            throw OfficeProblem.noParentAddress
        }
        return ParentClient(office: parent, address: try HostPort(address), tls: try identity.tlsSettings().client())
    }

    /// The next office up that exists: the tree may skip tiers.
    static func parent(of office: OfficeCode, root: OfficeCode) -> OfficeCode? {
        office == root ? nil : office.parent
    }
}
