import ChangeSets
import Foundation
import Replica

/// One thing that somebody should look at, and the command that shows it.
package struct Attention: Encodable, Sendable {
    package let code: String
    package let message: String
    package let command: String

    package init(code: String, message: String, command: String) {
        self.code = code
        self.message = message
        self.command = command
    }
}

extension Attention {
    /// What was refused from a peer is shown for a week, and counted for ever.
    private static let noticedFor_s: Double = 7 * 86_400
    /// Of one code at most so many, the first ones.
    private static let most = 5

    static func list(
        _ replica: OfficeReplica, _ fates: Fates, conflicts: Int, _ notAfter: Date, _ now: Date,
        _ parent: StatusReport.Parent?, storageError: String?
    ) throws -> [Attention] {
        var list: [Attention] = []
        func add(_ code: String, _ message: String, _ command: String) {
            list.append(Attention(code: code, message: message, command: command))
        }
        if let storageError { add("storage", "this office cannot write its database: \(storageError)", "df") }
        for one in try replica.ownDamage(fates).prefix(most) {
            add(
                "damaged",
                "own change set number \(one.number) of \(one.feed) is damaged on this disk, and nothing can follow it",
                "sanji verify")
        }
        if conflicts > 0 { add("conflicts", "\(conflicts) conflicts wait for a person", "sanji conflicts list") }
        for feed in fates.feeds.flatMap(\.heldAbove).prefix(most) {
            add("heldAbove", "\(feed.count) own changes are \(feed.fate)", "sanji log")
        }
        if let refused = fates.feeds.lazy.flatMap(\.refused).first {
            add("refused", "\(fates.refused) own changes were refused, the first \(refused.fate)", "sanji log")
        }
        if let verdict = fates.feeds.lazy.flatMap(\.cellVerdicts).first {
            add(
                "refusedCells",
                "\(fates.refusedCells) cells of own changes were refused, the first by \(verdict.office): \(verdict.reason)",
                "sanji log")
        }
        for held in try replica.heldFeeds().prefix(most) {
            add("held", "\(held.waiting) changes of \(held.feed) are held: \(held.reason)", "sanji verify")
        }
        if let proof = try replica.keyUsedElsewhere() {
            add(
                "fork",
                "this office's own key has signed \(proof.what) elsewhere: this machine was restored or copied, and nothing "
                    + "more is written here", "sanji log --author \(replica.own?.key.author.description ?? "")")
        }
        let forks = try replica.forks()
        if !forks.isEmpty {
            add(
                "fork", "the key of \(forks[0].feed.author) was used twice",
                "sanji log --author \(forks[0].feed.author)")
        }
        if let row = try replica.difference() {
            add(
                "different", "rows differ from the parent's though both applied the same, first \(row)",
                "sanji verify --against parent")
        }
        for one in try replica.notTaken().prefix(most) {
            add(
                "notTaken",
                "changes of \(one.feed) from number \(one.number) on are not taken by \(one.office): \(one.reason)",
                "sanji log")
        }
        let noticed_ms = Int64(now.addingTimeInterval(-noticedFor_s).timeIntervalSince1970 * 1000)
        let refusing = try replica.peers().filter { peer in peer.lastRefusal_ms.map { $0 > noticed_ms } ?? false }
        for peer in refusing.prefix(most) {
            add(
                "peerRefused", "refused from \(peer.office): \(peer.lastRefusal ?? "")",
                peer.office.digits == parent?.office ? "sanji sync" : "sanji tree")
        }
        if notAfter < now.addingTimeInterval(7 * 86400) {
            add("certificate", "the certificate ends on \(Timestamp.rfc3339(notAfter))", "sanji status --json")
        }
        if let offset = parent?.clockOffsetSeconds, abs(offset) > 300 {
            let relation = offset > 0 ? "behind" : "ahead of"
            add("clock", "this clock is \(Int(abs(offset))) seconds \(relation) the parent's", "date")
        }
        return list
    }
}

extension FeedFates {
    fileprivate var heldAbove: [FateSpan] { spans.filter { $0.fate.name == "held" } }
    fileprivate var refused: [FateSpan] { spans.filter { $0.fate.name == "refused" } }
}
