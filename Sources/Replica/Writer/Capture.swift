import ChangeSets

/// Turns what one local transaction changed into signed-to-be change sets, in that same transaction (I3).
struct Capture {
    let writer: ReplicaWriter
    let author: OwnAuthor
    let user: ActingUser
    /// Cells written although their value stays: how a person says "keep this one".
    let resolutions: [Resolution]
    let now_ms: Int64

    struct Resolution {
        let table: String
        let key: [CellValue]
        let cell: Int
    }

    /// - Returns: The change sets appended to the log.
    func commit(_ changeset: [UInt8]) throws -> [SealedHeader] {
        let captured: ParsedChangeset
        do {
            captured = try ParsedChangeset(changeset)
        } catch InvalidChangeset.tooManyChanges {
            throw RefusedWrite.tooLarge
        }
        let bodies = try Completion(writer: writer, resolutions: resolutions).bodies(of: captured)
        guard bodies.count <= Limits.partsMax else { throw RefusedWrite.tooLarge }
        if !bodies.isEmpty, let proof = try KeyUsedElsewhere.read(writer.connection) {
            throw RefusedWrite.keyUsedElsewhere(proof)
        }
        let transaction = UUIDs.version7(now_ms: now_ms, random: writer.environment.random(10))
        var taken = try TakenStamps(writer.guardian.deleted, writer: writer)
        var sealed: [SealedHeader] = []
        for (part, (scope, body)) in bodies.enumerated() {
            sealed.append(
                try commit(body, scope, transaction: transaction, part: part, parts: bodies.count, &taken))
        }
        try taken.putBackRest()
        return sealed
    }

    private func commit(
        _ body: ParsedChangeset, _ scope: Scope, transaction: [UInt8], part: Int, parts: Int,
        _ taken: inout TakenStamps
    ) throws -> SealedHeader {
        let schema = writer.history.current
        guard scope.mayBeWritten(by: writer.office) else { throw RefusedWrite.authority(writer.office, scope) }
        guard body.bytes.count <= Limits.bodyBytesMax else { throw RefusedWrite.tooLarge }
        do {
            _ = try BodyCheck(schema: schema, scope: scope, authorTier: writer.office.tier).check(body)
        } catch {
            throw RefusedWrite.declaration(error)
        }
        var row = try writer.feedOrNew(FeedID(author: author.key.author, scope: scope))
        let number = row.stored.number + 1
        guard row.applied == row.stored.number else { throw RefusedWrite.ownFeedHeld(row.feed, row.hold ?? "") }
        let context = try writer.context(in: scope, except: author.key.author)
        guard context.entries.count <= Limits.contextEntriesMax else { throw RefusedWrite.tooManyAuthors(scope) }
        try writer.checkOwnHead(row, context)
        let algorithm = author.key.publicKey.algorithm
        let header = ChangeSetHeader(
            algorithm: algorithm, feed: row.feed, number: number, previous: row.stored.hash,
            bodyHash: algorithm.digest(body.bytes), bodyLength: body.bytes.count, context: context,
            schema: schema.version, wallClock_ms: now_ms, wallCounter: writer.tick(now_ms), user: user.name,
            userVerified: user.verified, transaction: transaction, part: UInt32(part), parts: UInt32(parts))
        let sealed = SealedHeader(header)
        let coverage = Coverage(
            feed: row.id, number: number, context: context, feeds: try writer.feeds(in: scope))
        try LocalStamps(
            writer: writer, dot: Dot(feed: row.id, number: number), coverage: coverage, isWhole: parts == 1
        )
        .update(body, &taken)
        row.stored = sealed.head
        row.applied = number
        try writer.save(row)
        try writer.append(sealed, body: body.bytes, feed: row.id, now_ms: now_ms)
        writer.noteOwnEnd(sealed, of: row.id)
        if scope.area == writer.root { try writer.noteDirectoryChange() }
        return sealed
    }
}

/// Why a local transaction was not committed. Nothing of it was kept.
package enum RefusedWrite: Error, Hashable, CustomStringConvertible {
    case authority(OfficeCode, Scope)
    case cell(table: String, cell: String, tier: Tier, writers: [Tier])
    case declaration(RefusedBody)
    case tooLarge
    case tooManyAuthors(Scope)
    case counterKeyDeleted(String)
    case unknownArea(String, String)
    case noAuthor
    case userName
    case ownFeedHeld(FeedID, String)
    case keyUsedElsewhere(KeyUsedElsewhere)

    package var description: String {
        switch self {
        case .authority(let office, let scope):
            "office \(office) may not write rows of \(scope.area); only that office and those above it may"
        case .cell(let table, let cell, let tier, let writers):
            "\(table).\(cell) is written by the \(writers.map(\.description).joined(separator: " or ")), not by a "
                + "\(tier); ask that office, or leave the column at its default"
        case .declaration(.foreignTable(let table, let scope)):
            "\(table) has no rows of \(scope.area), a \(scope.area.tier)'s area; name an area of the right tier "
                + "(`sanji schema` lists them)"
        case .declaration(.value(let table, let column)):
            "\(RefusedBody.value(table, column)); give it another (a text is UTF-8 without a zero byte, a number is finite)"
        case .declaration(let error): error.description
        case .tooLarge:
            "more than \(Limits.bodyBytesMax >> 20) MiB or \(Limits.changesMax) rows in one transaction; split it"
        case .tooManyAuthors(let scope):
            "more than \(Limits.contextEntriesMax) authors have written rows of \(scope); this program cannot name them all"
        case .counterKeyDeleted(let table):
            "this key of \(table) was deleted before, and a table with a counter never takes a key again; use a new id"
        case .unknownArea(let table, let area): "a row of \(table) has the area ‘\(area)’, which is no division code"
        case .noAuthor: "this replica has no author key, so nothing can be signed; write on the office's own machine"
        case .userName:
            "a user's name may have at most \(Limits.userBytesMax) bytes and no control characters; write it again"
        case .keyUsedElsewhere(let proof):
            "this office's key has signed \(proof.what) elsewhere, and that is not here: this machine was restored from an "
                + "older copy, or copied. Nothing more may be written here, or two changes would have one number; stop it, "
                + "and go on where they were made"
        case .ownFeedHeld(let feed, let reason):
            "this office's own changes of \(feed.scope) are held (\(reason)); run `sanji verify`"
        }
    }
}
