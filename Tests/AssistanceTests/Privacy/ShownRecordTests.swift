import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

@testable import Assistance

/// Domain 4.9, wherever a record is shown by itself: `conflicts`, `why`.
@Suite struct `A record shown by itself` {
    /// One that is not declared shows nothing; here somebody says what it is.
    @Test func `has every column of the domain declared, free or as what it is`() {
        for table in AssistanceSchema.version1.tables {
            for column in table.columns {
                #expect(
                    ShownColumn.of(table.name, column.name) != nil,
                    "\(table.name).\(column.name) is not in ShownColumn")
            }
        }
    }

    /// Whatever is named so, in a table of today or of tomorrow.
    @Test func `is free of nothing that names what a work list masks`() {
        let telling = [
            "identity", "id_number", "phone", "address", "account", "lat", "lon", "class", "findings", "certificate_no",
            "health",
            "cause_main", "value_fen", "birth",
        ]
        let free = AssistanceSchema.version1.tables.flatMap { table in
            table.columns.filter {
                telling.contains($0.name) && $0.type != .blob && ShownColumn.of(table.name, $0.name) == .free
            }
            .map { "\(table.name).\($0.name)" }
        }
        #expect(free == [])
    }

    @Test func `is masked as on a work list, and whole where its file is opened`() {
        let (masked, opened) = (ShownRecord("person"), ShownRecord("person", opening: [.identity, .health]))
        for (column, value, shown) in [
            ("name", "甲一", "甲一"), ("id_number", "990000195803150021", "990000********0021"),
            ("birth", "1958-03-15", "1958"), ("health", "serious", "**"), ("phone", "13800000001", "138****0001"),
        ] {
            #expect(masked.value(.text(value), of: column) == .text(shown))
            let isOpened = column == "phone" ? shown : value
            #expect(opened.value(.text(value), of: column) == .text(isOpened))
        }
        #expect(masked.value(.null, of: "id_number") == .null && masked.value(.text(""), of: "phone") == .text(""))
        #expect(ShownRecord("income_item").value(.integer(120_000), of: "amount_fen") == .text("**"))
        #expect(ShownRecord("household").value(.text("试验村3组12号"), of: "address") == .text("试验村3组**"))
        // No purpose opens an account.
        let all = Set(HouseholdFile.Field.allCases)
        #expect(
            ShownRecord("account_told", opening: all).value(.text("990000000001"), of: "number") == .text("****0001"))
        // A column of a newer schema.
        #expect(ShownRecord("person", opening: all).value(.text("甲"), of: "column 31") == .text("**"))
        #expect(ShownRecord("sanji_office").value(.text("甲"), of: "name") == .text("甲"))
        #expect(masked.isMask("990000********0021", of: "id_number") && !masked.isMask("甲**", of: "name"))
    }

    @Test func `belongs to the household that its references lead to`() throws {
        let couple = try Couple.confirmed()
        for table in ["household", "person", "income_item", "application", "case_step", "decision", "home_visit"] {
            let keys = try couple.tree[district].rows("SELECT area || '/' || lower(hex(id)) FROM \(table)")
            #expect(!keys.isEmpty)
            for key in keys {
                let record = try couple.tree[district].history(table: table, key: key).record
                let found = try couple.tree[district].read { try HouseholdLookup.household(of: record, $0) }
                #expect(found == couple.household, "\(table)")
            }
        }
        let rule = try couple.tree[district].rows(
            "SELECT area || '/' || name || ',' || registration || ',' || valid_from || ',' || place FROM param LIMIT 1")
        let record = try couple.tree[district].history(table: "param", key: rule[0]).record
        #expect(try couple.tree[district].read { try HouseholdLookup.household(of: record, $0) } == nil)
    }

    @Test func `belongs, once it is deleted, to the household that it was last of`() throws {
        let couple = try Couple()
        try couple.tree[village].run("DELETE FROM person WHERE id = x'12'")
        let record = try couple.tree[village].history(table: "person", key: "12").record
        let found = try couple.tree[village].read {
            try HouseholdLookup.household(of: record, known: ["household": .blob([1])], $0)
        }
        #expect(found == couple.household)
    }
}
