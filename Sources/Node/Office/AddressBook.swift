import ChangeSets
import Synchronization

/// What offices below say of where they want to be called, as far as it is worth passing on: at the root each change
/// becomes a row that every office of the district keeps for good.
final class AddressBook: Sendable {
    private let changes = Mutex<[OfficeCode: [Int64]]>([:])
    /// A node that finds a free port at every start must be found at each of them; one that says another address every
    /// second is broken or hostile.
    private static let changesMax = 10
    private static let span_ms: Int64 = 3_600_000
    private let known = Mutex<[OfficeCode: String]>([:])

    /// - Returns: Those of the peer's own branch that can be called at all and have not changed too often.
    func believable(_ addresses: [OfficeCode: String], by peer: OfficeCode, _ now_ms: Int64) -> [OfficeCode: String] {
        addresses.filter { office, address in
            guard peer.covers(office), TopologyAddress.fault(in: address) == nil,
                let place = try? HostPort(address), place.isReachable
            else { return false }
            let before = known.withLock { $0.updateValue(address, forKey: office) }
            guard before != address else { return true }
            return changes.withLock { changes in
                let recent = (changes[office] ?? []).filter { $0 > now_ms - Self.span_ms }
                guard recent.count < Self.changesMax else {
                    changes[office] = recent
                    return false
                }
                changes[office] = recent + [now_ms]
                return true
            }
        }
    }
}
