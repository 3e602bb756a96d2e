import ChangeSets
import Synchronization

/// What offices below say of where they want to be called, as far as it is worth passing on: at the root each change
/// becomes a row that every office of the district keeps for good.
final class AddressBook: Sendable {
    private struct Entry {
        var address: String?
        /// When it changed, in the last hour.
        var changes_ms: [Int64] = []
    }
    private let entries = Mutex<[OfficeCode: Entry]>([:])
    /// A node that finds a free port at every start must be found at each of them; one that says another address every
    /// second is broken or hostile.
    private static let changesMax = 10
    private static let span_ms: Int64 = 3_600_000

    /// - Returns: Those of the peer's own branch that can be called at all and have not changed too often.
    func believable(_ addresses: [OfficeCode: String], by peer: OfficeCode, _ now_ms: Int64) -> [OfficeCode: String] {
        addresses.filter { office, address in
            guard peer.covers(office), TopologyAddress.fault(in: address) == nil,
                let place = try? HostPort(address), place.isReachable
            else { return false }
            return entries.withLock { entries in
                var entry = entries[office] ?? Entry()
                guard entry.address != address else { return true }
                entry.changes_ms.removeAll { $0 <= now_ms - Self.span_ms }
                guard entry.changes_ms.count < Self.changesMax else { return false }
                entries[office] = Entry(address: address, changes_ms: entry.changes_ms + [now_ms])
                return true
            }
        }
    }
}
