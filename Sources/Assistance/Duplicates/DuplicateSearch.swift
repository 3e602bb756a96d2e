import ChangeSets
import Foundation
import GRDB
import Replica

/// Looks for people who are registered twice, where both entries are visible, and tells both sides (domain 4.4).
struct DuplicateSearch {
    private let db: Database
    private let office: OfficeCode
    private let today: CalendarDate
    private let user: ActingUser
    private let weights: DuplicateWeights

    /// - Throws: ``RuleError`` where the weights are not published.
    init(_ db: Database, at office: OfficeCode, on today: CalendarDate, as user: ActingUser) throws {
        self.db = db
        self.office = office
        self.today = today
        self.user = user
        var book = try PublishedRules.book(of: office, on: today, db)
        guard let weights = DuplicateWeights(try book.words(.duplicateWeights)) else {
            throw book.malformed(.duplicateWeights)
        }
        self.weights = weights
    }

    struct Entry {
        fileprivate let side: DuplicatePair.Side
        fileprivate let household: HouseholdID
        fileprivate let compared: DuplicateScore.Entry
    }

    /// Two entries that may be one person, with the points for it.
    struct Candidate {
        fileprivate let a: Entry
        fileprivate let b: Entry
        fileprivate let score: DuplicateScore
    }

    struct Told {
        var facts: [String] = []
        var isPaidTwice = false
    }

    /// What was told, and the pairs that odd rows kept from it.
    struct Outcome {
        /// Households of a pair that is certain or probable, where it is new, or both were paid in one month.
        var told: [HouseholdID: Told] = [:]
        var failed: [String] = []
    }

    /// All pairs, certain, probable or possible; writes nothing.
    func find() throws -> [Candidate] {
        try candidates().compactMap { a, b in
            let score = DuplicateScore(a.compared, b.compared, weights: weights)
            return weights.verdict(score) == .different ? nil : Candidate(a: a, b: b, score: score)
        }
    }

    /// Writes down those that are new. A pair in whose way odd rows are holds up no other.
    func tell(_ candidates: some Sequence<Candidate>) throws -> Outcome {
        var outcome = Outcome()
        for candidate in candidates {
            do {
                var sides: [(HouseholdID, Told)] = []
                try db.inSavepoint {
                    sides = try tell(candidate)
                    return .commit
                }
                for (household, told) in sides {
                    outcome.told[household, default: Told()].facts += told.facts
                    if told.isPaidTwice { outcome.told[household]?.isPaidTwice = true }
                }
            } catch {
                outcome.failed.append("double \(DuplicatePair.id(candidate.a.side, candidate.b.side).hex): \(error)")
            }
        }
        return outcome
    }

    private func tell(_ candidate: Candidate) throws -> [(HouseholdID, Told)] {
        let (a, b, score) = (candidate.a, candidate.b, candidate.score)
        let verdict = weights.verdict(score)
        let pair = DuplicatePair.id(a.side, b.side)
        let isAsked = try verdict != .possible && !DuplicateReading.isJudgedDifferent(pair, in: a.side.area, db)
        let months = isAsked ? try paidMonths(a.household).intersection(paidMonths(b.household)).sorted() : []
        return try [(a, b), (b, a)].compactMap { here, there in
            let isNew = try insert(pair, here.side, there.side, score)
            guard verdict != .possible, isNew || !months.isEmpty else { return nil }
            // Paid twice is a fact of its own: the warning becomes red with it, and stays so.
            let facts = ["duplicate \(pair.hex)"] + months.map { "paid twice \(pair.hex) \($0)" }
            return (here.household, Told(facts: facts, isPaidTwice: !months.isEmpty))
        }
    }

    private func paidMonths(_ household: HouseholdID) throws -> Set<CalendarMonth> {
        Set(try PayBatches.payments(of: household, db).filter { $0.line.returned == nil }.map(\.batch.month))
    }

    /// Pairs that have something in common which can bring them over the least number of points.
    private func candidates() throws -> [(Entry, Entry)] {
        let commons = ["id_number", "name, birth", "name, phone", "name, area", "birth, phone"]
        var pairs: [Set<[UInt8]>: (Entry, Entry)] = [:]
        for common in commons {
            let columns = common.split(separator: ", ").map(String.init)
            let filled = columns.map { "\($0) IS NOT NULL AND \($0) <> ''" }.joined(separator: " AND ")
            let same = columns.map { "p.\($0) = b.\($0)" }.joined(separator: " AND ")
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT p.area, p.id, p.household, p.name, p.id_number, p.birth, p.sex, p.phone,
                        (SELECT h.name FROM household AS o JOIN person AS h ON h.area = o.area AND h.id = o.head_person
                            WHERE o.area = p.area AND o.id = p.household AND h.id <> p.id) AS head
                    FROM person AS p JOIN (
                        SELECT \(common) FROM person WHERE row_state = 'live' AND death_date IS NULL
                        AND household IS NOT NULL AND \(filled)
                        GROUP BY \(common) HAVING count(*) BETWEEN 2 AND \(Self.mostInCommon)
                    ) AS b ON \(same)
                    WHERE p.row_state = 'live' AND p.death_date IS NULL AND p.household IS NOT NULL
                    ORDER BY \(columns.map { "p.\($0)" }.joined(separator: ", ")), p.area, p.id
                    """)
            let groups = Dictionary(grouping: rows) { row in columns.map { row[$0] as String? ?? "" } }
            for (_, rows) in groups {
                let entries = try rows.map(entry)
                for (index, a) in entries.enumerated() {
                    for b in entries[(index + 1)...] where a.household != b.household {
                        pairs[[
                            a.side.person + Array(a.side.area.digits.utf8),
                            b.side.person + Array(b.side.area.digits.utf8),
                        ]] =
                            (a, b)
                    }
                }
            }
        }
        return Array(pairs.values)
    }

    /// A name that so many have says nothing.
    private static let mostInCommon = 20

    /// A head's own name says nothing more as that of the head.
    private func entry(_ row: Row) throws -> Entry {
        let area = try OfficeCode(row["area"] as String)
        return Entry(
            side: .init(area: area, person: row.bytes("id") ?? []),
            household: HouseholdID(area: area, id: row.bytes("household") ?? []),
            compared: DuplicateScore.Entry(
                identity: row["id_number"] ?? "", name: row["name"], birth: row.birth?.description ?? "",
                sex: row["sex"] ?? "", phone: row["phone"] ?? "", village: area.digits, headName: row["head"] ?? ""))
    }

    /// - Returns: Whether it was not known.
    private func insert(
        _ pair: [UInt8], _ here: DuplicatePair.Side, _ there: DuplicatePair.Side, _ score: DuplicateScore
    ) throws -> Bool {
        let isKnown = try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM duplicate WHERE pair = ? AND area = ? AND person = ?)"),
            arguments: [Data(pair), here.area.digits, Data(here.person)])
        guard isKnown == false else { return false }
        let (id, _) = try DerivedID.free(duplicateTable, in: here.area, db) {
            UUIDs.version5("duplicate_side\(DerivedID.mark($0))/\(pair.hex)/\(here.area)/\(here.person.hex)")
        }
        try NewRow(
            table: duplicateTable, area: here.area,
            values: [
                ("pair", pair.databaseValue), ("person", here.person.databaseValue),
                ("other_area", there.area.digits.databaseValue), ("other_person", there.person.databaseValue),
                ("points", score.points.databaseValue),
                ("reasons", score.reasons.map(\.rawValue).joined(separator: " ").databaseValue),
                ("day", today.description.databaseValue),
            ]
        ).insert(id: id, by: user, db)
        return true
    }
}
