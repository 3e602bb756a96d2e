import ChangeSets

extension VectorMaker {
    /// Bodies that their author signed, and that every receiver refuses.
    static func refusedBodies() throws -> [VectorFile] {
        let scope = Scope(area: try OfficeCode(VectorSchema.area), audience: .village)
        func vector(_ name: String, _ refusal: RefusedBody, _ body: [UInt8]) throws -> VectorFile {
            try VectorFile(name, feed([body]), expect: refusal.description)
        }
        let good = VectorSchema.insert(1)
        return try [
            vector("body of garbage", .malformed(.malformed(offset: 0)), [0xde, 0xad, 0xbe, 0xef]),
            vector("body signed cut short", .malformed(.truncated), Array(good.dropLast())),
            vector(
                "body with a length beyond its end", .malformed(.truncated),
                [0x54, 1, 1, 0x74, 0, 18, 0, 4, 0x8f, 0xff, 0x7f]),
            vector("change before any table", .malformed(.malformed(offset: 1)), [18, 0, 5]),
            vector(
                "unknown table", .unknownTable("sanji_meta"), body("sanji_meta", 2, [.text(VectorSchema.area), .null])),
            vector("table of another audience", .foreignTable("complaint", scope), complaint),
            vector(
                "another number of columns", .columns("family"), body("family", 2, [.text(VectorSchema.area), .null])),
            vector("row outside the area", .foreignArea("family", scope), VectorSchema.insert(1, area: "330106109013")),
            vector("row of the town above", .foreignArea("family", scope), VectorSchema.insert(1, area: "330106109")),
            vector("text where an integer stands", .value("stock", "slot"), stock(slot: .text("1"))),
            vector(
                "integer where text stands", .value("family", "phone"), VectorSchema.insert(1) { $0[2] = .integer(1) }),
            vector("NULL in a NOT NULL column", .value("family", "name"), VectorSchema.insert(1) { $0[3] = .null }),
            vector(
                "key of 257 bytes", .keyTooLong("family", "id"),
                VectorSchema.insert(1) { $0[1] = .blob([UInt8](repeating: 7, count: 257)) }),
            vector("NULL in a key", .value("family", "id"), VectorSchema.insert(1) { $0[1] = .null }),
            vector("not a number", .value("family", "extra"), VectorSchema.insert(1) { $0[5] = .real(.nan) }),
            vector("text that is not UTF-8", .value("family", "phone"), notUTF8),
            vector(
                "part of a group", .partOfGroup("family", "number"),
                VectorSchema.update(1, [3: .text("甲")], [3: .text("乙")])),
            vector(
                "new value without the old", .partOfGroup("family", "phone"),
                VectorSchema.update(1, [:], [2: .text("1")])),
            vector("update that writes nothing", .emptyUpdate("family"), VectorSchema.update(1, [:], [:])),
            vector(
                "update of a key", .value("family", "id"),
                VectorSchema.update(1, [2: .null], [1: .blob([2]), 2: .null])),
            vector("update of an append-only table", .appendOnly("visit"), visitUpdate),
            vector("row that another tier adds", .foreignRow("ruling", adders: [.district, .town]), ruling),
            vector("one row twice", .repeatedRow("family"), oneRowTwice),
            VectorFile(
                "area outside the office", feed([good]), office: "330106109013",
                expect: "office 330106109013 may not write rows of \(scope)"),
            VectorFile(
                "audience above the office", feed([complaint], audience: .town),
                expect: "office \(VectorSchema.area) may not write rows of \(VectorSchema.area)/town"),
        ]
    }

    private static func body(_ table: String, _ columns: Int, _ values: [CellValue]) -> [UInt8] {
        let isKey = [Bool](repeating: true, count: columns)
        return VectorSchema.body {
            $0.appendInsert(ChangesetTable(name: table, columnCount: columns, isKey: isKey), values: values)
        }
    }

    private static func stock(slot: CellValue) -> [UInt8] {
        VectorSchema.body {
            $0.appendInsert(VectorSchema.stock, values: [.text(VectorSchema.area), .text("米"), slot, .integer(1)])
        }
    }

    private static let complaint = VectorSchema.body {
        $0.appendInsert(VectorSchema.complaint, values: [.text(VectorSchema.area), .blob([1]), .text("意见")])
    }

    /// The phone's eleven digits with a byte among them that UTF-8 never has.
    private static let notUTF8 = {
        var bytes = VectorSchema.insert(1)
        let digits = Array("13800000001".utf8)
        let place = bytes.indices.first { bytes[$0...].starts(with: digits) }!
        bytes[place] = 0xff
        return bytes
    }()

    private static let visitUpdate = VectorSchema.body {
        let key: [CellValue?] = [.text(VectorSchema.area), .blob([1])]
        $0.appendUpdate(VectorSchema.visit, old: key + [.null], new: [nil, nil, .text("到访")])
    }

    private static let ruling = VectorSchema.body {
        $0.appendInsert(VectorSchema.ruling, values: [.text(VectorSchema.area), .blob([1]), .null])
    }

    private static let oneRowTwice = VectorSchema.body {
        $0.appendInsert(VectorSchema.family, values: VectorSchema.row(1))
        $0.appendInsert(VectorSchema.family, values: VectorSchema.row(2))
        $0.appendDelete(VectorSchema.family, values: VectorSchema.row(1))
    }
}
