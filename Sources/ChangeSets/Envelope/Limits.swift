/// Sizes and counts of format version 1. The writer checks them at commit; a receiver is never stricter, so no feed
/// can get stuck on them. Changing one is a new format version.
package enum Limits {
    package static let headerBytesMax = 16 * 1024
    package static let bodyBytesMax = 16 * 1024 * 1024
    /// Values of one row: an update carries old and new, and a row that can be written must be changeable.
    package static let rowBytesMax = 7 * 1024 * 1024
    /// One value of a key. Keys stand in indexes, and are kept for good where a row was deleted: every look-up reads them.
    package static let keyValueBytesMax = 256
    /// Rows that one change set may touch.
    package static let changesMax = 200_000
    /// Headers that one signature may vouch for. A run also ends at every multiple of it: then whoever has a number has a
    /// signature that vouches for it within one run, however the feed came to it.
    package static let runHeadersMax = 512
    /// Bytes of those headers, all together: a run travels as one frame, and stays in memory until its bodies have come.
    package static let runBytesMax = runHeadersMax * headerBytesMax
    /// The last number of the run that begins with `number`, where the feed goes on so far.
    package static func runEnd(from number: UInt64) -> UInt64 {
        let size = UInt64(runHeadersMax)
        return (number - 1) / size * size + size
    }

    /// Table headers of one body; a table comes again only where a resolution follows.
    package static let tablesMax = 1_000
    /// Values of one body, old and new.
    package static let valuesMax = 4_000_000
    /// Largest number in a feed: beyond what any office can write, and small enough that sums of them never overflow.
    package static let numberMax: UInt64 = 1 << 48
    /// Authors that one area can name in a context: a handful of tiers, and the authors they closed.
    package static let contextEntriesMax = 256
    package static let userBytesMax = 200
    package static let partsMax = 4096
    package static let columnsMax = 200
    package static let tableNameBytesMax = 100
    package static let statementBytesMax = 256 * 1024
    /// Verdicts on one feed that a reader looks at, and stretches of refused numbers that a statement may name.
    package static let verdictsMax = 256
    package static let stretchesMax = 4_096
    /// Other branches of one feed that a statement names.
    package static let branchesMax = 8
    /// Runs of other branches of one feed that an office holds: two disks have two branches, and more prove nothing more.
    package static let heldBranchRunsMax = 64
    package static let signatureBytesMax = 256
    package static let reasonBytesMax = 500
    package static let softwareBytesMax = 200
    /// The end of the year 9999, and as far before 1970: what a clock may say, so that sums of such never overflow.
    package static let clockMax_ms: Int64 = 253_402_300_799_999
    /// The years that RFC 3339 can write, 1 to 9999: the clock that a change set names.
    package static let clockRange_ms: ClosedRange<Int64> = -62_135_596_800_000...clockMax_ms
}
