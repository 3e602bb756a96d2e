/// Sizes and counts of format version 1. The writer checks them at commit; a receiver is never stricter, so no feed
/// can get stuck on them. Changing one is a new format version.
package enum Limits {
    package static let headerBytesMax = 16 * 1024
    package static let bodyBytesMax = 16 * 1024 * 1024
    /// Rows that one change set may touch.
    package static let changesMax = 200_000
    /// Headers that one signature may vouch for.
    package static let runHeadersMax = 4096
    /// Bytes of those headers, all together: a run travels as one frame, and stays in memory until its bodies have come.
    package static let runBytesMax = 8 * 1024 * 1024
    /// Largest number in a feed: beyond what any office can write, and small enough that sums of them never overflow.
    package static let numberMax: UInt64 = 1 << 48
    /// Authors that one area can name in a context: a handful of tiers, and the authors they closed.
    package static let contextEntriesMax = 256
    package static let userBytesMax = 200
    package static let partsMax = 4096
    package static let columnsMax = 200
    package static let tableNameBytesMax = 100
    package static let statementBytesMax = 256 * 1024
    package static let signatureBytesMax = 256
    package static let reasonBytesMax = 500
}
