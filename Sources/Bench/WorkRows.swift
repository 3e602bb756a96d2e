import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica

/// Work at every stage, for every list to show: of households L0 to L99999 a fifth is paid, a tenth has applied, and so on. Days are counted
/// back from today, by which lists tell what is overdue.
struct WorkRows {
    let district: OfficeReplica
    let villages: [OfficeCode]
    let folder: URL

    /// Of a household that is paid, and has been visited, looked into and asked about.
    static let familyNumber = 50_016

    func write() throws {
        for part in 0..<10 {
            try insert(
                """
                INSERT INTO application (area, id, household, aid_kind, applied_on, consent)
                SELECT area, uuid7(), id, 'DB', \(Self.day(-40)), 1 \(Self.households(where: "% 100 = \(part * 10)"));
                INSERT INTO income_item (area, id, household, kind, amount_fen)
                SELECT area, uuid7(), id, 'wage', 60000 \(Self.households(where: "% 50 = \(part * 5 + 1)"));
                INSERT INTO decision (
                    area, id, household, outcome, category, people, base_fen, total_fen, from_month, day, document, settles)
                SELECT h.area, uuid7(), h.id, 'confirmed', 'DB', 2, 50000, 50000, '2026-03', '2026-02-20', '试1号', lower(hex(i.id))
                FROM household AS h JOIN income_item AS i ON i.area = h.area AND i.household = h.id
                WHERE \(Self.number) % 50 = \(part * 5 + 1);
                INSERT INTO bank_account (area, id, household, holder, bank, number, day, created_by)
                SELECT h.area, uuid7(), h.id, p.name, '试行', '99000000' || h.household_no, '2026-02-20', 'a'
                FROM household AS h JOIN person AS p ON p.area = h.area AND p.id = h.head_person
                WHERE h.household_no LIKE 'L%' AND \(Self.number) % 50 = \(part * 5 + 1);
                INSERT INTO account_check (area, id, account, day, created_by)
                SELECT a.area, uuid7(), a.id, '2026-02-21', 'b' FROM bank_account AS a
                WHERE NOT EXISTS (SELECT 1 FROM account_check AS c WHERE c.area = a.area AND c.account = a.id);
                INSERT INTO referral (area, id, household, department, need, episode, day)
                SELECT area, uuid7(), id, 'medical_insurance', '医疗救助', 1, \(Self.day(-40))
                \(Self.households(where: "% 200 = \(part * 20 + 2)"))
                """)
        }
        try insert(
            """
            UPDATE household SET review_every = 'year', review_due = \(Self.day(-3))
            WHERE household_no LIKE 'L%' AND \(Self.number) % 100 IN (11, 31, 56);
            INSERT INTO rigid_item (area, id, household, kind, gross_fen)
            SELECT area, uuid7(), id, 'medical', 10000 \(Self.households(where: "% 1000 = 101"));
            INSERT INTO member_event (area, id, household, person, kind, day)
            SELECT area, uuid7(), id, head_person, CASE \(Self.number) / 100 % 4 WHEN 0 THEN 'birth' WHEN 1 THEN 'death'
                WHEN 2 THEN 'marriage_out' ELSE 'registration_in' END, \(Self.day(-20))
            \(Self.households(where: "% 100 IN (7, 16, 27, 47, 67)"));
            INSERT INTO alert (area, id, household, kind, issued_on)
            SELECT area, uuid7(), id, 'A3', \(Self.day(-35)) \(Self.households(where: "% 100 IN (8, 9)"));
            INSERT INTO alert_fact (area, id, alert, day)
            SELECT area, uuid7(), id, issued_on FROM alert WHERE issued_on = \(Self.day(-35));
            INSERT INTO complaint (area, id, source, text, day)
            SELECT area, uuid7(), 'hotline', '试', \(Self.day(-5)) \(Self.households(where: "% 300 = 5"));
            INSERT INTO account_told (area, id, household, holder, bank, number, day, created_by)
            SELECT area, uuid7(), id, '试', '试行', '99000000' || household_no, \(Self.day(-4)), 'a'
            \(Self.households(where: "% 200 = 21"));
            INSERT INTO kin_filing (area, id, household, staff, relation, day)
            SELECT area, uuid7(), id, 'c', '兄弟', \(Self.day(-90)) \(Self.households(where: "% 300 = 216"));
            INSERT INTO access_log (area, id, household, purpose, reason, day, related, created_by)
            SELECT area, uuid7(), id, 'visit', '试', \(Self.day(-10)), household_no LIKE '%16', 'c'
            \(Self.households(where: "% 20 = 16"));
            INSERT INTO district_export_log (area, id, content, lines, purpose, reason, day, hash)
            SELECT '330106', uuid7(), 'households', 500, 'audit', '试', \(Self.day(-8)), hex(id)
            \(Self.households(where: "% 300 = 6"))
            """)
        try writeElsewhere()
    }

    /// What was decided after a list was frozen, without those whom it lowers having been told.
    func writeAfterPayment() throws {
        try insert(
            """
            INSERT INTO decision (
                area, id, household, predecessor, outcome, category, people, base_fen, total_fen, from_month, day, document, settles)
            SELECT d.area, uuid7(), d.household, d.id, 'changed', 'DB', 2, 30000, 30000, '2026-10', '2026-09-20', '试3号', d.settles
            FROM decision AS d JOIN household AS h ON h.area = d.area AND h.id = d.household
            WHERE \(Self.number) % 200 = 1;
            INSERT INTO recovery (area, id, household, lines, amount_fen, reason, document, day)
            SELECT l.area, uuid7(), l.household, lower(hex(l.id)) || ':20000', 20000, '试', '试4号', \(Self.day(-2))
            FROM pay_line AS l JOIN household AS h ON h.area = l.area AND h.id = l.household
            WHERE \(Self.number) % 1000 IN (1, 201, 401);
            INSERT INTO recovery_entry (area, id, recovery, kind, amount_fen, day)
            SELECT area, uuid7(), id, 'repaid', 5000, \(Self.day(-1)) FROM recovery WHERE hex(household) < '80';
            INSERT INTO duplicate_verdict (area, id, pair, verdict, day)
            SELECT area, uuid7(), pair, 'different', \(Self.day(-1)) FROM duplicate WHERE hex(pair) < '20'
            """)
    }

    // MARK: Other offices

    /// What towns alone do: they look into cases, post notices and close warnings. And what a village has written unaware of the district.
    private func writeElsewhere() throws {
        for town in Set(villages.map { $0.digits.prefix(9) }).sorted() {
            let office = try OtherOffice(String(town), beside: district, in: folder)
            let applications = "SELECT area, id FROM application WHERE area GLOB '\(town)*'"
            let steps = "INSERT INTO case_step (area, id, application, step, day)"
            try office.write(
                "\(steps) SELECT ?1, uuid7(), ?2, column1, \(Self.day(-30)) FROM (VALUES ('accept'), ('investigate'))",
                for: try rows(applications))
            let posted = try rows("\(applications) AND substr(hex(id), -2) < '08'")
            try office.write(
                "\(steps) SELECT ?1, uuid7(), ?2, column1, \(Self.day(-2)) FROM (VALUES ('first_review'), ('notice'))",
                for: posted)
            try office.write(
                """
                INSERT INTO notice (area, id, application, posted_on, ends_on, place)
                VALUES (?1, uuid7(), ?2, \(Self.day(-2)), \(Self.day(5)), '试')
                """, for: posted)
            try office.write(
                """
                INSERT INTO relief (
                    area, id, household, kind, cause, amount_fen, month, day, document, paid_first, papers_due)
                VALUES (?1, uuid7(), ?2, 'urgent', 'illness', 100000, '2026-10', \(Self.day(-30)), '试2号', 1, \(Self.day(-9)))
                """, for: try rows("SELECT area, id \(Self.households(where: "% 200 = 3")) AND area GLOB '\(town)*'"))
            let alerts = try rows(
                "SELECT area, id FROM alert WHERE area GLOB '\(town)*' AND substr(hex(id), -2) < '80'")
            try office.write(
                """
                INSERT INTO alert_action (area, id, alert, action, verdict, day)
                SELECT ?1, uuid7(), ?2, column1, column2, \(Self.day(-20)) FROM (VALUES ('verdict', 'covered'), ('close', NULL))
                """, for: alerts)
            try office.deliver()
        }
        let village = try OtherOffice(villages[0].digits, beside: district, in: folder)
        // All as it is here, but for the address.
        let columns = try rows("SELECT name FROM pragma_table_info('household')").map { $0["name"] as String }
        let places = columns.indices.map { columns[$0] == "address" ? "'试路'" : "?\($0 + 1)" }
        try village.write(
            "INSERT INTO household (\(columns.joined(separator: ", "))) VALUES (\(places.joined(separator: ", ")))",
            for: try rows("SELECT * FROM household WHERE area = '\(villages[0])' LIMIT 500"))
        try village.deliver()
    }

    private func rows(_ sql: String) throws -> [Row] { try district.read { try Row.fetchAll($0, sql: sql) } }

    // MARK: SQL

    private func insert(_ sql: String) throws {
        try district.write(as: ActingUser("bench")) { try $0.execute(sql: sql) }
    }

    private static let number = "CAST(substr(household_no, 2) AS INTEGER)"

    /// - Parameter condition: On a household's number.
    private static func households(where condition: String) -> String {
        "FROM household WHERE row_state = 'live' AND household_no LIKE 'L%' AND \(number) \(condition)"
    }

    /// So many days from today, in SQL.
    private static func day(_ days: Int) -> String { "date('now', '+8 hours', '\(days) days')" }
}
