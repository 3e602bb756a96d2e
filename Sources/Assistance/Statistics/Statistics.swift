import ChangeSets
import Foundation
import GRDB
import Replica

/// 统计: how many people get what, which warnings are open, what is spent, and how far each village is included (domain 4.11).
///
/// Nobody is named in it. Figures of fewer than five people are for the office's own work; what leaves it shows them as `<5`
/// (``Mask/cell(_:)``).
package struct Statistics: Sendable {
    package struct Category: Hashable, Sendable {
        /// A village, or a town where the office is the district.
        package let area: OfficeCode
        package let category: Assistance.Category
        package internal(set) var households: Int
        package internal(set) var people: Int
    }

    package struct Warnings: Hashable, Sendable {
        package enum Age: String, Sendable, CaseIterable {
            case week = "0-7", month = "8-30", older = ">30"

            init(days: Int) { self = days <= 7 ? .week : days <= 30 ? .month : .older }
        }

        package let area: OfficeCode
        package let kind: WarningKind
        package let colour: Colour
        /// Days since it was raised.
        package let age: Age
        package internal(set) var count: Int
    }

    package struct Spending: Hashable, Sendable {
        package let area: OfficeCode
        package let month: CalendarMonth
        package let programme: String
        package let department: String
        /// 人次: lines, so that one household helped twice counts twice.
        package internal(set) var lines: Int
        package internal(set) var amount: Money

        package var average: Money { Self.average(of: amount, lines: lines) }

        /// A line, not a person; to the nearest fen.
        package static func average(of amount: Money, lines: Int) -> Money {
            lines > 0 ? Money(fen: (2 * amount.fen + Int64(lines)) / (2 * Int64(lines))) : .zero
        }
    }

    /// 按期率 of the twelve months up to the last: by the days that ran from delivery (domain 4.2, 4.11).
    package struct Punctuality: Hashable, Sendable {
        package let area: OfficeCode
        /// Warnings whose visit was due, or was made.
        package internal(set) var due = 0
        /// Visited by the day it was due.
        package internal(set) var onTime = 0
        /// Visited later, or not yet.
        package internal(set) var late = 0
        /// Warnings that their village is not known to have.
        package internal(set) var undelivered = 0
        /// Days between the first day of warnings and that on which their villages had them, or today: shown apart from what is late (4.2).
        package internal(set) var undeliveredDays = 0
        /// Open cases of which something is overdue.
        package internal(set) var casesLate = 0
    }

    /// Up to when an office's work is in the figures.
    package struct Included: Hashable, Sendable {
        package let office: OfficeCode
        package let name: String
        /// When it last said how far it is: its work up to then is in, whenever that came here (domain 4.11). Nil where it never has.
        package let upTo_ms: Int64?
        /// Change sets of its own that it says it has and that are not here.
        package let missing: Int

        package var isWhole: Bool { upTo_ms != nil && missing == 0 }

        /// Every office below.
        package static func all(_ replica: OfficeReplica) throws -> [Included] {
            try replica.officeProgress().map {
                Included(
                    office: $0.office, name: $0.name, upTo_ms: $0.statementMade_ms, missing: $0.waitingUp + $0.held)
            }
        }
    }

    package let month: CalendarMonth
    package let categories: [Category]
    package let warnings: [Warnings]
    package let spending: [Spending]
    /// In order of area; the town or village that falls behind is seen here.
    package let punctuality: [Punctuality]
    package let included: [Included]

    /// - Parameters:
    ///   - month: Whose categories; spending is that of the twelve months up to it.
    ///   - today: By which the age of warnings is told.
    package init(_ month: CalendarMonth, today: CalendarDate, in replica: OfficeReplica) throws {
        self.month = month
        try Desk(replica).refresh()
        try SpentDesk(replica).refresh()
        let length = replica.office.tier <= .district ? 9 : 12
        func part(_ area: OfficeCode) -> OfficeCode { (try? OfficeCode(area.digits.prefix(length))) ?? area }
        (categories, warnings, spending, punctuality) = try replica.read { db in
            (
                try Self.categories(month, in: replica.office, part, db),
                try Self.warnings(today, in: replica.office, part, db),
                try Self.spending(month, in: replica.office, part, db),
                try Self.punctuality(today, in: replica.office, part, db)
            )
        }
        included = try Included.all(replica)
    }

    private static func categories(
        _ month: CalendarMonth, in area: OfficeCode, _ part: (OfficeCode) -> OfficeCode, _ db: Database
    ) throws -> [Category] {
        struct Key: Hashable { let area: OfficeCode, category: Assistance.Category }
        var found: [Key: Category] = [:]
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT area, category, count(*) AS households, sum(people) AS people FROM desk_holding
                WHERE area >= ?1 AND area < ?2 AND ?3 BETWEEN from_month AND to_month GROUP BY area, category
                """, arguments: [area.digits, area.digits + ":", month.description])
        for row in rows {
            guard let category = Assistance.Category(rawValue: row["category"]) else { continue }
            let key = Key(area: part(try OfficeCode(row["area"] as String)), category: category)
            var sum = found[key] ?? Category(area: key.area, category: key.category, households: 0, people: 0)
            sum.households += row["households"]
            sum.people += row["people"]
            found[key] = sum
        }
        return found.values.sorted { ($0.area.digits, $0.category.rawValue) < ($1.area.digits, $1.category.rawValue) }
    }

    private static func warnings(
        _ today: CalendarDate, in area: OfficeCode, _ part: (OfficeCode) -> OfficeCode, _ db: Database
    ) throws -> [Warnings] {
        struct Key: Hashable { let area: OfficeCode, kind: WarningKind, colour: Colour, age: Warnings.Age }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT area, kind, colour, issued_on, count(*) AS warnings FROM desk_warning
                WHERE closed = 0 AND area >= ? AND area < ? GROUP BY area, kind, colour, issued_on
                """, arguments: [area.digits, area.digits + ":"])
        let counts = try rows.compactMap { row -> (Key, Int)? in
            guard let kind = WarningKind(rawValue: row["kind"]), let colour = Colour(rawValue: row["colour"]),
                let issued = row.date("issued_on")
            else { return nil }
            let key = Key(
                area: part(try OfficeCode(row["area"] as String)), kind: kind, colour: colour,
                age: Warnings.Age(days: today.dayNumber - issued.dayNumber))
            return (key, row["warnings"])
        }
        return Dictionary(counts, uniquingKeysWith: +).map { key, count in
            Warnings(area: key.area, kind: key.kind, colour: key.colour, age: key.age, count: count)
        }.sorted {
            ($0.area.digits, $0.kind.rawValue, $1.colour.rawValue, $0.age.rawValue) < (
                $1.area.digits, $1.kind.rawValue, $0.colour.rawValue, $1.age.rawValue
            )
        }
    }

    private static func punctuality(
        _ today: CalendarDate, in area: OfficeCode, _ part: (OfficeCode) -> OfficeCode, _ db: Database
    ) throws -> [Punctuality] {
        var found: [OfficeCode: Punctuality] = [:]
        func add(_ area: OfficeCode, _ change: (inout Punctuality) -> Void) {
            change(&found[part(area), default: Punctuality(area: part(area))])
        }
        let since = (today.adding(days: -365) ?? today).description
        let warnings = try Row.fetchAll(
            db,
            sql: """
                SELECT area, sum(visited_on IS NOT NULL OR visit_due < ?3) AS due,
                    sum(visited_on IS NOT NULL AND visited_on <= visit_due) AS on_time,
                    sum(closed = 0 AND delivered_on IS NULL) AS undelivered,
                    CAST(sum(max(0, julianday(coalesce(delivered_on, ?3)) - julianday(issued_on))) AS INTEGER) AS days
                FROM desk_warning WHERE area >= ?1 AND area < ?2 AND issued_on > ?4 AND visit_due IS NOT NULL GROUP BY area
                """, arguments: [area.digits, area.digits + ":", today.description, since])
        for row in warnings {
            let (due, onTime) = (row["due"] as Int, row["on_time"] as Int)
            add(try OfficeCode(row["area"] as String)) {
                $0.due += due
                $0.onTime += onTime
                $0.late += due - onTime
                $0.undelivered += row["undelivered"]
                $0.undeliveredDays += row["days"]
            }
        }
        let cases = try Row.fetchAll(
            db,
            sql: """
                SELECT area, count(*) AS late FROM desk_case WHERE ended = 0 AND area >= ?1 AND area < ?2
                AND (due_on < ?3 OR whole_due_on < ?3) GROUP BY area
                """, arguments: [area.digits, area.digits + ":", today.description])
        for row in cases { add(try OfficeCode(row["area"] as String)) { $0.casesLate += row["late"] } }
        return found.values.sorted { $0.area.digits < $1.area.digits }
    }

    /// Of the twelve months up to one.
    private static func spending(
        _ last: CalendarMonth, in area: OfficeCode, _ part: (OfficeCode) -> OfficeCode, _ db: Database
    ) throws -> [Spending] {
        struct Key: Hashable { let area: OfficeCode, month: CalendarMonth, programme: String, department: String }
        let first = last.adding(months: -11) ?? last
        var found: [Key: Spending] = [:]
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT area, month, programme, department, sum(lines) AS lines, sum(fen) AS fen FROM desk_spent
                WHERE area >= ? AND area < ? AND month BETWEEN ? AND ? GROUP BY area, month, programme, department
                """, arguments: [area.digits, area.digits + ":", first.description, last.description])
        {
            guard let month = CalendarMonth(written: row["month"] as String) else { continue }
            let key = Key(
                area: part(try OfficeCode(row["area"] as String)), month: month, programme: row["programme"],
                department: row["department"])
            var sum =
                found[key]
                ?? Spending(
                    area: key.area, month: month, programme: key.programme, department: key.department, lines: 0,
                    amount: .zero)
            sum.lines += row["lines"]
            sum.amount += row.money("fen")
            found[key] = sum
        }
        return found.values.sorted {
            ($0.month, $0.area.digits, $0.department, $0.programme) < (
                $1.month, $1.area.digits, $1.department, $1.programme
            )
        }
    }
}
