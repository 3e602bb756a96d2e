import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

private func names(_ tiers: Set<Tier>) -> String { tiers.sorted().map(\.description).joined(separator: " ") }

private func line(_ table: SyncedTable) -> String {
    let references = table.references.map { ", \($0.columns[0]) → \($0.table)" }.joined()
    return "\(table.name): \(names(table.areas)), to \(table.audience)\(references)"
}

private func line(_ cell: SyncedCell) -> String {
    let columns = cell.columns.map { column in
        column.notNull
            ? "\(column.name) \(column.type.rawValue) NOT NULL DEFAULT '\(column.defaultValue)'"
            : "\(column.name) \(column.type.rawValue)"
    }
    let writers = cell.writers.map { " by \(names($0))" } ?? ""
    let quiet = cell.quiet ? " quiet" : ""
    return "  \(cell.name) \(cell.rule.rawValue)\(quiet)\(writers): \(columns.joined(separator: ", "))"
}

@Suite struct `The domain's tables` {
    @Test func `open without a problem, with the columns as declared`() throws {
        let tree = try assistanceTree()
        for table in AssistanceSchema.version1.tables {
            let columns = try tree[village].rows("SELECT name FROM pragma_table_info('\(table.name)')")
            #expect(columns == table.columns.map(\.name))
        }
    }

    /// Version 1 is what offices have on their disks: this list changes only with a new version beside it.
    @Test func `version 1 is frozen`() {
        let lines = AssistanceSchema.version1.tables.flatMap { [line($0)] + $0.cells.map(line) }
        #expect(
            lines == [
                "household: village, to village",
                "  household_no nearest: household_no TEXT NOT NULL DEFAULT ''",
                "  address nearest: address TEXT",
                "  phone nearest quiet: phone TEXT",
                "  live_region nearest: live_region TEXT",
                "  hukou_region nearest: hukou_region TEXT",
                "  location nearest quiet: lat REAL, lon REAL, accuracy_m REAL",
                "  dwelling nearest: dwelling TEXT",
                "  cause_main nearest: cause_main TEXT",
                "  cause_more nearest: cause_more TEXT",
                "  head_person nearest: head_person BLOB",
                "  remarks nearest quiet: remarks TEXT",
                "  decision highest by district town: category TEXT NOT NULL DEFAULT 'NONE', "
                    + "amount_fen INTEGER NOT NULL DEFAULT '0', from_month TEXT",
                "  row_state nearest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by nearest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "person: village, to village, household → household",
                "  membership nearest: household BLOB, relation TEXT",
                "  identity nearest: name TEXT NOT NULL DEFAULT '', id_number TEXT, sex TEXT, birth TEXT",
                "  ethnicity nearest: ethnicity TEXT",
                "  hukou_kind nearest: hukou_kind TEXT",
                "  marriage nearest: marriage TEXT",
                "  education nearest: education TEXT",
                "  employment nearest: employment TEXT",
                "  health nearest: health TEXT",
                "  phone nearest quiet: phone TEXT",
                "  death_date nearest: death_date TEXT",
                "  row_state nearest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by nearest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "announcement: district town, to village",
                "  notice highest: title TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '', published_at TEXT, "
                    + "valid_to TEXT",
                "  row_state highest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by nearest quiet: created_by TEXT NOT NULL DEFAULT ''",
            ])
    }

    @Test func `a village registers a household, and only those above it decide`() throws {
        let tree = try assistanceTree()
        try tree[village].run("INSERT INTO household (area, id, household_no) VALUES (office(), x'01', '1')")
        let refusal = RefusedWrite.cell(
            table: "household", cell: "decision", tier: .village, writers: [.district, .town])
        #expect(throws: refusal) { try tree[village].run("UPDATE household SET amount_fen = 1") }
        #expect(throws: refusal) {
            try tree[village].run("INSERT INTO household (area, id, category) VALUES (office(), x'02', 'DB')")
        }
        try tree.send(from: village, to: town)
        try tree.send(from: town, to: district)
        try tree[town].run("UPDATE household SET category = 'DB', amount_fen = 63200, from_month = '2024-07'")
        try tree[district].run("UPDATE household SET category = 'BY', amount_fen = 0, from_month = '2024-08'")
        try tree.send(from: town, to: district)
        try tree.send(from: district, to: town)
        try tree.send(from: town, to: village)
        for office in [district, town, village] {
            #expect(
                try tree[office].rows("SELECT household_no, category, amount_fen, from_month FROM household")
                    == ["1|BY|0|2024-08"])
            #expect(try tree[office].conflicts().map(\.cell) == ["decision"])
        }
    }

    @Test func `households live in villages, not in a town or district`() throws {
        let tree = try assistanceTree()
        for table in ["household", "person"] {
            #expect(throws: RefusedWrite.self) {
                try tree[town].run("INSERT INTO \(table) (area, id) VALUES (office(), x'01')")
            }
        }
    }

    @Test func `what a town announces is at its villages, and a village announces nothing`() throws {
        let tree = try assistanceTree()
        try tree[town].run(
            "INSERT INTO announcement (area, id, title, body) VALUES (office(), x'01', '通知', '汛期值守')")
        try tree.send(from: town, to: village)
        #expect(try tree[village].rows("SELECT area, title, body FROM announcement") == ["990000105|通知|汛期值守"])
        #expect(throws: RefusedWrite.self) { try tree[village].run("UPDATE announcement SET title = ''") }
        #expect(throws: RefusedWrite.self) {
            try tree[village].run("INSERT INTO announcement (area, id) VALUES (office(), x'02')")
        }
    }

    @Test(arguments: [
        "INSERT INTO household (area, id, lat) VALUES (office(), x'01', 91)",
        "INSERT INTO household (area, id, amount_fen) VALUES (office(), x'01', -1)",
        "INSERT INTO household (area, id, from_month) VALUES (office(), x'01', '2024-7')",
        "INSERT INTO household (area, id, row_state) VALUES (office(), x'01', 'gone')",
        "INSERT INTO person (area, id, sex) VALUES (office(), x'01', '男')",
        "INSERT INTO person (area, id, birth) VALUES (office(), x'01', '19600101')",
        "INSERT INTO person (area, id, death_date) VALUES (office(), x'01', '2024')",
    ])
    func `values that no office can mean are refused where they are typed`(sql: String) throws {
        let tree = try assistanceTree()
        #expect(throws: DatabaseError.self) { try tree[village].run(sql) }
    }
}
