import ChangeSets
import Foundation
import GRDB
import Replica

/// 临时救助 (domain 4.10): aid for once.
package struct Relief: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// 急难型: needs no registration and no residence; may be paid before the papers.
        case urgent
        /// 支出型
        case expense
    }

    package let id: [UInt8]
    package let office: OfficeCode
    package let application: [UInt8]?
    package let kind: Kind
    package let cause: String
    package let event: String?
    package let amount: Money
    package let month: CalendarMonth
    package let day: CalendarDate
    package let document: String
    package let isPaidFirst: Bool
    package let papersDue: CalendarDate?
    /// The day on which the papers were there; nil while they are not, or where none are needed.
    package let papersOn: CalendarDate?
    package let household: HouseholdID
    /// Of help by a rate, how it was worked out (``TransitionHelp``).
    package let reason: String?
    /// Who has taken it back, and why.
    package let withdrawal: Withdrawal?
    /// Whether the office that gave it may give so much, and nobody has taken it back. Else it counts nowhere.
    package let isValid: Bool
}

package enum Reliefs {
    package static func all(of household: HouseholdID, _ db: Database) throws -> [Relief] {
        try rows("area = ? AND household = ?", [household.area.digits, Data(household.id)], db)
    }

    static func all(_ db: Database) throws -> [Relief] { try rows("TRUE", [], db) }

    /// Of an area and below it, with what was taken back: the last first.
    package static func all(in area: OfficeCode, _ db: Database) throws -> [Relief] {
        try rows("area >= ? AND area < ?", [area.digits, area.digits + ":"], db).sorted {
            ($0.day.description, $0.id.hex) > ($1.day.description, $1.id.hex)
        }
    }

    /// What was paid first and whose papers are not there yet, of an area and below it: what is due first.
    package static func withoutPapers(in area: OfficeCode, _ db: Database) throws -> [Relief] {
        try rows(
            "area >= ? AND area < ? AND paid_first = 1", [area.digits, area.digits + ":"], db
        ).filter { $0.papersOn == nil && $0.isValid }.sorted {
            ($0.papersDue?.description ?? "", $0.id.hex) < ($1.papersDue?.description ?? "", $1.id.hex)
        }
    }

    /// What an office has paid before the papers, wherever below it.
    static func paidFirst(by office: OfficeCode, _ db: Database) throws -> [Relief] {
        try rows("area >= ? AND area < ? AND paid_first = 1", [office.digits, office.digits + ":"], db)
            .filter { $0.office == office && $0.isValid }
    }

    /// - Parameter text: The id or the beginning of it, at least eight digits.
    package static func one(_ text: String, _ db: Database) throws -> Relief {
        try IDBeginning.only(text, unknown: ReliefError.unknown(text.shortened)) { try rows($0, $1, db) }
    }

    private static func rows(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [Relief] {
        let ceilings = Ceilings(db)
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT *, \(RowWriter.office(of: reliefTable.name, as: "t")) AS writer,
                    \(Withdrawable.relief.sql("t")) AS is_withdrawn, (
                        SELECT min(p.day) FROM relief_papers AS p WHERE p.area = t.area AND p.relief = t.id) AS papers_on
                    FROM relief AS t WHERE \(condition) ORDER BY id
                    """),
            arguments: arguments
        ).compactMap { row in
            guard let office = try? OfficeCode(row["writer"] as String), let day = row.date("day"),
                let kind = (row["kind"] as String?).flatMap(Relief.Kind.init), let household = row.bytes("household"),
                let month = (row["month"] as String?).flatMap({ CalendarMonth(written: $0) })
            else { return nil }
            let amount = row.money("amount_fen")
            let home = HouseholdID(area: try OfficeCode(row["area"] as String), id: household)
            let id = row.bytes("id") ?? []
            let withdrawal =
                row.isTrue("is_withdrawn") ? try Withdrawable.relief.word(on: id, in: home.area, db) : nil
            return Relief(
                id: id, office: office, application: row.bytes("application"), kind: kind,
                cause: row["cause"], event: row["event"], amount: amount, month: month, day: day,
                document: row["document"], isPaidFirst: row.isTrue("paid_first"), papersDue: row.date("papers_due"),
                papersOn: row.date("papers_on"), household: home, reason: row["reason"], withdrawal: withdrawal,
                isValid: try withdrawal == nil && ceilings.mayGive(amount, office, to: home, on: day))
        }
    }

    /// 小额: a town gives up to so many monthly standards, the district more. By the highest standard of the day: who the family is now,
    /// or whether anybody knows its registration, changes nothing of what was given, and relief asks for none (domain 4.10).
    static func townCeiling(in area: OfficeCode, on day: CalendarDate, _ db: Database) throws -> Money {
        try townCeiling(in: area, on: day, try PublishedRules.values(db))
    }

    private static func townCeiling(
        in area: OfficeCode, on day: CalendarDate, _ published: [PublishedValue]
    ) throws -> Money {
        let (standard, rules) = try highestStandard(in: area, on: day, published)
        var book = rules
        return standard * (try book.number(.reliefTownMonths))
    }

    static func highestStandard(
        in area: OfficeCode, on day: CalendarDate, _ db: Database
    ) throws -> (Money, RuleBook) {
        try highestStandard(in: area, on: day, try PublishedRules.values(db))
    }

    private static func highestStandard(
        in area: OfficeCode, on day: CalendarDate, _ published: [PublishedValue]
    ) throws -> (Money, RuleBook) {
        var failure: (any Error)?
        var highest: (Money, RuleBook)?
        for registration in ["", "urban", "rural"] {
            var book = RuleBook(published, area: area, hukouKind: registration, on: day)
            do {
                let standard = try book.money(.dibaoStandard)
                if standard > highest?.0 ?? .zero { highest = (standard, book) }
            } catch {
                failure = error
            }
        }
        if let highest { return highest }
        throw failure ?? ReliefError.nothing
    }

    /// Who may give how much, with the rules read once for many.
    private final class Ceilings {
        private let db: Database
        private lazy var rules = Result {
            try PublishedRules.values(db).filter { rule in
                [ParameterName.dibaoStandard, .reliefTownMonths].contains { $0.rawValue == rule.name }
            }
        }

        init(_ db: Database) { self.db = db }

        func mayGive(
            _ amount: Money, _ office: OfficeCode, to household: HouseholdID, on day: CalendarDate
        ) throws -> Bool {
            switch office.tier {
            case .village: false
            case .town:
                ((try? townCeiling(in: household.area, on: day, try rules.get())) ?? .zero) >= amount
            default: true
            }
        }
    }
}

package enum ReliefError: Error, Hashable, CustomStringConvertible {
    case aboveCeiling(Money, Money)
    case transitionDays(Int, most: Int)
    case transitionCause(String)
    case nobody
    case aboveMost(Money, Money)
    case nothing
    case cause(String)
    case unknown(String)
    case noPapers
    case notYours(Tier)
    case onlyUrgentFirst
    case registeredElsewhere(String)
    case floatEmpty(Money)
    case floatOfDistrict
    case ended(CaseStage)

    package var description: String {
        switch self {
        case .aboveCeiling(let amount, let ceiling):
            "\(amount) yuan this year is more than the \(ceiling) that a town gives a household; the district gives more"
        case .transitionDays(let days, let most):
            "\(days) days are not 1 to the \(most) of relief.transition_days"
        case .transitionCause(let cause):
            "help by the day follows a disaster, and the cause is ‘\(cause)’; give --amount, or --cause disaster"
        case .nobody: "nobody lives in the household any more"
        case .aboveMost(let amount, let most):
            "\(amount) yuan this year is more than the \(most) that anybody gives a household"
        case .unknown(let id): "no one relief ‘\(id)’ is here; ‘sanji relief list --all’ shows them"
        case .noPapers: "no papers of it are missing"
        case .nothing: "either an amount above 0 is needed, or days (‘--transition’)"
        case .cause(let word): "‘\(word)’ is no cause of hardship; use \(HardshipCause.offered)"
        case .notYours(let tier): "a \(tier) proposes relief; its town or the district gives it"
        case .ended(let stage): "the case has ended: \(stage.rawValue) \(stage.chinese)"
        case .floatEmpty(let left):
            "\(left) yuan of the float are left; the district gives more (‘sanji relief float’)"
        case .floatOfDistrict: "the district gives a float, and to its towns only"
        case .registeredElsewhere(let region):
            "the household is registered in \(region), another district; only urgent relief is given to it here"
        case .onlyUrgentFirst: "only urgent relief is paid before its papers"
        }
    }
}

package struct ReliefEntry {
    let replica: OfficeReplica
    let user: ActingUser
    let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    package struct New: Sendable {
        package var kind: Relief.Kind
        /// A ``HardshipCause``, in English or Chinese.
        package var cause: String
        package var event: String?
        /// Nothing where there are `transitionDays`.
        package var amount: Money
        /// Help for so many days by the published rate, instead of an amount.
        package var transitionDays: Int?
        package var document: String
        package var isPaidFirst: Bool
        package var reason: String?

        package init(
            kind: Relief.Kind, cause: String, event: String? = nil, amount: Money = .zero,
            transitionDays: Int? = nil, document: String, isPaidFirst: Bool = false, reason: String? = nil
        ) {
            self.kind = kind
            self.cause = cause
            self.event = event
            self.amount = amount
            self.transitionDays = transitionDays
            self.document = document
            self.isPaidFirst = isPaidFirst
            self.reason = reason
        }
    }

    /// - Parameter caseName: The application, where there is one already.
    /// - Returns: What was given, and what was given for the same cause this year before: that is allowed, and said.
    package func give(
        _ new: New, to household: HouseholdID, for caseName: String? = nil
    ) throws -> (relief: Relief, sameCause: [Relief]) {
        guard replica.office.tier != .village else { throw ReliefError.notYours(replica.office.tier) }
        guard (new.amount > .zero) != (new.transitionDays != nil) else { throw ReliefError.nothing }
        guard let cause = HardshipCause.read(new.cause.trimmedCell)?.rawValue else {
            throw ReliefError.cause(new.cause.shortened)
        }
        guard !new.document.isEmpty else { throw CaseError.empty("document number") }
        guard new.kind == .urgent || !new.isPaidFirst else { throw ReliefError.onlyUrgentFirst }
        return try replica.write(as: user) { db in
            if new.kind != .urgent, let region = try Registration.elsewhere(household, db) {
                throw ReliefError.registeredElsewhere(region)
            }
            let file = try caseName.map { try CaseReading.one($0, db) }
            guard file.map({ $0.household == household }) ?? true else { throw WarningError.otherHousehold }
            // Another kind of aid is decided, not given.
            if let file, !file.endsWithRelief { throw CaseError.otherAid(file.aidKind) }
            if let file, file.state.stage >= .confirmed { throw ReliefError.ended(file.state.stage) }
            let (standard, rules) = try Reliefs.highestStandard(in: household.area, on: today, db)
            var book = rules
            let help = try new.transitionDays.map {
                try TransitionHelp(days: $0, after: cause, to: household, on: today, by: &book, db)
            }
            let amount = help?.amount ?? new.amount
            let reasons = [help?.shown, new.reason].compactMap { $0 }
            // What a household was given this year counts together: several small gifts are one large one.
            let given = try Reliefs.all(of: household, db).filter { $0.day.year == today.year && $0.isValid }
            let most = standard * (try book.number(.reliefMostMonths))
            let total = given.reduce(amount) { $0 + $1.amount }
            guard total <= most else { throw ReliefError.aboveMost(total, most) }
            let ceiling = try Reliefs.townCeiling(in: household.area, on: today, db)
            let byTowns = given.filter { $0.office.tier == .town }.reduce(amount) { $0 + $1.amount }
            if replica.office.tier == .town, byTowns > ceiling {
                throw ReliefError.aboveCeiling(byTowns, ceiling)
            }
            if new.isPaidFirst, replica.office.tier == .town,
                let left = try ReliefFloats.one(replica.office, db)?.left, amount > left
            {
                throw ReliefError.floatEmpty(left)
            }
            let papers =
                new.isPaidFirst
                ? try PublishedRules.calendar(db).end(of: try book.period(.reliefPapers), after: today)?.date : nil
            let before = given.filter { $0.cause == cause }
            let id = try NewRow(
                table: reliefTable, area: household.area,
                values: [
                    ("household", household.id.databaseValue), ("application", (file?.id).databaseValue),
                    ("kind", new.kind.rawValue.databaseValue), ("cause", cause.databaseValue),
                    ("event", new.event.databaseValue), ("amount_fen", amount.fen.databaseValue),
                    ("month", today.calendarMonth.description.databaseValue), ("day", today.description.databaseValue),
                    ("document", new.document.databaseValue), ("signer", user.name.databaseValue),
                    ("paid_first", new.isPaidFirst.databaseValue), ("papers_due", (papers?.description).databaseValue),
                    ("reason", (reasons.isEmpty ? nil : reasons.joined(separator: "; ")).databaseValue),
                ]
            ).insert(by: user, db)
            return (try Reliefs.all(of: household, db).first { $0.id == id }!, before)  // Just written.
        }
    }

    /// Says that the papers of what was paid first are there.
    package func papers(_ name: String, text: String) throws -> Relief {
        guard replica.office.tier != .village else { throw ReliefError.notYours(replica.office.tier) }
        guard !text.trimmedCell.isEmpty else { throw CaseError.empty("list of papers") }
        return try replica.write(as: user) { db in
            let relief = try Reliefs.one(name, db)
            guard relief.isPaidFirst, relief.papersOn == nil else { throw ReliefError.noPapers }
            try NewRow(
                table: reliefPapersTable, area: relief.household.area,
                values: [
                    ("relief", relief.id.databaseValue), ("day", today.written), ("text", text.databaseValue),
                ]
            ).insert(by: user, db)
            return try Reliefs.one(relief.id.hex, db)
        }
    }
}
