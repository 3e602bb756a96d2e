import ChangeSets
import NIOCore

/// The way to the parent, as the exchange needs it: by HTTPS in a node, in memory in the simulator.
package protocol ParentTransport: Sendable {
    var parent: OfficeCode { get }

    /// One question, one answer.
    /// - Parameter limit: How long the parent may be at work on it.
    func call(_ path: String, _ message: [UInt8], within limit: Duration) async throws -> [UInt8]

    /// Sends a stream and returns the whole answer.
    func upload(_ path: String, _ pages: ByteStream) async throws -> [UInt8]

    /// Sends a message and returns the answer's body as it comes.
    func stream(_ path: String, _ message: [UInt8]) async throws -> ByteStream

    /// Nobody answered at the current address: the next call goes to the next one.
    func didNotAnswer() async

    /// How many addresses there are to try.
    func addressCount() async throws -> Int
}

extension ParentTransport {
    func call(_ path: String, _ message: [UInt8]) async throws -> [UInt8] {
        try await call(path, message, within: .seconds(60))
    }
}

/// Bytes as a line brings them; made as they are asked for.
package typealias ByteStream = AsyncThrowingStream<ByteBuffer, any Error>
