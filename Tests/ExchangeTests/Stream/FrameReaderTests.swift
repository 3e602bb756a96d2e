import ChangeSets
import Exchange
import Testing

@Suite struct `Cutting a stream into frames` {
    private func frames(_ pieces: [[UInt8]]) throws(RefusedStream) -> [StreamFrame] {
        var reader = FrameReader()
        var frames: [StreamFrame] = []
        for piece in pieces {
            try reader.append(piece)
            while let frame = try reader.next() { frames.append(frame) }
        }
        guard reader.isBetweenFrames else { throw .truncated }
        return frames
    }

    private static func stream() throws -> (bytes: [UInt8], frames: [StreamFrame]) {
        let feed = try TestFeed(3, bodyBytes: 40)
        let frames =
            try feed.frames(as: 0) + [.statement(bytes: [1, 2], signature: [3]), .body(run: 7, []), .end(more: true)]
        return (frames.flatMap { $0.encoded() }, frames)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `frames come out the same however the bytes come`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let stream = try Self.stream()
        var pieces: [[UInt8]] = []
        var rest = stream.bytes[...]
        while !rest.isEmpty {
            let count = [0, 1, 1, 2, 3, 5, 50, 500].randomElement(using: &random)!
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(try frames(pieces) == stream.frames)
        #expect(try frames([stream.bytes]) == stream.frames)
    }

    @Test func `a stream cut between frames is whole, anywhere else it is not`() throws {
        let stream = try Self.stream()
        var ends: Set<Int> = [0]
        var end = 0
        for frame in stream.frames {
            end += frame.encoded().count
            ends.insert(end)
        }
        for count in 0...stream.bytes.count {
            var reader = FrameReader()
            try reader.append(stream.bytes.prefix(count))
            while try reader.next() != nil {}
            #expect(reader.isBetweenFrames == ends.contains(count))
        }
    }

    @Test func `a long stream does not stay in memory, and keeps its order`() throws {
        var reader = FrameReader()
        for number in 0..<2000 as Range<UInt32> {
            try reader.append(StreamFrame.body(run: number, [UInt8](repeating: 1, count: 200)).encoded())
            #expect(try reader.next() == .body(run: number, [UInt8](repeating: 1, count: 200)))
            #expect(try reader.next() == nil)
        }
        #expect(reader.isBetweenFrames)
    }

    @Test func `the longest body fits, and what is longer is refused by its length alone`() throws {
        let body = [UInt8](repeating: 1, count: Limits.bodyBytesMax)
        #expect(try frames([StreamFrame.body(run: .max, body).encoded()]) == [.body(run: .max, body)])
        let length = ExchangeLimits.frameBytesMax + 1
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        #expect(throws: RefusedStream.frameTooLong(length)) { try frames([bytes]) }
        #expect(throws: RefusedStream.frameTooLong(0xffff_ffff)) { try frames([[255, 255, 255, 255]]) }
    }

    @Test func `the longest run fits`() throws {
        let header = [UInt8](repeating: 1, count: Limits.runBytesMax / Limits.runHeadersMax)
        let run = StreamFrame.run(
            Array(repeating: header, count: Limits.runHeadersMax),
            signature: [UInt8](repeating: 1, count: Limits.signatureBytesMax))
        #expect(try frames([run.encoded()]) == [run])
    }

    @Test func `a run of too many headers is refused before they take memory`() throws {
        let few = StreamFrame.run(Array(repeating: [], count: Limits.runHeadersMax), signature: [])
        #expect(try frames([few.encoded()]) == [few])
        let many = StreamFrame.run(Array(repeating: [], count: Limits.runHeadersMax + 1), signature: [])
        #expect(throws: RefusedStream.tooManyHeaders) { try frames([many.encoded()]) }
        // In halves, which protobuf would put together, and behind fields that nobody knows.
        let half = Array(many.encoded().dropFirst(4))
        let unknown: [UInt8] = [0x7b, 0x7c, 0x78, 1, 0x7a, 1, 0, 0x79, 0, 0, 0, 0, 0, 0, 0, 0, 0x7d, 0, 0, 0, 0]
        let message = unknown + half + half
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) } + message
        #expect(throws: RefusedStream.tooManyHeaders) { try frames([bytes]) }
    }

    @Test(
        arguments: [[0, 0, 0, 0], [0, 0, 0, 1, 0xff], [0, 0, 0, 2, 0x2a, 0], [0, 0, 0, 3, 0x0a, 5, 1]] as [[UInt8]])
    func `what is no frame is refused`(bytes: [UInt8]) {
        #expect(throws: RefusedStream.notAFrame) { try frames([bytes]) }
    }

    @Test func `a stream without end is refused`() throws {
        var reader = FrameReader()
        let piece = try Self.stream().frames[0].encoded()
        let big = [UInt8](repeating: 0, count: 16 << 20)
        let frame = StreamFrame.body(run: 0, big).encoded()
        var refused = false
        for _ in 0..<64 where !refused {
            do {
                try reader.append(frame)
                _ = try reader.next()
            } catch { refused = error == .streamTooLong }
        }
        #expect(refused)
        #expect(throws: RefusedStream.streamTooLong) { try reader.append(piece) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `hostile bytes are refused or wait, and never crash: 200 streams each`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = try Self.stream().bytes
        for _ in 0..<200 {
            var reader = FrameReader()
            var receiver = StreamReceiver(keys: { _ in nil })
            try? reader.append(bytes.mutated(using: &random))
            do { while let frame = try reader.next() { try receiver.receive(frame) } } catch {}
            #expect(receiver.takeBatch().changeSets.isEmpty)
        }
    }
}
