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
        /// Why the running node's last call did not reach it.
        @OrNull package var lastError: String?
    }
    package struct Down: Encodable, Sendable {
        /// Change sets from above that are stored here and not applied.
        package let notApplied: Int
        /// When anything was last heard from above.
        @OrNull package var lastContact: String?
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
    package let office: String
    package let name: String
    package let tier: String
    package let author: String
    /// Whether a node holds this folder, answering or not.
    package let running: Bool
    /// Where the running node listens; without one, what it is set to.
    @OrNull package var listen: String?
    @OrNull package var web: String?
    package let version: String
    package let schema: UInt32
    /// nil at the root.
    @OrNull package var parent: Parent?
    package let changes: Changes
    /// nil at the root.
    @OrNull package var down: Down?
    package let conflicts: Int
    package let late: Int
    /// References to rows that are not there (yet).
    package let missingReferences: Int
    @OrNull package var certificate: Certificate?
    package var attention: [Attention]

    package init(_ folder: OfficeFolder, _ replica: OfficeReplica, now: Date) throws {
        let settings = try folder.settings()
        let node = NodePresence(folder)
        let directory = try replica.directory()
        let peers = try replica.peers()
        let fates = try replica.fates()
        let own = replica.own
        office = replica.office.digits
        name = directory.offices[replica.office]?.name ?? settings.name
        tier = replica.office.tier.description
        author = own?.key.author.description ?? ""
        running = node.isRunning
        listen = node.answer?.listen ?? settings.listen
        web = nil
        version = sanjiVersion
        schema = replica.history.current.version
        let parent = ParentLine.parent(of: replica.office, root: replica.root).map { code in
            let peer = peers.first { $0.office == code }
            return Parent(
                office: code.digits, address: ParentLine.addresses(of: code, settings, directory).first,
                reachable: node.answer?.reachable ?? false, lastContact: peer?.contact_ms.map(Timestamp.rfc3339),
                clockOffsetSeconds: peer?.clockOffset_ms.map { Double($0) / 1000 }, lastError: node.answer?.lastError)
        }
        self.parent = parent
        changes = Changes(
            own: fates.own, waiting: fates.waiting, held: fates.held, refused: fates.refused,
            laidAside: fates.laidAside, refusedCells: fates.refusedCells,
            oldestWaiting: fates.oldestWaiting_ms.map(Timestamp.rfc3339),
            reached: Dictionary(uniqueKeysWithValues: fates.reached.map { ($0.key.digits, $0.value) }))
        down = try replica.comingDown().map {
            Down(notApplied: $0.notApplied, lastContact: $0.contact_ms.map(Timestamp.rfc3339))
        }
        conflicts = try replica.conflictCount()
        late = 0
        missingReferences = try replica.missingReferenceCount()
        let identity = try folder.keys.loadIdentity()
        certificate = Certificate(notAfter: Timestamp.rfc3339(identity.certificate.notAfter))
        attention = try Attention.list(
            replica, fates, conflicts: conflicts, identity.certificate.notAfter, now, parent,
            storageError: node.answer?.storageError)
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
