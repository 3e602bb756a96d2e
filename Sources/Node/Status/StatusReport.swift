import ChangeSets
import Foundation
import Replica

/// What `sanji status` prints, as the contract of docs/cli.md has it. Fields are only ever added.
package struct StatusReport: Encodable, Sendable {
    package struct Parent: Encodable, Sendable {
        package let office: String
        @OrNull package var address: String?
        package let reachable: Bool
        @OrNull package var lastContact: String?
        @OrNull package var clockOffsetSeconds: Double?
    }
    package struct Changes: Encodable, Sendable {
        package let own: Int
        package let waiting: Int
        package let held: Int
        package let refused: Int
        package let laidAside: Int
        package let refusedCells: Int
        @OrNull package var oldestWaiting: String?
        package let reached: [String: Int]
    }
    package struct Certificate: Encodable, Sendable { package let notAfter: String }
    package struct Attention: Encodable, Sendable {
        package let code: String
        package let message: String
        package let command: String
    }

    package let office: String
    package let name: String
    package let tier: String
    package let author: String
    package let running: Bool
    @OrNull package var listen: String?
    @OrNull package var web: String?
    package let version: String
    package let schema: UInt32
    /// nil at the root.
    @OrNull package var parent: Parent?
    package let changes: Changes
    package let conflicts: Int
    package let late: Int
    @OrNull package var certificate: Certificate?
    package let attention: [Attention]

    package init(_ folder: OfficeFolder, _ replica: OfficeReplica, now: Date) throws {
        let settings = try folder.settings()
        let control = ControlAnswer.ask(folder)
        let directory = try replica.directory()
        let peers = try replica.peers()
        let fates = try replica.fates()
        let own = replica.own
        office = replica.office.digits
        name = directory.offices[replica.office]?.name ?? settings.name
        tier = replica.office.tier.description
        author = own?.key.author.description ?? ""
        running = control != nil
        listen = settings.listen
        web = nil
        version = sanjiVersion
        schema = replica.history.current.version
        let parent = ParentLine.parent(of: replica.office, root: replica.root).map { code in
            let peer = peers.first { $0.office == code }
            return Parent(
                office: code.digits, address: ParentLine.addresses(of: code, settings, directory).first,
                reachable: control?.reachable ?? false, lastContact: peer?.contact_ms.map(Timestamp.rfc3339),
                clockOffsetSeconds: peer?.clockOffset_ms.map { Double($0) / 1000 })
        }
        self.parent = parent
        changes = Changes(
            own: fates.own, waiting: fates.waiting, held: fates.held, refused: fates.refused,
            laidAside: fates.laidAside, refusedCells: fates.refusedCells,
            oldestWaiting: fates.oldestWaiting_ms.map(Timestamp.rfc3339),
            reached: Dictionary(uniqueKeysWithValues: fates.reached.map { ($0.key.digits, $0.value) }))
        conflicts = try replica.conflictCount()
        late = 0
        let identity = try folder.keys.loadIdentity()
        certificate = Certificate(notAfter: Timestamp.rfc3339(identity.certificate.notAfter))
        attention = try Self.needs(replica, fates, conflicts: conflicts, identity.certificate.notAfter, now, parent)
    }

    private static func needs(
        _ replica: OfficeReplica, _ fates: Fates, conflicts: Int, _ notAfter: Date, _ now: Date, _ parent: Parent?
    ) throws -> [Attention] {
        var list: [Attention] = []
        func add(_ code: String, _ message: String, _ command: String) {
            list.append(Attention(code: code, message: message, command: command))
        }
        if conflicts > 0 { add("conflicts", "\(conflicts) conflicts wait for a person", "sanji conflicts list") }
        if fates.refused > 0 { add("refused", "\(fates.refused) own changes were refused", "sanji log") }
        if fates.refusedCells > 0 { add("refusedCells", "\(fates.refusedCells) cells were refused", "sanji log") }
        for held in try replica.heldFeeds().prefix(5) {
            add("held", "\(held.waiting) changes of \(held.feed) are held: \(held.reason)", "sanji verify")
        }
        let forks = try replica.forks()
        if !forks.isEmpty {
            add(
                "fork", "the key of \(forks[0].feed.author) was used twice",
                "sanji log --author \(forks[0].feed.author)")
        }
        let refusing = try replica.peers().filter { $0.refused > 0 }
        for peer in refusing.prefix(5) {
            add("peerRefused", "refused from \(peer.office): \(peer.lastRefusal ?? "")", "sanji tree")
        }
        if notAfter < now.addingTimeInterval(7 * 86400) {
            add("certificate", "the certificate ends on \(Timestamp.rfc3339(notAfter))", "sanji certificates")
        }
        if let offset = parent?.clockOffsetSeconds, abs(offset) > 300 {
            add("clock", "this clock is \(Int(offset)) seconds behind the parent's", "date")
        }
        return list
    }
}

/// A field that is always there: `null` where there is no value, instead of nothing.
@propertyWrapper
package struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// RFC 3339, UTC.
package enum Timestamp {
    package static func rfc3339(_ milliseconds: Int64) -> String {
        rfc3339(Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }

    package static func rfc3339(_ date: Date) -> String {
        date.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }
}
