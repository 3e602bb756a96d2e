import ChangeSets
import GRDB
import Replica

/// The rules and the calendar as this office has them: what the district has published and what has arrived of it.
package enum PublishedRules {
    /// All values, of the district and of all of its towns, of every period; no voided ones.
    package static func values(_ db: Database) throws -> [PublishedValue] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT CASE place WHEN '' THEN area ELSE place END AS area, name, registration, valid_from, valid_to, value, document
                    FROM param WHERE row_state = 'live' ORDER BY place, name, registration, valid_from
                    """)
        ).compactMap(PublishedValue.init)
    }

    /// What the rules say on one day at one place.
    /// - Parameter registration: `urban` or `rural`; empty for rules that hang on neither.
    static func book(
        of area: OfficeCode, registration: String = "", on date: CalendarDate, _ db: Database
    ) throws -> RuleBook {
        RuleBook(try values(db), area: area, hukouKind: registration, on: date)
    }

    /// Of the district's special days; `calendar` of an office that has none yet calls all its deadlines provisional.
    package static func calendar(_ db: Database) throws -> WorkingCalendar {
        var days: [CalendarDate: WorkingCalendar.SpecialDay] = [:]
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT day, kind FROM holiday WHERE row_state = 'live' AND kind IS NOT NULL ORDER BY area"))
        for row in rows {
            guard let day = CalendarDate(written: row[0] as String),
                let kind = WorkingCalendar.SpecialDay(rawValue: row[1])
            else { continue }
            days[day] = kind
        }
        return WorkingCalendar(days)
    }
}

extension PublishedValue {
    /// - Returns: nil for a row whose days are none, which the pattern of its CHECK lets through: it holds never.
    fileprivate init?(_ row: Row) {
        guard let area = try? OfficeCode(row["area"] as String),
            let from = CalendarDate(written: row["valid_from"] as String)
        else { return nil }
        var to: CalendarDate?
        if let text = row["valid_to"] as String? {
            guard let end = CalendarDate(written: text) else { return nil }
            to = end
        }
        self.init(
            area: area, name: row["name"], hukouKind: row["registration"], validFrom: from, validTo: to,
            text: row["value"], document: row["document"])
    }
}
