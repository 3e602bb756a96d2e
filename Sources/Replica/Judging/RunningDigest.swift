import ChangeSets

/// A SHA-256 digest over any number of rows, without holding them.
///
/// The bytes are cut into pieces, each ending with the row that fills 64 KiB, and every piece is hashed together with
/// the hash before it (32 zero bytes at first). So the result depends on the rows alone.
struct RunningDigest {
    private static let pieceBytes = 64 * 1024
    private var hash = Digest.zero
    private var pending: [UInt8] = []

    init() {}

    mutating func append(row write: (inout [UInt8]) throws -> Void) rethrows {
        try write(&pending)
        if pending.count >= Self.pieceBytes { flush() }
    }

    mutating func finish() -> Digest {
        flush()
        return hash
    }

    private mutating func flush() {
        // By SHA-256 whatever the authors' algorithm: a digest is compared by the office's own software.
        hash = Algorithm.ed25519.digest(hash.bytes + pending)
        pending.removeAll(keepingCapacity: true)
    }
}
