/// The last number of an own feed that both disks have on which its key was used.
struct BranchPoint {
    let number: UInt64

    fileprivate static func key(_ feed: Int64) -> String { "branch_point \(feed)" }

    static func read(_ feed: Int64, _ connection: Connection) throws -> UInt64? {
        try connection.statement("SELECT value FROM sanji_meta WHERE key = ?1").bind(1, key(feed)).first {
            try $0.number(0)
        }
    }
}

extension ReplicaWriter {
    /// The lowest stays, should there be more than two disks.
    func note(_ point: BranchPoint, _ feed: Int64) throws {
        guard try point.number < BranchPoint.read(feed, connection) ?? .max else { return }
        try setMeta(BranchPoint.key(feed), .integer(Int64(point.number)))
    }
}
