import ChangeSets

/// Sizes and times of one exchange. A receiver may not be stricter than ``Limits``; these bound a stream around it.
package enum ExchangeLimits {
    /// A body with its frame, or a run of headers.
    package static let frameBytesMax =
        max(Limits.bodyBytesMax, Limits.runHeadersMax * (Limits.headerBytesMax / 16)) + 64 * 1024
    /// A sender stops here and goes on in the next request; what is longer is no honest stream.
    package static let streamBytesMax = 1 << 30
    package static let senderStopBytes = 256 << 20
    /// Already known bytes in one stream: an honest sender sends what the receiver lacks.
    package static let repeatedBytesMax = 64 << 20
    /// The receiver commits about this often.
    package static let batchBytes = 1 << 20
    package static let helloBytesMax = 16 << 20
    package static let statementsMax = 20_000
    /// Longest idle poll that a parent grants.
    package static let waitSecondsMax: UInt32 = 55
    /// Feeds of unknown authors in one stream.
    package static let rejectedFeedsMax = 1_000
}
