import ChangeSets
import Foundation
import GRDB

/// Something that an office has observed of a family, to be added.
package enum NewFact: Hashable, Sendable {
    package enum IncomeSource: String, Sendable, CaseIterable { case declared, checked, estimated }

    /// - Parameter notCounted: Why it does not count; nil where it does.
    case income(
        person: [UInt8]?, kind: String, IncomeItem.Basis, year: Int?, Money, notCounted: String?, IncomeSource)
    case rigidExpense(
        person: [UInt8]?, kind: String, on: CalendarDate, gross: Money, reimbursed: Money, receipt: String?)
    /// - Parameter exempt: Why it does not count; nil where it does.
    case asset(Asset.Kind, Money, exempt: String?)
    /// - Parameter support: What that person gives a year.
    case obligor(name: String, relation: String?, isAble: Bool, support: Money)
    case disability(person: [UInt8], Disability, certificate: String?, issued: CalendarDate, validTo: CalendarDate?)
    case care(person: [UInt8], on: CalendarDate, failed: Set<SelfCareAct>, assessors: String)
    case finding(Finding, on: CalendarDate, document: String)
    case illness(
        person: [UInt8], String, isSerious: Bool, since: CalendarDate, until: CalendarDate?, proof: String?)
    case dwelling(DwellingGrade, on: CalendarDate, document: String?)
    case sighting(WarningKind, Colour, person: [UInt8]?, on: CalendarDate, text: String)

    package enum Finding: Hashable, Sendable {
        case povertyReturn(PovertyReturn)
        case hardship(String)
        case misconduct(String)
    }

    /// - Throws: ``FactError`` for what no family can have.
    func check(today: CalendarDate) throws(FactError) {
        switch self {
        case .income(_, let kind, _, let year, _, let reason, _):
            guard !kind.isEmpty else { throw .empty("kind") }
            guard year.map({ (1900...today.year).contains($0) }) ?? true else { throw .later("year") }
            guard reason != "" else { throw .empty("reason") }
        case .rigidExpense(_, let kind, let day, let gross, let reimbursed, _):
            guard !kind.isEmpty else { throw .empty("kind") }
            guard day <= today else { throw .later("day") }
            guard reimbursed <= gross else { throw .reimbursedMore }
        case .asset(_, _, let reason): guard reason != "" else { throw .empty("reason") }
        case .obligor(let name, _, _, _): guard !name.isEmpty else { throw .empty("name") }
        case .disability(_, _, _, let issued, let validTo):
            guard issued <= today else { throw .later("day of issue") }
            guard validTo.map({ $0 >= issued }) ?? true else { throw .endsBefore }
        case .care(_, let day, _, let assessors):
            guard day <= today else { throw .later("day") }
            guard !assessors.isEmpty else { throw .empty("assessors") }
        case .finding(_, let day, let document):
            guard day <= today else { throw .later("day") }
            guard !document.isEmpty else { throw .empty("document") }
        case .illness(_, let illness, _, let since, let until, _):
            guard !illness.isEmpty else { throw .empty("illness") }
            guard since <= today else { throw .later("day") }
            guard until.map({ $0 >= since }) ?? true else { throw .endsBefore }
        case .dwelling(_, let day, _): guard day <= today else { throw .later("day") }
        case .sighting(let kind, _, let person, let day, let text):
            guard day <= today else { throw .later("day") }
            guard !text.isEmpty else { throw .empty("description") }
            guard kind != .death || person != nil else { throw .empty("member who has died") }
        }
    }

    /// What somebody should compare with the paper once more; it is taken down all the same (domain 4.14).
    /// - Parameter identity: The person's identity number, where it is known.
    package func doubts(identity: String?) -> [String] {
        guard case .disability(_, let disability, let certificate?, _, _) = self else { return [] }
        return disability.doubts(certificate: certificate, identity: identity)
    }

    package var name: String { table.name }

    var table: DomainTable {
        switch self {
        case .income: incomeTable
        case .rigidExpense: rigidExpenseTable
        case .asset: assetTable
        case .obligor: obligorTable
        case .disability: disabilityTable
        case .care: careAssessmentTable
        case .finding: findingTable
        case .illness: illnessTable
        case .dwelling: dwellingCheckTable
        case .sighting: sightingTable
        }
    }

    /// Its columns besides those that every fact has.
    /// - Parameter household: The family's.
    func values(household: [UInt8]) -> [(column: String, value: DatabaseValue)] {
        let home = ("household", household.databaseValue)
        switch self {
        case .income(let person, let kind, let basis, let year, let amount, let reason, let source):
            return [
                home, ("person", person.databaseValue), ("kind", kind.databaseValue),
                ("basis", basis.rawValue.databaseValue),
                ("year", year.databaseValue), ("amount_fen", amount.fen.databaseValue),
                ("counted", (reason == nil).databaseValue), ("reason", reason.databaseValue),
                ("source", source.rawValue.databaseValue),
            ]
        case .rigidExpense(let person, let kind, let day, let gross, let reimbursed, let receipt):
            return [
                home, ("person", person.databaseValue), ("kind", kind.databaseValue),
                ("day", day.description.databaseValue),
                ("gross_fen", gross.fen.databaseValue), ("reimbursed_fen", reimbursed.fen.databaseValue),
                ("receipt", receipt.databaseValue),
            ]
        case .asset(let kind, let value, let reason):
            return [
                home, ("kind", kind.rawValue.databaseValue), ("value_fen", value.fen.databaseValue),
                ("exempt", (reason != nil).databaseValue), ("reason", reason.databaseValue),
            ]
        case .obligor(let name, let relation, let isAble, let support):
            return [
                home, ("name", name.databaseValue), ("relation", relation.databaseValue),
                ("able", isAble.databaseValue),
                ("support_fen", support.fen.databaseValue),
            ]
        case .disability(let person, let disability, let certificate, let issued, let validTo):
            return [
                ("person", person.databaseValue), ("certificate_no", certificate.databaseValue),
                ("kind", disability.kind.databaseValue), ("grade", disability.grade.databaseValue),
                ("issued", issued.description.databaseValue), ("valid_to", (validTo?.description).databaseValue),
            ]
        case .care(let person, let day, let failed, let assessors):
            return [
                ("person", person.databaseValue), ("day", day.description.databaseValue),
                ("assessors", assessors.databaseValue),
            ] + SelfCareAct.allCases.map { ($0.rawValue, failed.contains($0).databaseValue) }
        case .finding(let finding, let day, let document):
            let (kind, value) =
                switch finding {
                case .povertyReturn(let kind): ("poverty_return", kind.rawValue)
                case .hardship(let text): ("hardship", text)
                case .misconduct(let text): ("misconduct", text)
                }
            return [
                home, ("kind", kind.databaseValue), ("value", value.databaseValue),
                ("day", day.description.databaseValue), ("document", document.databaseValue),
            ]
        case .illness(let person, let illness, let isSerious, let since, let until, let proof):
            return [
                ("person", person.databaseValue), ("class", illness.databaseValue),
                ("serious", isSerious.databaseValue), ("since", since.description.databaseValue),
                ("until", (until?.description).databaseValue), ("proof", proof.databaseValue),
            ]
        case .dwelling(let grade, let day, let document):
            return [
                home, ("grade", grade.rawValue.databaseValue), ("day", day.description.databaseValue),
                ("document", document.databaseValue),
            ]
        case .sighting(let kind, let colour, let person, let day, let text):
            return [
                home, ("person", person.databaseValue), ("kind", kind.rawValue.databaseValue),
                ("colour", colour.rawValue.databaseValue), ("day", day.description.databaseValue),
                ("text", text.databaseValue),
            ]
        }
    }
}

/// 住房安全等级: A is safe, D dangerous as a whole.
package enum DwellingGrade: String, Sendable, CaseIterable {
    case safe = "A"
    case sound = "B"
    case partlyDangerous = "C"
    case dangerous = "D"
}

/// 自理能力六项 (domain 3.2).
package enum SelfCareAct: String, Sendable, CaseIterable { case eating, dressing, bed, toilet, walking, bathing }

package enum FactError: Error, Hashable, CustomStringConvertible {
    case empty(String)
    case later(String)
    case endsBefore
    case reimbursedMore
    case noSuchFact(String)
    case otherKind(String, String)
    case notYours(String)

    package var description: String {
        switch self {
        case .empty(let what): "the \(what) is empty; say it"
        case .later(let what): "the \(what) lies in the future; compare it with the paper"
        case .endsBefore: "it would end before it began; compare it with the paper"
        case .reimbursedMore: "more is reimbursed than was spent; compare it with the receipt"
        case .otherKind(let old, let new): "a fact of \(old) cannot be corrected by one of \(new); withdraw it"
        case .notYours(let office): "\(office) has observed this; that office or one above it takes it back"
        case .noSuchFact(let id): "no one fact of this household begins with ‘\(id)’; ‘sanji fact list’ shows all"
        }
    }
}

extension Disability {
    /// 18 digits of the holder's number, then kind and grade (domain 3.2, S19).
    func doubts(certificate: String, identity: String?) -> [String] {
        var doubts: [String] = []
        if !certificate.hasSuffix("\(kind)\(grade)") {
            doubts.append(
                "the certificate's number does not end in its kind and grade; compare both with the certificate")
        }
        if let identity, certificate.prefix(18).uppercased() != identity {
            doubts.append("the certificate's number does not begin with the person's identity number; compare both")
        }
        return doubts
    }
}
