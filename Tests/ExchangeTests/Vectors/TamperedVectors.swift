import ChangeSets

extension VectorMaker {
    /// What somebody on the way, or a broken disk, makes of three good change sets.
    static func tampered(_ algorithm: Algorithm) throws -> [VectorFile] {
        let feed = try story(algorithm)
        let (key, id, hash) = (feed.key, feed.id, feed.headers[2].hash)
        let other = try SigningKey.generate(algorithm)
        func vector(
            _ name: String, _ refusal: InvalidRun, _ change: (inout VectorFile) throws -> Void
        ) throws -> VectorFile {
            try VectorFile(name, feed, expect: refusal.description).tampered(change)
        }
        let signature = InvalidRun.signature(id, 3)
        return [
            try vector("bit flipped in the first header", .chain(id, 2)) { $0.headers[0].flip(in: "王小明") },
            try vector("bit flipped in the last header", signature) { $0.headers[2].flip(in: "王小明") },
            try vector("bit flipped in a body", .body(id, 2)) { $0.bodies[1][$0.bodies[1].count - 1] ^= 1 },
            try vector("body cut short", .body(id, 1)) { $0.bodies[0].removeLast() },
            try vector("body left out", .body(id, 2)) { $0.bodies.remove(at: 1) },
            try vector("bodies in another order", .body(id, 1)) { $0.bodies.swapAt(0, 1) },
            try vector("body repeated", .body(id, 2)) { $0.bodies[1] = $0.bodies[0] },
            try vector("bit flipped in the signature", signature) { $0.signature[20] ^= 1 },
            try vector("signature cut short", signature) { $0.signature.removeLast() },
            try vector("signature with a byte behind it", signature) { $0.signature.append(0) },
            try vector("no signature", signature) { $0.signature = [] },
            try vector("signature of another author", signature) {
                $0.signature = try other.sign(SignedMessage.header(hash))
            },
            try vector("signature on an earlier header", signature) { $0.signature = try feed.run(1...2).signature },
            try vector("signature for a statement", signature) {
                $0.signature = try key.sign(SignedMessage.statement(hash))
            },
            try vector("signature on the bare hash", signature) { $0.signature = try key.sign(hash.bytes) },
            try vector("header left out", .gap(id, expected: 2, received: 3)) { $0.headers.remove(at: 1) },
            try vector("headers in another order", .gap(id, expected: 3, received: 1)) { $0.headers.swapAt(0, 1) },
            try vector("header repeated", .gap(id, expected: 3, received: 2)) {
                $0.headers.insert($0.headers[1], at: 2)
            },
            try vector("key of another author", .foreignHeader(id)) { $0.key = other.publicKey },
            try vector("header of another feed", .foreignHeader(id)) {
                $0.headers[1] = try VectorMaker.feed([VectorSchema.insert(1)], algorithm, audience: .town).headers[0]
                    .bytes
            },
        ]
    }
}

extension [UInt8] {
    /// Flips a bit of text that any other text may stand for, so that the header still reads well.
    fileprivate mutating func flip(in text: String) {
        let bytes = Array(text.utf8)
        guard let place = indices.first(where: { self[$0...].starts(with: bytes) }) else { return }
        self[place + bytes.count - 1] ^= 1
    }
}
