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
                "  review highest by district town: review_every TEXT, review_due TEXT",
                "  row_state nearest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
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
                "  schooling nearest: school_stage TEXT, school TEXT, school_ends TEXT",
                "  in_institution nearest: in_institution INTEGER NOT NULL DEFAULT '0'",
                "  row_state nearest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "member_event: village, to village, household → household",
                "  event highest: household BLOB, person BLOB, kind TEXT NOT NULL DEFAULT '', day TEXT, other_household BLOB, settles TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "announcement: district town, to village",
                "  notice highest: title TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '', published_at TEXT, valid_to TEXT",
                "  row_state highest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "param: district, to village",
                "  publication highest: value TEXT NOT NULL DEFAULT '', valid_to TEXT, document TEXT NOT NULL DEFAULT ''",
                "  row_state highest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "holiday: district, to village",
                "  kind highest: kind TEXT",
                "  row_state highest: row_state TEXT NOT NULL DEFAULT 'live'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "income_item: village, to village, household → household",
                "  fact highest: household BLOB, person BLOB, kind TEXT NOT NULL DEFAULT '', basis TEXT NOT NULL DEFAULT 'monthly', year INTEGER, amount_fen INTEGER NOT NULL DEFAULT '0', counted INTEGER NOT NULL DEFAULT '1', reason TEXT, source TEXT NOT NULL DEFAULT 'declared', replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "rigid_item: village, to village, household → household",
                "  fact highest: household BLOB, person BLOB, kind TEXT NOT NULL DEFAULT '', day TEXT, gross_fen INTEGER NOT NULL DEFAULT '0', reimbursed_fen INTEGER NOT NULL DEFAULT '0', receipt TEXT, replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "asset_item: village, to village, household → household",
                "  fact highest: household BLOB, kind TEXT NOT NULL DEFAULT '', value_fen INTEGER NOT NULL DEFAULT '0', exempt INTEGER NOT NULL DEFAULT '0', reason TEXT, replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "obligor: village, to village, household → household",
                "  fact highest: household BLOB, name TEXT NOT NULL DEFAULT '', relation TEXT, able INTEGER NOT NULL DEFAULT '0', support_fen INTEGER NOT NULL DEFAULT '0', replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "disability: village, to village, person → person",
                "  fact highest: person BLOB, certificate_no TEXT, kind INTEGER, grade INTEGER, issued TEXT, valid_to TEXT, replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "care_assessment: village, to village, person → person",
                "  fact highest: person BLOB, day TEXT, eating INTEGER NOT NULL DEFAULT '0', dressing INTEGER NOT NULL DEFAULT '0', bed INTEGER NOT NULL DEFAULT '0', toilet INTEGER NOT NULL DEFAULT '0', walking INTEGER NOT NULL DEFAULT '0', bathing INTEGER NOT NULL DEFAULT '0', assessors TEXT NOT NULL DEFAULT '', replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "finding: village, to village, household → household",
                "  fact highest by district town: household BLOB, kind TEXT, value TEXT NOT NULL DEFAULT '', day TEXT, document TEXT, replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "illness: village, to village, person → person",
                "  fact highest: person BLOB, class TEXT NOT NULL DEFAULT '', serious INTEGER NOT NULL DEFAULT '0', since TEXT, until TEXT, proof TEXT, replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "dwelling_check: village, to village, household → household",
                "  fact highest: household BLOB, grade TEXT, day TEXT, document TEXT, replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "sighting: village, to village, household → household",
                "  fact highest: household BLOB, person BLOB, kind TEXT NOT NULL DEFAULT '', colour INTEGER NOT NULL DEFAULT '1', day TEXT, text TEXT NOT NULL DEFAULT '', replaces BLOB, withdrawn INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "consent: village, to village, person → person",
                "  consent highest: person BLOB, kind TEXT NOT NULL DEFAULT 'given', purpose TEXT NOT NULL DEFAULT '', from_day TEXT, to_day TEXT, guardian TEXT, text TEXT NOT NULL DEFAULT '', settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "application: village, to village, household → household",
                "  application highest: household BLOB, aid_kind TEXT NOT NULL DEFAULT '', applicant BLOB, proxy TEXT, applied_on TEXT, channel TEXT NOT NULL DEFAULT 'self', finder TEXT, consent INTEGER NOT NULL DEFAULT '0', kin TEXT, event TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "case_step: village, to village, application → application",
                "  step highest: application BLOB, step TEXT NOT NULL DEFAULT '', round INTEGER NOT NULL DEFAULT '0', day TEXT, number TEXT, opinion TEXT, reason TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "home_visit: village, to village, household → household",
                "  visit highest: household BLOB, application BLOB, alert BLOB, day TEXT, visitors TEXT NOT NULL DEFAULT '', seen TEXT NOT NULL DEFAULT '', findings TEXT NOT NULL DEFAULT '', signed_by TEXT NOT NULL DEFAULT '', papers TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "notice: village, to village, application → application",
                "  notice highest by district town: application BLOB, round INTEGER NOT NULL DEFAULT '0', posted_on TEXT, ends_on TEXT, place TEXT NOT NULL DEFAULT '', papers TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "objection: village, to village, application → application",
                "  objection highest: application BLOB, day TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "appraisal: village, to village, application → application",
                "  appraisal highest by district town: application BLOB, day TEXT, place TEXT NOT NULL DEFAULT '', present TEXT NOT NULL DEFAULT '', votes_for INTEGER NOT NULL DEFAULT '0', votes_against INTEGER NOT NULL DEFAULT '0', votes_abstain INTEGER NOT NULL DEFAULT '0', conclusion TEXT NOT NULL DEFAULT '', papers TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "decision: village, to village, household → household",
                "  decision highest by district town: household BLOB, application BLOB, predecessor BLOB, outcome TEXT, category TEXT NOT NULL DEFAULT 'NONE', people INTEGER NOT NULL DEFAULT '0', base_fen INTEGER NOT NULL DEFAULT '0', care_fen INTEGER NOT NULL DEFAULT '0', supplements TEXT NOT NULL DEFAULT '[]', covered_alone TEXT NOT NULL DEFAULT '[]', total_fen INTEGER NOT NULL DEFAULT '0', from_month TEXT, to_month TEXT, grace_fen INTEGER NOT NULL DEFAULT '0', grace_supplement_fen INTEGER NOT NULL DEFAULT '0', grace_to TEXT, reason TEXT, day TEXT, document TEXT NOT NULL DEFAULT '', signer TEXT NOT NULL DEFAULT '', trace TEXT NOT NULL DEFAULT '{}', settles TEXT NOT NULL DEFAULT '', members TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "alert: village, to village, household → household",
                "  warning highest quiet by district town: household BLOB, kind TEXT NOT NULL DEFAULT '', episode INTEGER NOT NULL DEFAULT '1', issued_on TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "alert_fact: village, to village, alert → alert",
                "  fact highest quiet by district town: alert BLOB, colour INTEGER NOT NULL DEFAULT '1', day TEXT, says TEXT NOT NULL DEFAULT '', person BLOB",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "alert_action: village, to village, alert → alert",
                "  action highest: alert BLOB, action TEXT NOT NULL DEFAULT '', verdict TEXT, day TEXT, text TEXT NOT NULL DEFAULT '', led_to BLOB, settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "referral: village, to village, household → household",
                "  referral highest: household BLOB, person BLOB, department TEXT NOT NULL DEFAULT '', need TEXT NOT NULL DEFAULT '', episode INTEGER NOT NULL DEFAULT '1', application BLOB, alert BLOB, day TEXT, text TEXT NOT NULL DEFAULT '', agreed INTEGER NOT NULL DEFAULT '0', gap_fen INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "referral_reply: village, to village, referral → referral",
                "  reply highest by district town: referral BLOB, reply TEXT NOT NULL DEFAULT '', day TEXT, programme TEXT, basis TEXT, amount_fen INTEGER NOT NULL DEFAULT '0', month TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "bank_account: village, to town, household → household",
                "  account highest by district town: household BLOB, person BLOB, holder TEXT NOT NULL DEFAULT '', bank TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '', day TEXT, guardian TEXT, told BLOB, settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "account_check: village, to town, account → bank_account",
                "  check highest by district town: account BLOB, day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "account_told: village, to village, household → household",
                "  told highest: household BLOB, person BLOB, holder TEXT NOT NULL DEFAULT '', bank TEXT NOT NULL DEFAULT '', number TEXT NOT NULL DEFAULT '', day TEXT, guardian TEXT, settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "roster_check: town village, to village",
                "  check highest: aid_kind TEXT NOT NULL DEFAULT '', month TEXT, household BLOB, held INTEGER NOT NULL DEFAULT '0', day TEXT, reason TEXT NOT NULL DEFAULT '', settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "pay_batch: district, to village",
                "  batch highest by district: aid_kind TEXT NOT NULL DEFAULT '', month TEXT, lines INTEGER NOT NULL DEFAULT '0', total_fen INTEGER NOT NULL DEFAULT '0', hash TEXT NOT NULL DEFAULT '', day TEXT, reason TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "pay_payee: district, to district, batch → pay_batch",
                "  payee highest by district: batch BLOB, number INTEGER NOT NULL DEFAULT '0', household_no TEXT NOT NULL DEFAULT '', identity TEXT NOT NULL DEFAULT '', holder TEXT NOT NULL DEFAULT '', bank TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "pay_step: district, to village, batch → pay_batch",
                "  step highest by district: batch BLOB, step TEXT NOT NULL DEFAULT '', day TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "pay_line: village, to village, household → household",
                "  line highest by district: batch BLOB, number INTEGER, household BLOB, payee BLOB, payee_name TEXT NOT NULL DEFAULT '', account BLOB, tail TEXT NOT NULL DEFAULT '', people INTEGER NOT NULL DEFAULT '0', category TEXT NOT NULL DEFAULT '', base_fen INTEGER NOT NULL DEFAULT '0', care_fen INTEGER NOT NULL DEFAULT '0', supplement_fen INTEGER NOT NULL DEFAULT '0', total_fen INTEGER NOT NULL DEFAULT '0', decision BLOB, reissues BLOB, note TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "pay_return: village, to village, line → pay_line",
                "  return highest by district: line BLOB, code TEXT NOT NULL DEFAULT '', day TEXT, text TEXT NOT NULL DEFAULT '', withdrawn INTEGER NOT NULL DEFAULT '0', settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "month_decision: village, to village, household → household",
                "  month highest by district town: household BLOB, month TEXT, amount_fen INTEGER NOT NULL DEFAULT '0', day TEXT, document TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "relief: village, to village, household → household",
                "  relief highest by district town: household BLOB, application BLOB, kind TEXT, cause TEXT NOT NULL DEFAULT '', event TEXT, amount_fen INTEGER NOT NULL DEFAULT '0', month TEXT, day TEXT, document TEXT NOT NULL DEFAULT '', signer TEXT NOT NULL DEFAULT '', paid_first INTEGER NOT NULL DEFAULT '0', papers_due TEXT, reason TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "relief_papers: village, to village, relief → relief",
                "  papers highest by district town: relief BLOB, day TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "relief_withdrawal: village, to village, relief → relief",
                "  withdrawal highest by district town: relief BLOB, day TEXT, reason TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "relief_float: town, to town",
                "  entry highest by district: kind TEXT NOT NULL DEFAULT 'given', amount_fen INTEGER NOT NULL DEFAULT '0', day TEXT, document TEXT NOT NULL DEFAULT '', settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "department_grant: village, to village, household → household",
                "  grant highest quiet by district town: household BLOB, person BLOB, department TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '', programme TEXT NOT NULL DEFAULT '', basis TEXT NOT NULL DEFAULT '', month TEXT, amount_fen INTEGER NOT NULL DEFAULT '0', quantity TEXT, value_fen INTEGER NOT NULL DEFAULT '0', paid_on TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "grant_withdrawal: village, to village, line → department_grant",
                "  withdrawal highest by district town: line BLOB, day TEXT, reason TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "recovery: village, to village, household → household",
                "  recovery highest by district town: household BLOB, lines TEXT NOT NULL DEFAULT '', amount_fen INTEGER NOT NULL DEFAULT '0', reason TEXT NOT NULL DEFAULT '', plan TEXT NOT NULL DEFAULT '', document TEXT NOT NULL DEFAULT '', day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "recovery_entry: village, to village, recovery → recovery",
                "  entry highest by district town: recovery BLOB, kind TEXT, amount_fen INTEGER NOT NULL DEFAULT '0', day TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "duplicate: village, to village, person → person",
                "  pair highest quiet by district town: pair BLOB, person BLOB, other_area TEXT NOT NULL DEFAULT '', other_person BLOB, points INTEGER NOT NULL DEFAULT '0', reasons TEXT NOT NULL DEFAULT '', day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "duplicate_verdict: village, to village",
                "  verdict highest by district town: pair BLOB, verdict TEXT, survivor BLOB, survivor_area TEXT, day TEXT, reason TEXT NOT NULL DEFAULT '', settles TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "access_log: village, to village, household → household",
                "  access highest by district town village: household BLOB, purpose TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', day TEXT, related INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "access_log_above: village, to town, household → household",
                "  access highest by district town: household BLOB, purpose TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', day TEXT, related INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "access_log_district: village, to district, household → household",
                "  access highest by district: household BLOB, purpose TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', day TEXT, related INTEGER NOT NULL DEFAULT '0'",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "access_review: village, to town, household → household",
                "  review highest by district town: household BLOB, access BLOB, day TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "access_review_district: village, to district, household → household",
                "  review highest by district: household BLOB, access BLOB, day TEXT, text TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "kin_filing: village, to village, household → household",
                "  kin highest: household BLOB, staff TEXT NOT NULL DEFAULT '', relation TEXT NOT NULL DEFAULT '', day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "village_export_log: village, to village",
                "  export highest: content TEXT NOT NULL DEFAULT '', part TEXT NOT NULL DEFAULT '', lines INTEGER NOT NULL DEFAULT '0', purpose TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', day TEXT, hash TEXT NOT NULL DEFAULT '', seconded_by TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "town_export_log: town, to town",
                "  export highest: content TEXT NOT NULL DEFAULT '', part TEXT NOT NULL DEFAULT '', lines INTEGER NOT NULL DEFAULT '0', purpose TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', day TEXT, hash TEXT NOT NULL DEFAULT '', seconded_by TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "district_export_log: district, to district",
                "  export highest: content TEXT NOT NULL DEFAULT '', part TEXT NOT NULL DEFAULT '', lines INTEGER NOT NULL DEFAULT '0', purpose TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', day TEXT, hash TEXT NOT NULL DEFAULT '', seconded_by TEXT NOT NULL DEFAULT ''",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "objection_told: village, to town, application → application",
                "  objection highest by district town: application BLOB, objector TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "complaint: village, to town",
                "  complaint highest by district town: source TEXT NOT NULL DEFAULT '', complainant TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "complaint_answer: village, to town, complaint → complaint",
                "  answer highest by district town: complaint BLOB, text TEXT NOT NULL DEFAULT '', satisfied TEXT, day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "town_complaint: town, to district",
                "  complaint highest by district: source TEXT NOT NULL DEFAULT '', complainant TEXT NOT NULL DEFAULT '', text TEXT NOT NULL DEFAULT '', day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
                "town_complaint_answer: town, to district, complaint → town_complaint",
                "  answer highest by district: complaint BLOB, text TEXT NOT NULL DEFAULT '', satisfied TEXT, day TEXT",
                "  created_by highest quiet: created_by TEXT NOT NULL DEFAULT ''",
            ])
    }

    @Test func `a village registers a household, and only those above it decide`() throws {
        let tree = try assistanceTree()
        try tree[village].run("INSERT INTO household (area, id, household_no) VALUES (office(), x'01', '1')")
        let refusal = RefusedWrite.cell(
            table: "household", cell: "review", tier: .village, writers: [.district, .town])
        #expect(throws: refusal) { try tree[village].run("UPDATE household SET review_every = 'year'") }
        #expect(throws: refusal) {
            try tree[village].run("INSERT INTO household (area, id, review_every) VALUES (office(), x'02', 'year')")
        }
        try tree.send(from: village, to: town)
        try tree.send(from: town, to: district)
        try tree[town].run("UPDATE household SET review_every = 'year', review_due = '2025-07-31'")
        try tree[district].run("UPDATE household SET review_every = 'half_year', review_due = '2025-01-31'")
        try tree.send(from: town, to: district)
        try tree.send(from: district, to: town)
        try tree.send(from: town, to: village)
        for office in [district, town, village] {
            #expect(
                try tree[office].rows("SELECT household_no, review_every, review_due FROM household")
                    == ["1|half_year|2025-01-31"])
            #expect(try tree[office].conflicts().map(\.cell) == ["review"])
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
        "INSERT INTO income_item (area, id, amount_fen) VALUES (office(), x'01', -1)",
        "INSERT INTO disability (area, id, grade) VALUES (office(), x'01', 5)",
        "INSERT INTO person (area, id, in_institution) VALUES (office(), x'01', 2)",
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
