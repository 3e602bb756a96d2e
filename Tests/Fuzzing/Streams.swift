import ChangeSets
import Exchange
import Node

/// A stream of frames, as a receiver takes it apart; all authors of the golden vectors are known to it.
enum Streams {
    static func frames(_ bytes: [UInt8]) throws {
        var reader = FrameReader()
        var receiver = StreamReceiver(keys: { GoldenFeeds.keys[$0] })
        // A line cuts anywhere.
        let cut = bytes.first.map { Int($0) % bytes.count } ?? 0
        for piece in [bytes[..<cut], bytes[cut...]] {
            try reader.append(piece)
            try take(&reader, &receiver)
        }
    }

    static func compressed(_ bytes: [UInt8]) throws {
        let decompressor = ZstdDecompressor()
        var reader = FrameReader()
        var receiver = StreamReceiver(keys: { GoldenFeeds.keys[$0] })
        decompressor.feed(bytes)
        while let piece = try decompressor.next() {
            try reader.append(piece)
            try take(&reader, &receiver)
        }
    }

    private static func take(_ reader: inout FrameReader, _ receiver: inout StreamReceiver) throws {
        while let frame = try reader.next() {
            var again = FrameReader()
            try again.append(frame.encoded())
            guard try again.next() == frame else { throw FuzzFinding(what: "a frame is not what was written") }
            try receiver.receive(frame)
            _ = receiver.takeBatch()
        }
    }
}
