import ChangeSets

/// The offices and authors that this replica knows, read from the replicated directory.
package struct Directory: Sendable {
    package private(set) var offices: [OfficeCode: OfficeEntry] = [:]
    package private(set) var authors: [AuthorID: AuthorEntry] = [:]
    /// Change sets that the root has voided.
    package private(set) var voided: Set<VoidedEntry> = []

    package init() {}

    package mutating func add(_ office: OfficeEntry) { offices[office.code] = office }
    package mutating func add(_ author: AuthorEntry) { authors[author.id] = author }
    package mutating func void(_ entry: VoidedEntry) { voided.insert(entry) }

    /// Whether a row names it with its place and its hash.
    package func isVoided(_ sealed: SealedHeader) -> Bool {
        guard !voided.isEmpty else { return false }
        return voided.contains(
            VoidedEntry(feed: sealed.header.feed, number: sealed.header.number, hash: sealed.hash))
    }

    /// The office's open author: the newest that the directory names.
    package func openAuthor(of office: OfficeCode) -> AuthorEntry? {
        authors.values.filter { $0.office == office }.max { $0.ordinal < $1.ordinal }
    }
}

/// Where a voided change set stands, as the root says.
package struct VoidedEntry: Sendable, Hashable {
    package let feed: FeedID
    package let number: UInt64
    package let hash: Digest
}

package struct OfficeEntry: Sendable, Hashable {
    package let code: OfficeCode
    package let name: String
    /// HOST:PORT that its children call, where the operator has named it.
    package let address: String?
    package let alternates: [OfficeCode]
    /// HOST:PORT as the office itself reported it.
    package let reported: String?

    package init(
        code: OfficeCode, name: String, address: String? = nil, alternates: [OfficeCode] = [], reported: String? = nil
    ) {
        self.code = code
        self.name = name
        self.address = address
        self.alternates = alternates
        self.reported = reported
    }

    /// Where to call it, the likeliest first.
    package var addresses: [String] { [address, reported].compactMap { $0 } }
}

/// One author: whose key it is, and the public halves of the office's three keys.
package struct AuthorEntry: Sendable {
    package let id: AuthorID
    package let office: OfficeCode
    /// 1 for the office's first author.
    package let ordinal: UInt32
    package let verificationKey: VerificationKey
    package let tlsKey: [UInt8]
    package let sealingKey: [UInt8]

    /// - Throws: ``KeyError`` when the bytes are no key.
    package init(
        office: OfficeCode, ordinal: UInt32, publicKey: PublicKey, tlsKey: [UInt8], sealingKey: [UInt8]
    ) throws(KeyError) {
        verificationKey = try VerificationKey(publicKey)
        id = AuthorID(of: publicKey)
        self.office = office
        self.ordinal = ordinal
        self.tlsKey = tlsKey
        self.sealingKey = sealingKey
    }

    package var publicKey: PublicKey { verificationKey.publicKey }
    package var rank: AuthorRank { AuthorRank(tier: office.tier, ordinal: ordinal, author: id) }
}
