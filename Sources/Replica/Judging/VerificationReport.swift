import ChangeSets

/// What `sanji verify` found.
package struct VerificationReport: Sendable, Hashable {
    package var feeds = 0
    package var changeSets = 0
    package var signatures = 0
    /// In the order in which they were found: the first names the first thing that is wrong.
    package var problems: [VerificationProblem] = []
    /// Over the rows of each area; without the areas in which something is wrong.
    package var digests: [OfficeCode: Digest] = [:]

    package var ok: Bool { problems.isEmpty }
}

/// How far a long verification has come.
package struct VerificationProgress: Sendable, Hashable {
    package enum Phase: String, Sendable { case file, chains, computing, comparing }
    package let phase: Phase
    package let done: Int
    package let total: Int
}

extension VerificationProgress: CustomStringConvertible {
    package var description: String {
        switch phase {
        case .file: "reading the file"
        case .chains: "feed \(done + 1) of \(total)"
        case .computing: "computing the rows again from the log"
        case .comparing: "area \(done + 1) of \(total)"
        }
    }
}

/// One thing that is not as its author signed it, or not what follows from that.
package enum VerificationProblem: Error, Hashable, CustomStringConvertible {
    // The file.
    case file(String)
    // The engine's own tables.
    case number(String, column: String, Int64)
    case noFeed(String, Int64)
    case fork(Int64)
    case notPinned(OfficeCode)
    // Feeds and their bytes.
    case unknownAuthor(FeedID)
    case authority(FeedID)
    case offBranch(FeedID)
    case missing(FeedID, UInt64)
    case header(FeedID, UInt64, String)
    case chain(FeedID, UInt64)
    case backwards(FeedID, UInt64)
    case contextAuthor(FeedID, UInt64, AuthorID)
    case body(FeedID, UInt64)
    case head(FeedID, recorded: UInt64, found: UInt64)
    case signature(FeedID, UInt64)
    case unsigned(FeedID, first: UInt64)
    case keptHeaders(FeedID)
    case statement(AuthorID, Scope)
    // What follows from them.
    case appliedTooEarly(FeedID, UInt64)
    case foreignRows(String, area: String)
    case stamp(RecordID)
    case strayStamp(String, rowID: Int64)
    case strayListing(String, table: String)
    case row(RecordID, RowFault)
    case refusal(FeedID, UInt64, recorded: String?, due: String?)
    case refusedCells(FeedID, UInt64)
    case conflicts(RecordID)
    case unreadable(String)

    package enum RowFault: String, Sendable {
        case missing = "is missing"
        case extra = "is there, although no change set put it there"
        case values = "does not show what its change sets wrote"
        case stamp = "has a stamp that its change sets did not make"
        case absent = "is kept as deleted in another state than its change sets left it in"
    }

    /// The feed whose bytes are at fault.
    package var feed: FeedID? {
        switch self {
        case .unknownAuthor(let feed), .authority(let feed), .offBranch(let feed), .missing(let feed, _),
            .header(let feed, _, _), .chain(let feed, _), .backwards(let feed, _), .contextAuthor(let feed, _, _),
            .body(let feed, _), .head(let feed, _, _), .signature(let feed, _), .unsigned(let feed, _),
            .keptHeaders(let feed), .appliedTooEarly(let feed, _), .refusal(let feed, _, _, _),
            .refusedCells(let feed, _):
            feed
        case .file, .number, .noFeed, .fork, .notPinned, .statement, .foreignRows, .stamp, .strayStamp, .strayListing,
            .row, .conflicts, .unreadable:
            nil
        }
    }

    /// The area whose rows cannot be relied on; nil where no single one can be named.
    package var area: OfficeCode? {
        switch self {
        case .stamp(let record), .row(let record, _), .conflicts(let record): record.area
        case .foreignRows(_, let area): try? OfficeCode(area)
        default: feed?.scope.area
        }
    }

    package var description: String {
        switch self {
        case .file(let what):
            "the file itself is damaged (\(what)); keep the folder as it is, replace the disk if it is failing, and see docs/operating.md"
        case .number(let table, let column, let value):
            "\(table) holds \(value) as ‘\(column)’, which it cannot be"
        case .noFeed(let table, let feed): "\(table) has rows of feed \(feed), which sanji_feed does not name"
        case .fork(let number): "what is held of another branch, number \(number), is damaged"
        case .notPinned(let root): "the key of \(root), from which all others are verified, is missing"
        case .unknownAuthor(let feed): "the author of \(feed) is not in the directory, so nothing of it can be checked"
        case .authority(let feed): "the office of \(feed) may not write there"
        case .offBranch(let feed): "\(feed) is not on this office's branch"
        case .missing(let feed, let number): "number \(number) of \(feed) is missing in the log"
        case .header(let feed, let number, let what): "the header of number \(number) of \(feed) is damaged: \(what)"
        case .chain(let feed, let number):
            "the chain of \(feed) breaks between number \(number - 1) and \(number): one is not what was signed"
        case .backwards(let feed, let number): "number \(number) of \(feed) knows less than the one before it"
        case .contextAuthor(let feed, let number, let author):
            "number \(number) of \(feed) names \(author), who may not write there"
        case .body(let feed, let number): "the body of number \(number) of \(feed) does not match its signed hash"
        case .head(let feed, let recorded, let found):
            recorded == found
                ? "the last header of \(feed), number \(found), is not the one recorded as its head"
                : "\(feed) is recorded up to number \(recorded), the log has it up to \(found)"
        case .signature(let feed, let number): "the signature on number \(number) of \(feed) is not its author's"
        case .unsigned(let feed, let first):
            "no valid signature vouches for number \(first) of \(feed) and what follows"
        case .keptHeaders(let feed): "the headers kept of \(feed), whose bodies are to come, do not continue its chain"
        case .statement(let author, let scope): "the statement of author \(author) on \(scope) is not as it was signed"
        case .appliedTooEarly(let feed, let number):
            "number \(number) of \(feed) is recorded as applied, but something that it builds on is not"
        case .foreignRows(let table, let area): "\(table) holds rows of \(area), which this office does not have"
        case .stamp(let record): "the stamp of \(record) is damaged or missing"
        case .strayStamp(let table, let rowID): "\(table) has a stamp for row \(rowID), which is not there"
        case .strayListing(let listing, let table):
            "\(listing) lists a row of \(table) that this office cannot have"
        case .row(let record, let fault): "\(record) \(fault.rawValue)"
        case .refusal(let feed, let number, let recorded, let due):
            "number \(number) of \(feed) is recorded as \(recorded.map { "refused (\($0))" } ?? "applied"), "
                + "but is due to be \(due.map { "refused (\($0))" } ?? "applied")"
        case .refusedCells(let feed, let number):
            "the refused cells recorded of number \(number) of \(feed) are not those due"
        case .conflicts(let record): "the conflicts listed of \(record) are not those that its change sets left"
        case .unreadable(let what): what
        }
    }
}
