import ChangeSets
import Foundation
import GRDB

/// 最小字段: what a department is told of a family, and nothing else (domain 4.12): named field by field in the parameter
/// `referral.fields`.
package struct ReferralFields: Sendable {
    /// In the order of the parameter.
    package let values: [(field: Field, value: String)]

    package enum Field: String, Sendable, CaseIterable {
        case name, identity = "id_number", birth, phone, household, address, dwelling, need, text, category
        /// In yuan; empty where nobody has said.
        case gap
        case fromMonth = "from_month"
        /// The twelve months before the referral.
        case billPeriod = "bill_period"
        case schoolStage = "school_stage"

        /// What says who the family is.
        var isIdentity: Bool {
            switch self {
            case .name, .identity, .birth, .phone, .household, .address: true
            default: false
            }
        }
    }

    /// - Throws: ``ReferralError``, ``RuleError``.
    package init(_ referral: Referral, on today: CalendarDate, _ db: Database) throws {
        var book = try PublishedRules.book(of: referral.household.area, on: today, db)
        let words = try book.words(.referralFields).first { $0.word == referral.department.rawValue }?.value
        guard let words else { throw ReferralError.noFields(referral.department) }
        let fields = try words.split(separator: "+").map { word in
            guard let field = Field(rawValue: String(word)) else { throw ReferralError.oddField(String(word)) }
            return field
        }
        let reader = try Reader(referral, db)
        let isNamed = try !referral.department.needsAgreement || Self.hasAgreed(referral, reader.who, on: today, db)
        values = try fields.filter { isNamed || !$0.isIdentity }.map { ($0, try reader.value($0)) }
    }

    /// With the referral, or since; and nobody of the family has withdrawn it.
    /// - Parameter who: Whom it is about.
    private static func hasAgreed(
        _ referral: Referral, _ who: [UInt8]?, on today: CalendarDate, _ db: Database
    ) throws -> Bool {
        let isWithdrawn = try Consents.isWithdrawn(
            by: referral.household, besides: who, on: today, for: .charity, db)
        if isWithdrawn { return false }
        let isGiven = try who.map {
            try Consents.standing(of: $0, in: referral.household.area, on: today, for: .charity, db) == .given
        }
        return isGiven ?? false || referral.isAgreed
    }

    private struct Reader {
        let referral: Referral
        let household: Row
        /// Whom it is about: a member, else the head.
        let who: [UInt8]?
        let person: Row?
        let db: Database

        init(_ referral: Referral, _ db: Database) throws {
            self.referral = referral
            self.db = db
            let key: StatementArguments = [referral.household.area.digits, Data(referral.household.id)]
            let found = try Row.fetchOne(db, sql: "SELECT * FROM household WHERE area = ? AND id = ?", arguments: key)
            guard let found else { throw FamilyError.unknown(referral.household.id.hex) }
            household = found
            who = referral.person ?? found.bytes("head_person")
            person = try who.flatMap { id in
                try Row.fetchOne(
                    db, sql: "SELECT * FROM person WHERE area = ? AND id = ?",
                    arguments: [referral.household.area.digits, Data(id)])
            }
        }

        func value(_ field: Field) throws -> String {
            switch field {
            case .name: person?["name"] ?? ""
            case .identity: person?["id_number"] ?? ""
            case .birth: person?.birth?.description ?? ""
            case .phone: person?["phone"] ?? household["phone"] ?? ""
            case .household: household["household_no"]
            case .address: household["address"] ?? ""
            case .dwelling: try dwelling()
            case .need: referral.need
            case .gap: referral.gap?.description ?? ""
            case .text: referral.steps.first?.text ?? ""
            case .category: try decision()?.category.rawValue ?? Category.none.rawValue
            case .fromMonth: try decision()?.fromMonth.description ?? ""
            case .billPeriod:
                "\(referral.state.askedOn.twelveMonthsBefore.adding(days: 1) ?? referral.state.askedOn)/\(referral.state.askedOn)"
            case .schoolStage: person?["school_stage"] ?? ""
            }
        }

        /// 住房安全等级 by the newest assessment of the highest office, else in somebody's words.
        private func dwelling() throws -> String {
            let home = referral.household
            let rows = try HoldingFacts(dwellingCheckTable, home.area, ("household", home.id), db).rows
            let highest = rows.map { ($0["writer"] as String).count }.min()
            let newest = rows.filter { ($0["writer"] as String).count == highest }.max {
                ($0["day"] as String? ?? "") < ($1["day"] as String? ?? "")
            }
            return newest?["grade"] ?? household["dwelling"] ?? ""
        }

        private func decision() throws -> Decision? {
            try Decisions(of: referral.household, db).holding(in: referral.state.askedOn.calendarMonth)
        }
    }
}
