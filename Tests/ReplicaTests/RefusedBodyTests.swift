import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

/// A body that every receiver refuses, and why.
struct RefusedBodyCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let reason: RefusedBody

    init(_ reason: RefusedBody, bytes: [UInt8]) {
        testDescription = reason.description
        self.bytes = bytes
        self.reason = reason
    }

    init(_ reason: RefusedBody, _ make: (inout HandBody) -> Void) {
        var body = HandBody()
        make(&body)
        self.init(reason, bytes: body.bytes)
    }

    /// One change of `family` with all its columns, as they stand.
    static func family(
        _ reason: RefusedBody, columns: Int = 8, isKey: Int = 2, name: String = "family",
        _ change: (inout ChangesetWriter, ChangesetTable) -> Void
    ) -> RefusedBodyCase {
        var writer = ChangesetWriter()
        change(&writer, ChangesetTable(name: name, columnCount: columns, isKey: (0..<columns).map { $0 < isKey }))
        return RefusedBodyCase(reason, bytes: writer.bytes)
    }
}

@Suite struct `A body that breaks a rule` {
    private static let area = HandDelivery.area
    private static let scope = Scope(area: try! OfficeCode(area), audience: .village)
    private static let row: [CellValue] = [.text(area), .blob([1]), .null, .text("甲"), .null, .null, .null, .null]
    private static let key: [CellValue?] = [.text(area), .blob([1])]
    private static let nothing: [CellValue?] = Array(repeating: nil, count: 6)

    private static func row(_ column: Int, _ value: CellValue) -> [CellValue] {
        var values = row
        values[column] = value
        return values
    }

    static let bodies: [RefusedBodyCase] = [
        .init(.malformed(.malformed(offset: 0)), bytes: [1, 2, 3]),
        .init(.malformed(.truncated), bytes: [0x54, 8, 1]),
        .init(.malformed(.malformed(offset: 6)), bytes: [0x54, 1, 1, 0x61, 0x62, 0]),
        .family(.unknownTable("local_note"), name: "local_note") { $0.appendInsert($1, values: row) },
        .init(.foreignTable("account", scope)) { $0.insert("account", area: area, id: 1) },
        .family(.columns("family"), columns: 7) { $0.appendInsert($1, values: Array(row.dropLast())) },
        .family(.columns("family"), isKey: 1) { $0.appendInsert($1, values: row) },
        .init(.foreignArea("family", scope)) { $0.insert("family", area: "330106109202", id: 1) },
        .init(.foreignArea("family", scope)) { $0.delete("family", area: "330106109", id: 1) },
        .family(.value("family", "id")) { $0.appendInsert($1, values: row(1, .null)) },
        .family(.value("family", "id")) { $0.appendDelete($1, values: row(1, .text("1"))) },
        .family(.value("family", "name")) { $0.appendInsert($1, values: row(3, .null)) },
        .family(.value("family", "deadline")) { $0.appendInsert($1, values: row(6, .real(5))) },
        .init(.value("family", "phone")) { $0.update("family", area: area, id: 1, ["phone": (.null, .blob([]))]) },
        .init(.value("family", "phone")) { $0.update("family", area: area, id: 1, ["phone": (.integer(1), .null)]) },
        .init(.value("stock", "amount")) { $0.update("stock", area: area, id: 1, ["amount": (.null, .integer(5))]) },
        .family(.value("family", "id")) {
            $0.appendUpdate(
                $1, old: key + [.null] + nothing.dropFirst(), new: [nil, .blob([2]), .text("1")] + nothing.dropFirst())
        },
        .init(.constraint("family", "colour")) { $0.insert("family", area: area, id: 1, ["colour": .integer(9)]) },
        .init(.constraint("family", "colour")) {
            $0.update("family", area: area, id: 1, ["colour": (.null, .integer(0))])
        },
        // In a later row, under a later table header, and under a table's second header.
        .init(.constraint("family", "colour")) {
            $0.insert("family", area: area, id: 1, ["colour": .integer(1)])
            $0.insert("family", area: area, id: 2, ["colour": .integer(9)])
        },
        .init(.constraint("family", "colour")) {
            $0.insert("stock", area: area, id: 1)
            $0.insert("family", area: area, id: 2, ["colour": .integer(9)])
        },
        .init(.constraint("family", "colour")) {
            $0.insert("family", area: area, id: 1, ["colour": .integer(1)])
            $0.insert("stock", area: area, id: 1)
            $0.insert("family", area: area, id: 2, ["colour": .integer(9)])
        },
        .init(.appendOnly("visit")) { $0.update("visit", area: area, id: 1, ["text": (.null, .text("x"))]) },
        .init(.foreignRow("ruling", adders: [.district, .town])) {
            $0.insert("family", area: area, id: 1)
            $0.insert("ruling", area: area, id: 1)
        },
        .init(.appendOnly("visit")) { $0.delete("visit", area: area, id: 1) },
        .init(.partOfGroup("family", "number")) {
            $0.update("family", area: area, id: 1, ["name": (.text("a"), .text("b"))])
        },
        .family(.emptyUpdate("family")) { $0.appendUpdate($1, old: key + nothing, new: [nil, nil] + nothing) },
        .init(.repeatedRow("family")) {
            $0.insert("family", area: area, id: 1)
            $0.insert("stock", area: area, id: 1)
            $0.delete("family", area: area, id: 1)
        },
    ]

    /// Stored, kept, told to its author; it writes nothing, holds up nothing and may stand in contexts.
    @Test(arguments: bodies)
    func `is refused for good, and nothing waits for it`(body: RefusedBodyCase) throws {
        let hand = try HandDelivery()
        var later = HandBody()
        later.insert("family", area: Self.area, id: 7)
        let one = hand.next(hand.first, body.bytes)
        let two = hand.next(hand.first, later.bytes)
        let outcome = try hand.deliver(hand.first, one, two)
        #expect(outcome.refused.map(\.number) == [1])
        #expect(outcome.refused.map(\.reason) == [body.reason.description])
        #expect(outcome.stored == 2 && outcome.applied == 2 && outcome.rejected.isEmpty)
        #expect(try hand.progress(hand.first) == [2, 2])
        #expect(try hand.verdicts(hand.first) == [Verdict(number: 1, state: .refused, reason: body.reason.description)])
        let knowing = hand.next(hand.second, hand.family(8), knowing: hand.context(hand.first, 1))
        #expect(try hand.deliver(hand.second, knowing).applied == 1)
        #expect(try hand.families() == ["07", "08"])
        #expect(try hand.replica.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sanji_absent") } == 0)
        // Relayed as it is, and refused there as well.
        let above = try hand.tree.send(from: hand.town, to: hand.district)
        #expect(above.refused.map(\.reason) == [body.reason.description])
    }

    @Test func `of a schema version that was never released is refused, not held`() throws {
        let hand = try HandDelivery()
        let outcome = try hand.deliver(hand.first, hand.next(hand.first, hand.family(1), schema: 0))
        #expect(outcome.refused.map(\.reason) == [RefusedBody.unknownSchema(0).description])
    }

    /// Columns of one cell are asked together, and what says their defaults is not asked at all.
    @Test(arguments: [
        ("no", "no", true), ("ja", "no", true), ("no", "nein", false), ("ja", "nein", false), ("no", "ja", true),
        // The expression itself fails: as it would at every office.
        ("{bad", "no", false),
    ])
    func `in one column of a group is refused whole`(a: String, b: String, stands: Bool) throws {
        func column(_ name: String) -> SyncedColumn {
            SyncedColumn(name, .text, notNull: true, default: .text("no"))
        }
        let table = SyncedTable(
            "note", areas: [.village], cells: [.group("pair", .nearest, [column("a"), column("b")])])
        let schema = DomainSchema(
            versions: [SyncedSchema(version: 1, tables: [table])],
            migrations: [
                (
                    "note 1",
                    """
                    CREATE TABLE note (
                        area TEXT NOT NULL, id BLOB NOT NULL,
                        a TEXT NOT NULL DEFAULT 'no' CHECK (a NOT LIKE '{%' OR json_extract(a, '$.a') > 0),
                        b TEXT NOT NULL DEFAULT 'no' CHECK (b = 'no' OR b = 'ja'), PRIMARY KEY (area, id)) STRICT
                    """
                )
            ])
        let tree = try TestTree(["330106", "330106109", Self.area], domain: schema)
        let author = try HandAuthor(try OfficeCode(Self.area), in: tree)
        try tree.send(from: tree.root, to: try OfficeCode("330106109"))
        var writer = ChangesetWriter()
        for (id, values) in [(UInt8(1), ("no", "no")), (2, (a, b))] {
            writer.appendInsert(
                ChangesetTable(name: "note", columnCount: 4, isKey: [true, true, false, false]),
                values: [.text(Self.area), .blob([id]), .text(values.0), .text(values.1)])
        }
        let made = author.next(in: Self.scope, writer.bytes)
        let town = tree[try OfficeCode("330106109")]
        let outcome = try town.accept(try author.batch([made]))
        #expect(outcome.applied == 1)
        #expect(outcome.refused.map(\.reason) == (stands ? [] : [RefusedBody.constraint("note", "pair").description]))
        #expect(try town.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM note") } == (stands ? 2 : 0))
    }

    /// SQLite would store NULL for the one and 0.0 for the other: two replicas that shall hold the same must not.
    @Test(arguments: [Double.nan, -Double.nan, -0.0, .infinity, -.infinity])
    func `by a number that SQLite does not give back is refused`(number: Double) throws {
        let columns: [SyncedCell] = [.column("r", .real, .nearest), .column("a", .any, .nearest)]
        let schema = SyncedSchema(version: 1, tables: [SyncedTable("t", areas: [.village], cells: columns)])
        let check = BodyCheck(schema: schema, scope: Self.scope, authorTier: .village)
        func insert(_ values: CellValue...) throws -> ParsedChangeset {
            var writer = ChangesetWriter()
            writer.appendInsert(
                ChangesetTable(name: "t", columnCount: 4, isKey: [true, true, false, false]),
                values: [.text(Self.area), .blob([1])] + values)
            return try ParsedChangeset(writer.bytes)
        }
        #expect(throws: RefusedBody.value("t", "r")) { try check.check(insert(.real(number), .null)) }
        #expect(throws: RefusedBody.value("t", "a")) { try check.check(insert(.null, .real(number))) }
        _ = try check.check(insert(.real(.greatestFiniteMagnitude), .real(0)))
    }
}
