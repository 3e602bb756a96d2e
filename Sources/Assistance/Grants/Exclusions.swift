import ChangeSets
import Foundation
import GRDB

/// 不可同时享受: two kinds of aid that exclude each other, as the district publishes them with source and dates (domain 4.14).
package struct Exclusion: Hashable, Sendable {
    package let one: AidKind
    package let other: AidKind

    /// Reads `TK+DB`.
    init?(written text: String) {
        let kinds = text.split(separator: "+").compactMap { AidKind(rawValue: String($0)) }
        guard kinds.count == 2, kinds[0] != kinds[1] else { return nil }
        (one, other) = (kinds[0], kinds[1])
    }
}

/// A pair that has fired: one household, or one person in it, gets both in one month.
package struct FiredExclusion: Hashable, Sendable {
    package let exclusion: Exclusion
    package let month: CalendarMonth
    /// Whether both are paid; else one of them is decided only.
    package let isPaid: Bool

    /// By which a warning knows it again.
    package var name: String {
        "excludes \(exclusion.one.rawValue)+\(exclusion.other.rawValue) \(month)\(isPaid ? " paid" : "")"
    }
}

enum Exclusions {
    private struct Aid {
        let kind: AidKind
        /// nil for the whole household.
        let person: [UInt8]?
        let isPaid: Bool
    }

    /// - Throws: ``RuleError`` where the pairs are not published, or are none.
    static func fired(
        for household: HouseholdID, in month: CalendarMonth, by rules: inout RuleBook, _ db: Database
    ) throws -> [FiredExclusion] {
        let pairs = try rules.words(.exclusionPairs).map { word, _ in
            guard let pair = Exclusion(written: word) else { throw rules.malformed(.exclusionPairs) }
            return pair
        }
        let aids = try aids(of: household, in: month, db)
        guard aids.count > 1 else { return [] }
        return pairs.compactMap { pair in
            let both = aids.filter { $0.kind == pair.one }.flatMap { one in
                aids.filter { $0.kind == pair.other }.compactMap { other -> Bool? in
                    guard one.person == nil || other.person == nil || one.person == other.person else { return nil }
                    return one.isPaid && other.isPaid
                }
            }
            return both.isEmpty
                ? nil : FiredExclusion(exclusion: pair, month: month, isPaid: both.contains(true))
        }
    }

    private static func aids(
        of household: HouseholdID, in month: CalendarMonth, _ db: Database
    ) throws -> [Aid] {
        var aids = try Grants.all(of: household, db).filter { $0.month == month }.map {
            Aid(kind: $0.kind, person: $0.person, isPaid: true)
        }
        for (line, batch) in try PayBatches.payments(of: household, db)
        where batch.month == month && line.returned == nil {
            aids.append(Aid(kind: AidKind(batch.kind), person: nil, isPaid: true))
        }
        for relief in try Reliefs.all(of: household, db) where relief.month == month && relief.isValid {
            aids.append(Aid(kind: .temporary, person: nil, isPaid: true))
        }
        let due = try MonthlyDue(of: household, in: month, try Decisions(of: household, db), db)
        if let decision = due.decision, due.amount > .zero {
            aids.append(Aid(kind: AidKind(Roster.AidKind(decision.category)), person: nil, isPaid: false))
        }
        return aids
    }
}

extension AidKind {
    init(_ kind: Roster.AidKind) { self = kind == .dibao ? .dibao : .destitute }
}
