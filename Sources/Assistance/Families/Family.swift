import ChangeSets

/// One household as this office has it on a day, with what the rules look at.
package struct Family: Sendable {
    package let area: OfficeCode
    package let id: [UInt8]
    package let number: String
    package let head: [UInt8]?
    /// Who lives there on that day, in order of their ids.
    package let members: [FamilyPerson]
    package let facts: FamilyFacts
    /// `urban` or `rural`, by the head's registration.
    package let registration: String
    /// What a person has to settle before anything is decided: the facts leave out both sides of each (domain 3.6, C3).
    package let questions: [OpenQuestion]

    /// What somebody should compare with the certificate once more (domain 4.14).
    let certificateDoubts: [String]

    /// What somebody should compare with the card or the certificate once more; it holds up nothing (domain 4.4, 4.14).
    package var doubts: [String] { identityDoubts + certificateDoubts }

    private var identityDoubts: [String] {
        members.compactMap { member in
            guard let number = member.identity else { return nil }
            do throws(InvalidIdentityNumber) {
                _ = try IdentityNumber(number)
                return nil
            } catch {
                return "the identity number of \(member.name): \(error)"
            }
        }
    }

    /// Whom a sheet or list names: the head, else the eldest.
    package var headName: String {
        (members.first { $0.id == head } ?? members.min { $0.birth < $1.birth })?.name ?? ""
    }
}

package struct FamilyPerson: Hashable, Sendable {
    package let id: [UInt8]
    package let name: String
    package let identity: String?
    package let relation: String?
    package let birth: CalendarDate
}

/// Two things that cannot both hold, written by people who did not know of each other.
package struct OpenQuestion: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        /// Two offices name an income of one person, kind and year.
        case income
        /// Two certificates of one day have different grades.
        case disability
        /// One receipt is told in two ways.
        case receipt
        /// One obligor is told in two ways.
        case obligor
        /// Two offices name an expense of one kind and day, and not both by a receipt.
        case expense
        /// Two offices name a possession of one kind.
        case asset
        /// Somebody was entered in a household unaware that it was split.
        case placement
        /// Somebody is entered as dead, and shown as living.
        case death
        /// Two members look like one.
        case twice
    }

    package let kind: Kind
    /// The rows, sorted.
    package let rows: [[UInt8]]
    package let what: String

    package var description: String {
        let what = "待核: \(what)"
        switch kind {
        case .placement: return what + "; say where with ‘sanji household place’"
        case .death: return what + "; ‘sanji household alive’ at the office that told of it, or enter the death again"
        case .twice: return what + "; take one out with ‘sanji household leave … --because other_out’, by its id"
        case .income, .disability, .receipt, .obligor, .expense, .asset: break
        }
        return what
            + "; take back all but one with ‘sanji fact withdraw’ (\(rows.map { $0.hex.prefix(12) }.joined(separator: ", ")))"
    }
}

/// Why a household cannot be looked at.
package enum FamilyError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case ambiguous(String, Int)
    case notLive(String)
    case noBirth(String)
    case noRegistration(String)
    case noSuchMember(String)

    package var description: String {
        switch self {
        case .unknown(let name): "no household ‘\(name)’ is here; ‘sanji household find’ looks for one"
        case .ambiguous(let name, let count): "‘\(name)’ may be \(count) households; name the area as well: AREA/NUMBER"
        case .notLive(let name): "household ‘\(name)’ is void or merged into another"
        case .noBirth(let member):
            "the date of birth of \(member) is not known; ‘sanji household member HOUSEHOLD MEMBER --born DATE’ enters it"
        case .noRegistration(let name):
            "the head of household ‘\(name)’ has no registration (urban or rural), on which the standards hang; ‘sanji household member HOUSEHOLD MEMBER --hukou urban’ or ‘rural’ enters it"
        case .noSuchMember(let name):
            "‘\(name)’ is no one member of this household; give the whole name, or the identity number"
        }
    }
}
