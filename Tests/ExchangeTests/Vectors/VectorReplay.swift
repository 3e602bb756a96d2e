import ChangeSets
import Exchange

extension VectorFile {
    /// What becomes of the vector when its parts are checked one after the other, as docs/protocol.md has the steps.
    func checked() throws -> String {
        let verificationKey = try VerificationKey(key)
        do {
            let sealed = try headers.map { try SealedHeader(parsing: $0) }
            let run = Run(feed: sealed[0].header.feed, headers: sealed, signature: signature)
            try run.verify(with: verificationKey)
            var verified: [VerifiedChangeSet] = []
            for (sealed, body) in zip(sealed, bodies) {
                guard sealed.vouches(for: body) else { throw InvalidRun.body(run.feed, sealed.header.number) }
                verified.append(VerifiedChangeSet(sealed: sealed, body: body))
            }
            return judged(verified)
        } catch {
            return "\(error)"
        }
    }

    /// What becomes of it when it comes as a stream of frames, in pieces of `pieceBytes`.
    func received(pieceBytes: Int) throws -> String {
        let verificationKey = try VerificationKey(key)
        var reader = FrameReader()
        var receiver = StreamReceiver(keys: { _ in verificationKey })
        let frames =
            [.run(headers, signature: signature)] + bodies.map { StreamFrame.body(run: 0, $0) } + [.end(more: false)]
        var rest = frames.flatMap { $0.encoded() }[...]
        do {
            while !rest.isEmpty {
                try reader.append(rest.prefix(pieceBytes))
                rest = rest.dropFirst(pieceBytes)
                while let frame = try reader.next() { try receiver.receive(frame) }
            }
        } catch {
            return "\(error)"
        }
        return receiver.rejected.first?.reason ?? judged(receiver.takeBatch().changeSets)
    }

    /// The steps that need the directory and the declaration.
    private func judged(_ changeSets: [VerifiedChangeSet]) -> String {
        for changeSet in changeSets {
            let scope = changeSet.sealed.header.feed.scope
            guard scope.mayBeWritten(by: office) else { return "office \(office) may not write rows of \(scope)" }
            do {
                let body = try ParsedChangeset(changeSet.body)
                _ = try BodyCheck(schema: VectorSchema.version1, scope: scope, authorTier: office.tier).check(body)
            } catch {
                return "\(error)"
            }
        }
        return Self.accepted
    }
}
