import Assistance
import ChangeSets

/// The body of a change set, as a receiver checks it against the shipped tables.
enum SignedBytes {
    static func body(_ bytes: [UInt8]) throws {
        let parsed = try ParsedChangeset(bytes)
        var writer = ChangesetWriter()
        for change in parsed.changes { writer.append(change, of: parsed) }
        guard let again = try? ParsedChangeset(writer.bytes), values(again) == values(parsed) else {
            throw FuzzFinding(what: "a changeset that was copied says something else")
        }
        for (area, tier) in [("330106009001", Tier.village), ("330106", .district)] {
            let scope = Scope(area: try OfficeCode(area), audience: .village)
            _ = try? BodyCheck(schema: AssistanceSchema.version1, scope: scope, authorTier: tier).check(parsed)
        }
    }

    private static func values(_ body: ParsedChangeset) -> [[CellValue?]] {
        body.changes.map { change in (Array(body.old(change)) + Array(body.new(change))).map { body.value($0) } }
    }
}
