import ChangeSets

/// Makes the golden vectors anew, with fresh keys that are forgotten at once: only their public halves are written down.
enum VectorMaker {
    static func all() throws -> [VectorFile] {
        try [Algorithm.ed25519, .sm2].flatMap { try accepted($0) + tampered($0) } + refusedHeaders() + refusedBodies()
    }

    /// A feed of an office, with one change set per body.
    static func feed(
        _ bodies: [[UInt8]], _ algorithm: Algorithm = .ed25519, audience: Tier = .village
    ) throws -> TestFeed {
        var feed = try TestFeed(0, algorithm: algorithm, area: VectorSchema.area, audience: audience)
        for body in bodies { feed.append(body) }
        return feed
    }

    /// Three change sets: an insert, an update of a group, and a delete.
    static func story(_ algorithm: Algorithm) throws -> TestFeed {
        try feed(
            [
                VectorSchema.insert(1),
                VectorSchema.update(1, [3: .text("甲"), 4: .null], [3: .text("乙"), 4: .text("33")]),
                VectorSchema.body { $0.appendDelete(VectorSchema.family, values: VectorSchema.row(1)) },
            ], algorithm)
    }
}

extension VectorFile {
    /// What the feed's author would send, all of it signed.
    init(
        _ name: String, _ feed: TestFeed, office: String = VectorSchema.area, expect: String = VectorFile.accepted
    ) throws {
        self.init(
            name: "\(feed.key.publicKey.algorithm) \(name)", expect: expect, office: try OfficeCode(office),
            key: feed.key.publicKey, headers: feed.headers.map(\.bytes), signature: try feed.run().signature,
            bodies: feed.bodies)
    }

    /// The same with something changed on the way.
    func tampered(_ change: (inout VectorFile) throws -> Void) rethrows -> VectorFile {
        var changed = self
        try change(&changed)
        return changed
    }

    /// The same with other header bytes, signed as they are: its author is the liar.
    func signed(_ key: SigningKey, headers: [[UInt8]]) throws -> VectorFile {
        try tampered {
            $0.headers = headers
            $0.signature = try key.sign(SignedMessage.header(key.publicKey.algorithm.digest(headers.last ?? [])))
        }
    }
}
