import ChangeSets

/// Sizes and times of one exchange. A receiver may not be stricter than ``Limits``; these bound a stream around it.
package enum ExchangeLimits {
    /// A body with its frame, or a run of headers.
    package static let frameBytesMax = max(Limits.bodyBytesMax, Limits.runBytesMax) + 64 * 1024
    /// A sender stops here and goes on in the next request; what is longer is no honest stream.
    package static let streamBytesMax = 1 << 30
    package static let senderStopBytes = 256 << 20
    /// Already known bytes in one stream: an honest sender sends what the receiver lacks.
    package static let repeatedBytesMax = 64 << 20
    /// The receiver commits about this often.
    package static let batchBytes = 1 << 20
    /// What a receiver keeps in memory of one stream's headers until their bodies have come.
    package static let keptBytesMax = 32 << 20
    /// And of all streams at once.
    package static let keptBytesOfAllMax = 256 << 20
    /// What a header takes in memory besides its bytes, and a feed besides its headers.
    package static let headerOverheadBytes = 768
    package static let feedOverheadBytes = 256
    package static let helloBytesMax = 16 << 20
    /// Entries of such a message, those inside others counted as well: several times what a province has of feeds.
    package static let entriesMax = 500_000
    package static let statementsMax = 20_000
    /// Statements that a greeting carries; the others come with the first upload.
    package static let greetingStatementsMax = 500
    /// Other branches of feeds that one greeting names.
    package static let branchesMax = 1_000
    /// Longest idle poll that a parent grants.
    package static let waitSecondsMax: UInt32 = 55
    /// Feeds that are not taken, in one stream.
    package static let rejectedFeedsMax = 1_000
}
