import ChangeSets
import Replica

/// What `sanji sync` prints: what one exchange moved, and what it left to look at.
package struct ExchangeOutcome: Encodable, Sendable {
    /// Change sets.
    package let sent: Int
    package let received: UInt64
    package let equal: Bool
    /// Feeds of which something is held here.
    package let held: Int
    /// Own change sets that an office above holds.
    package let heldAbove: Int
    /// Own change sets that were ever refused.
    package let refused: Int
    /// Change sets, or cells of them, whose refusal this exchange made known, own ones and others'.
    package let newlyRefused: Int
    /// What one side did not take, and why.
    package let rejected: [String]
    /// Why something needs attention; empty when nothing does.
    package let causes: [String]

    /// - Parameter before: The refusals known before the exchange: an old one is no reason to complain for ever.
    package init(_ result: OneExchange.Result, _ replica: OfficeReplica, since before: KnownRefusals) throws {
        let fates = try replica.fates()
        let holds = try replica.heldFeeds()
        let above = fates.feeds.flatMap(\.spans).filter { $0.fate.name == "held" }
        let fresh = try KnownRefusals(replica).new(since: before)
        sent = result.sent
        received = result.received
        equal = result.isEqual
        held = holds.count
        heldAbove = above.reduce(0) { $0 + $1.count }
        refused = fates.refused
        newlyRefused = fresh.count
        rejected = result.rejected.map(\.description)
        var causes = holds.map { "\($0.waiting) change sets of \($0.feed) are held here: \($0.reason)" }
        causes += above.map { "\($0.count) own change sets are \($0.fate)" }
        causes += fresh
        causes += rejected.map { "not taken: \($0)" }
        causes += result.forked.map { "the parent has another branch of \($0): its key was used on two disks" }
        if let proof = try replica.keyUsedElsewhere() {
            causes.append("\(RefusedWrite.keyUsedElsewhere(proof))")
        }
        if !equal, causes.isEmpty { causes.append("the two sides do not have the same yet; run `sanji sync` again") }
        self.causes = causes
    }
}

/// Every refusal that a replica knows of, by the change set it is about: offices refuse the same for the same reason.
package struct KnownRefusals: Sendable {
    private struct Key: Hashable {
        let feed: FeedID
        let number: UInt64
        let ofCells: Bool
    }
    private var texts: [Key: String] = [:]

    package init(_ replica: OfficeReplica) throws {
        for refusal in try replica.refusals() {
            texts[Key(feed: refusal.feed, number: refusal.number, ofCells: false)] =
                "number \(refusal.number) of \(refusal.feed) was refused: \(refusal.reason)"
        }
        for cell in try replica.refusedCells() {
            texts[Key(feed: cell.feed, number: cell.number, ofCells: true)] =
                "cells of number \(cell.number) of \(cell.feed) were refused: \(cell.reason)"
        }
        for feed in try replica.fates().feeds {
            for span in feed.spans where span.fate.name == "refused" {
                texts[Key(feed: feed.feed, number: span.first, ofCells: false)] =
                    "own change set number \(span.first) of \(feed.feed) was \(span.fate)"
            }
            for verdict in feed.cellVerdicts {
                texts[Key(feed: feed.feed, number: verdict.number, ofCells: true)] =
                    "\(verdict.cells) cells of own change set number \(verdict.number) of \(feed.feed) "
                    + "were refused by \(verdict.office): \(verdict.reason)"
            }
        }
    }

    /// Those that the other does not have, in order of feed and number.
    func new(since before: KnownRefusals) -> [String] {
        texts.filter { before.texts[$0.key] == nil }
            .sorted { ($0.key.feed, $0.key.number) < ($1.key.feed, $1.key.number) }.map(\.value)
    }
}

/// A question about the parent, asked where there is none.
package struct RootHasNoParent: Error, CustomStringConvertible {
    package let office: OfficeCode

    package init(office: OfficeCode) { self.office = office }

    package var description: String {
        "\(office) is the root, it has no parent; run this at an office below it"
    }
}
