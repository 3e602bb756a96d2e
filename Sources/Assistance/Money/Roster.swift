import ChangeSets
import Foundation
import GRDB
import Replica

/// 发放名册: who is to be paid what in a month, by the decisions that hold in it, and who is held back for which reason
/// (domain 4.6). Only ever read: ``RosterEntry`` freezes it.
package struct Roster: Sendable {
    package struct Line: Hashable, Sendable {
        package let household: HouseholdID
        package let householdNumber: String
        package let payee: [UInt8]?
        package let payeeName: String
        package let account: [UInt8]?
        package let tail: String
        package let people: Int
        package let category: Category
        package let parts: AidParts
        package let decision: [UInt8]
        package let decidedOn: CalendarDate?
        /// A line that the bank returned, which this one pays again.
        package let reissues: [UInt8]?
        package let warnings: [Warning]

        package var total: Money { parts.total }

        func adding(_ warning: Warning) -> Line {
            Line(
                household: household, householdNumber: householdNumber, payee: payee, payeeName: payeeName,
                account: account, tail: tail, people: people, category: category, parts: parts, decision: decision,
                decidedOn: decidedOn, reissues: reissues, warnings: warnings + [warning])
        }
    }

    /// Why a household gets nothing for now: once that is settled, a later batch pays the month.
    package enum Hold: Hashable, Sendable, CustomStringConvertible {
        case noAccount
        case otherHolder
        /// Somebody whom the decision counts has died.
        case death
        /// A warning says that somebody has died, and is not answered yet.
        case deathWarning
        case notLive
        case rivals
        /// Somebody whom the decision counts lives there no more.
        case members
        /// The newest decision is by an office that may not decide, or not any more.
        case withoutRight
        /// Somebody was gone in the month, and no decision will say any more what it was due.
        case unsaid
        case identity
        case duplicate
        /// The month was paid before it was decided anew, or as another kind of aid.
        case paidOtherwise(Roster.AidKind, paid: Money, due: Money)
        /// Who is counted had gone before the month began.
        case nothingDue(String)
        case reported(String)
        /// More than any amount of money that is written here: a decision says so.
        case beyond

        package var description: String {
            switch self {
            case .noAccount: "no account that a second person has checked"
            case .otherHolder:
                "the account is not the payee's, and no paper says who keeps the money (‘sanji account add --guardian’)"
            case .death:
                "somebody whom the decision counts has died; decide about the household as it is now (‘sanji review decide’), or say that "
                    + "they live (‘sanji household alive’)"
            case .deathWarning:
                "a warning says that somebody has died; if so, enter it (‘sanji household leave … --because death’) and decide about the "
                    + "household as it is now (‘sanji review decide’), else say that they live (‘sanji household alive’) or judge the "
                    + "warning (‘sanji alert verdict’); either way close the warning (‘sanji alert close’)"
            case .notLive: "the household is void, or nobody of it is left"
            case .rivals: "two decisions were made unaware of each other"
            case .members:
                "somebody whom the decision counts lives there no more; look at the household again (‘sanji review decide’)"
            case .withoutRight: "an office decided that has no right to, or has none any more; decide it anew"
            case .unsaid:
                "somebody was gone in this month, and no decision says what it was due; say it (‘sanji review month’)"
            case .identity: "two offices name two identity numbers of the payee; choose one with ‘sanji conflicts’"
            case .duplicate: "duplicate"
            case .paidOtherwise(let kind, let paid, let due):
                "\(paid) is paid for this month as \(kind.rawValue), and \(due) is due by what was decided since; "
                    + "‘sanji recovery due’ names what was too much, and what is missing is given as relief"
            case .nothingDue(let reason): "nothing is due: \(reason)"
            case .reported(let reason): "held back: \(reason)"
            case .beyond: "what was decided is more than any line may be; decide it anew"
            }
        }
    }

    /// What somebody should look at before it is frozen.
    package enum Warning: Hashable, Sendable, CustomStringConvertible {
        case changed(from: Money)
        case sharedAccount
        case newAccount

        package var description: String {
            switch self {
            case .changed(let before): "\(before) the month before"
            case .sharedAccount: "another household has this account"
            case .newAccount: "the account is new"
            }
        }
    }

    package let kind: AidKind
    package let month: CalendarMonth
    /// In order of area and household number.
    package let lines: [Line]
    package let held: [(household: HouseholdID, number: String, hold: Hold)]
    /// Paid by an earlier batch of the month.
    package let paidBefore: Int

    package var total: Money { lines.reduce(.zero) { $0 + $1.total } }

    /// 按类别发放 (domain 3.2, `aid_kind`): what is paid every month by decision.
    package enum AidKind: String, Sendable, CaseIterable {
        case dibao = "DB"
        case destitute = "TK"

        package var chinese: String {
            switch self {
            case .dibao: "最低生活保障金"
            case .destitute: "特困人员供养金"
            }
        }

        /// By which a family of that category is paid, where it gets anything.
        package init(_ category: Category) {
            switch category {
            case .destituteAtHome, .destituteInInstitution: self = .destitute
            default: self = .dibao
            }
        }
    }
}

extension Roster {
    package static func build(
        _ kind: AidKind, _ month: CalendarMonth, in area: OfficeCode, of replica: OfficeReplica
    ) throws -> Roster {
        let disputed = try DisputedIdentities(replica)
        return try replica.read { try build(kind, month, in: area, disputed, $0) }
    }

    /// - Parameter area: Of the whole district where it is to be frozen.
    static func build(
        _ kind: AidKind, _ month: CalendarMonth, in area: OfficeCode, _ disputed: DisputedIdentities, _ db: Database
    ) throws -> Roster {
        let builder = try RosterBuilder(kind, month, area, disputed, db)
        return try builder.roster()
    }
}
