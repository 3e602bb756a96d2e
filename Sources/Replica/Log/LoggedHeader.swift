import ChangeSets

extension SealedHeader {
    /// A header as this replica's own log has it.
    /// - Throws: ``DamagedReplica/log(_:)``: it was good when it was stored, so nobody who sent it is at fault.
    init(inLog bytes: [UInt8], _ feed: some CustomStringConvertible, _ number: UInt64) throws(DamagedReplica) {
        do {
            try self.init(parsing: bytes)
        } catch {
            throw .log("the header of number \(number) of \(feed) cannot be read")
        }
    }
}
