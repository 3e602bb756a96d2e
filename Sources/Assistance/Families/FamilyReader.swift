import ChangeSets
import Foundation
import GRDB

/// Puts together what this office has of a household. The same rows give the same family at every office.
struct FamilyReader {
    let db: Database
    let area: OfficeCode
    let date: CalendarDate
    private let appliedOn: CalendarDate?
    private var questions: [OpenQuestion] = []
    private var certificateDoubts: [String] = []

    init(_ db: Database, area: OfficeCode, on date: CalendarDate, appliedOn: CalendarDate? = nil) {
        self.db = db
        self.appliedOn = appliedOn
        self.area = area
        self.date = date
    }

    /// - Throws: ``FamilyError``.
    mutating func family(_ id: [UInt8]) throws -> Family {
        guard
            let household = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM household WHERE area = ? AND id = ?"),
                arguments: [area.digits, Data(id)])
        else { throw FamilyError.unknown("\(area)/\(id.hex)") }
        let number: String = household["household_no"]
        guard household["row_state"] == "live" else { throw FamilyError.notLive(number) }
        let residents = try Residents(of: HouseholdID(area: area, id: id), db)
        // The day that somebody has told stands before the row's, which whoever lives nearest may write.
        let people = try living(in: id).filter { row in
            row["death_date"] as String? == nil || residents.told[row.bytes("id") ?? []].map { $0 > date } ?? true
        }
        let head = household.bytes("head_person")
        let registrations = people.map { ($0.bytes("id"), $0["hukou_kind"] as String?) }
        // A head who has died or moved leaves the registration to whoever is left, where that is one.
        let known = registrations.first { $0.0 == head }?.1 ?? Self.only(registrations.compactMap(\.1))
        guard let registration = known, !registration.isEmpty else { throw FamilyError.noRegistration(number) }
        let persons = try people.map(person)
        askAboutPeople(people, residents.told)
        var facts = FamilyFacts(
            date: date, appliedOn: appliedOn, members: try zip(people, persons).map { try member($0, $1) },
            registeredElsewhere: Registration.elsewhere(household["hukou_region"], area))
        try readMoney(of: id, persons, residents, into: &facts)
        questions += try MemberEvents.questions(of: HouseholdID(area: area, id: id), db)
        return Family(
            area: area, id: id, number: number, head: head, members: persons, facts: facts, registration: registration,
            questions: questions, certificateDoubts: certificateDoubts)
    }

    private static func only(_ words: [String]) -> String? { Set(words).count == 1 ? words[0] : nil }

    private func living(in household: [UInt8]) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM person WHERE area = ? AND household = ? AND row_state = 'live'
                    AND (death_date IS NULL OR death_date > ?) ORDER BY id
                    """),
            arguments: [area.digits, Data(household), date.description])
    }

    /// Deaths that somebody nearer has undone, and members who look like one: entered by two offices, with a card and without.
    private mutating func askAboutPeople(_ people: [Row], _ deaths: [[UInt8]: CalendarDate]) {
        for row in people {
            let name: String = row["name"]
            if let later = row.date("death_date"), let id = row.bytes("id") {
                questions.append(
                    OpenQuestion(kind: .death, rows: [id], what: "\(name) is said to die on \(later)"))
                continue
            }
            guard let id = row.bytes("id"), let day = deaths[id], day <= date else { continue }
            questions.append(
                OpenQuestion(
                    kind: .death, rows: [id], what: "\(name) is told to have died on \(day), and is shown as living"))
        }
        func ask(_ groups: [String: [Row]]) {
            for (_, same) in groups.sorted(by: { $0.key < $1.key }) where same.count > 1 {
                let ids = same.compactMap { $0.bytes("id") }
                let name: String = same[0]["name"]
                guard !questions.contains(where: { $0.kind == .twice && $0.rows == ids }) else { continue }
                questions.append(
                    OpenQuestion(
                        kind: .twice, rows: ids,
                        what: "\(name) is entered twice (\(ids.map { $0.hex.prefix(12) }.joined(separator: ", ")))"))
            }
        }
        ask(Dictionary(grouping: people.filter { $0["id_number"] as String? != nil }) { $0["id_number"] })
        ask(
            Dictionary(grouping: people.filter { !($0["name"] as String).isEmpty && $0.birth != nil }) { row in
                "\(row["name"] as String) \(row.birth!)"  // Just looked at.
            })
    }

    private func person(_ row: Row) throws -> FamilyPerson {
        let (name, identity) = (row["name"] as String, row["id_number"] as String?)
        guard let birth = row.birth else {
            throw FamilyError.noBirth(name.isEmpty ? "a member" : name)
        }
        return FamilyPerson(
            id: row.bytes("id") ?? [], name: name, identity: identity, relation: row["relation"], birth: birth)
    }

    /// By the member's row, or by an illness that somebody has taken down.
    private func isSeriouslyIll(_ row: Row, _ person: FamilyPerson) throws -> Bool {
        if row["health"] as String? == "serious" { return true }
        return try HoldingFacts(illnessTable, area, ("person", person.id), db).rows.contains { illness in
            illness.isTrue("serious") && illness.date("since").map { $0 <= date } ?? false
                && illness.date("until").map { date <= $0 } ?? true
        }
    }

    private mutating func member(_ row: Row, _ person: FamilyPerson) throws -> Member {
        let care = try HoldingFacts(careAssessmentTable, area, ("person", person.id), db).rows
            .filter { $0.date("day").map { $0 <= date } ?? false }
            .max { ($0.date("day")!, $0.bytes("id")!.hex) < ($1.date("day")!, $1.bytes("id")!.hex) }
        return Member(
            id: person.id, birth: person.birth, isSeriouslyIll: try isSeriouslyIll(row, person),
            disabilities: try disabilities(of: person),
            isInSecondarySchool: row["school_stage"] as String? == "secondary"
                && row.date("school_ends").map { $0 >= date } ?? true,
            failedSelfCareActs: care.map { care in SelfCareAct.allCases.count { care.isTrue($0.rawValue) } },
            livesInInstitution: row.isTrue("in_institution"))
    }

    /// Of each kind the certificate issued last, while it is valid. Two of one kind and day with different grades are a question.
    private mutating func disabilities(of person: FamilyPerson) throws -> [Disability] {
        let issued = try HoldingFacts(disabilityTable, area, ("person", person.id), db).rows.filter { row in
            row.date("issued").map { $0 <= date } ?? false
        }
        var current: [Disability] = []
        for (_, rows) in Dictionary(grouping: issued, by: { $0["kind"] as Int? ?? 0 }).sorted(by: { $0.key < $1.key }) {
            let newest = rows.compactMap { $0.date("issued") }.max()
            let last = rows.filter { $0.date("issued") == newest }
            let valid = last.filter { row in row.date("valid_to").map { date <= $0 } ?? true }
            let read = valid.compactMap { row in
                Disability(kind: row["kind"] ?? 0, grade: row["grade"] ?? 0).map {
                    ($0, row["certificate_no"] as String?)
                }
            }
            let grades = Set(read.map(\.0))
            for case (let disability, let certificate?) in read {
                certificateDoubts += disability.doubts(certificate: certificate, identity: person.identity)
                    .map { "\(person.name): \($0)" }
            }
            if grades.count > 1 {
                questions.append(
                    OpenQuestion(
                        kind: .disability, rows: valid.compactMap { $0.bytes("id") },
                        what: "\(person.name) has two certificates of one kind and day that differ"))
            } else {
                current += grades
            }
        }
        return current
    }

    private mutating func readMoney(
        of household: [UInt8], _ persons: [FamilyPerson], _ residents: Residents, into facts: inout FamilyFacts
    ) throws {
        let subject = (column: "household", id: household)
        let members = Set(persons.map(\.id))
        // Who has died or left earns nothing for those who stay. What was spent on the dead was spent by the family.
        facts.incomes = try incomes(
            try HoldingFacts(incomeTable, area, subject, db).rows.filter { row in
                row.bytes("person").map(members.contains) ?? true
            })
        let expenses = try HoldingFacts(rigidExpenseTable, area, subject, db).rows.filter { row in
            row.bytes("person").map { members.contains($0) || residents.isDead($0) } ?? true
        }
        let receipts = told(expenses, by: "receipt", .receipt)
        let ofOneDay = Dictionary(grouping: receipts) { "\($0["kind"] as String? ?? "") \($0["day"] as String? ?? "")" }
        let unclear = disputed(ofOneDay, .expense) { rows in rows.contains { ($0["receipt"] as String? ?? "").isEmpty }
        }
        facts.rigidExpenses = receipts.filter { !unclear.contains($0.bytes("id") ?? []) }.compactMap { row in
            guard let day = row.date("day") else { return nil }
            return RigidExpense(
                row["kind"], on: day, gross: row.money("gross_fen"), reimbursed: row.money("reimbursed_fen"),
                receipt: row["receipt"] ?? "")
        }
        let assets = try HoldingFacts(assetTable, area, subject, db).rows
        _ = disputed(Dictionary(grouping: assets) { $0["kind"] as String? ?? "" }, .asset) { _ in true }
        facts.assets = assets.map { row in
            Asset(
                Asset.Kind(rawValue: row["kind"]) ?? .other, row.money("value_fen"), isExempt: row.isTrue("exempt"))
        }
        let obligors = try HoldingFacts(obligorTable, area, subject, db).rows
        // Nobody named is not nobody able.
        facts.hasAbleObligor = obligors.isEmpty || obligors.contains { $0.isTrue("able") }
        facts.incomes += told(obligors, by: "name", .obligor).filter { $0["support_fen"] > 0 }.map {
            IncomeItem(.annual, $0.money("support_fen"))
        }
        for finding in try HoldingFacts(findingTable, area, subject, db).rows {
            switch finding["kind"] as String? {
            case "poverty_return": facts.povertyReturn = PovertyReturn(rawValue: finding["value"])
            case "hardship": facts.hasRecognisedHardship = true
            case "misconduct": facts.misconduct = finding["value"]
            default: break
            }
        }
    }

    /// Asks about what two offices name, each in its own row.
    /// - Returns: Ids of the rows.
    private mutating func disputed(
        _ groups: [String: [Row]], _ kind: OpenQuestion.Kind, where isUnclear: ([Row]) -> Bool
    ) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for (name, rows) in groups.sorted(by: { $0.key < $1.key }) {
            guard Set(rows.map { $0["writer"] as String }).count > 1, isUnclear(rows) else { continue }
            let ids = rows.compactMap { $0.bytes("id") }
            found.formUnion(ids)
            questions.append(
                OpenQuestion(kind: kind, rows: ids, what: "two offices name the \(kind.rawValue) ‘\(name)’"))
        }
        return found
    }

    /// What is told twice of one thing counts once; where it is told in two ways it is a question, and neither counts.
    private mutating func told(_ rows: [Row], by column: String, _ kind: OpenQuestion.Kind) -> [Row] {
        let own: Set = ["id", "replaces", "withdrawn", "writer", "created_by"]
        func says(_ row: Row) -> [DatabaseValue] { row.filter { !own.contains($0.0) }.map(\.1) }
        var first: [String: Row] = [:]
        var disputed: [String: [[UInt8]]] = [:]
        for row in rows {
            guard let name = row[column] as String?, !name.isEmpty else { continue }
            guard let known = first[name] else {
                first[name] = row
                continue
            }
            if says(known) != says(row) {
                disputed[name, default: [known.bytes("id") ?? []]].append(row.bytes("id") ?? [])
            }
        }
        for (name, ids) in disputed.sorted(by: { $0.key < $1.key }) {
            questions.append(
                OpenQuestion(kind: kind, rows: ids, what: "\(kind.rawValue) ‘\(name)’ is told in two ways"))
        }
        return rows.filter { row in
            guard let name = row[column] as String?, !name.isEmpty else { return true }
            return disputed[name] == nil && first[name]?.bytes("id") == row.bytes("id")
        }
    }

    /// Of one person's income of a kind, items of the newest year count (an older year's is history), and those without a year.
    /// Items of one person, kind and year by two offices are a question, and neither counts (domain 3.6, C3).
    private mutating func incomes(_ rows: [Row]) throws -> [IncomeItem] {
        struct Source: Hashable {
            let person: [UInt8]?
            let kind: String
            let isCost: Bool
        }
        let sources = Dictionary(grouping: rows) { row in
            Source(person: row.bytes("person"), kind: row["kind"], isCost: row["basis"] == "employment_cost")
        }
        var left: Set<[UInt8]> = []
        for (source, rows) in sources {
            let years = rows.compactMap { $0["year"] as Int? }.filter { $0 <= date.year }
            let newest = years.max()
            let current = rows.filter { row in (row["year"] as Int?).map { $0 == newest } ?? true }
            // One without a year is of now, as whoever names none means it; of a person or of the whole family, it may be the same money.
            let others = sources.filter {
                $0.key.kind == source.kind && $0.key.isCost == source.isCost
                    && ($0.key.person == nil) != (source.person == nil)
            }
            let same = current + (source.person == nil ? others.values.flatMap { $0 } : [])
            if Set(same.map { $0["writer"] as String }).count > 1 {
                let ids = same.compactMap { $0.bytes("id") }
                left.formUnion(ids)
                questions.append(
                    OpenQuestion(
                        kind: .income, rows: ids,
                        what: "two offices name the \(source.kind) income of one person"
                            + (newest.map { " in \($0)" } ?? "")))
            }
            left.formUnion(
                rows.compactMap { $0.bytes("id") }.filter { id in !current.contains { $0.bytes("id") == id } })
        }
        questions.sort { $0.rows.first?.hex ?? "" < $1.rows.first?.hex ?? "" }
        return rows.filter { !left.contains($0.bytes("id") ?? []) }.map { row in
            IncomeItem(
                IncomeItem.Basis(rawValue: row["basis"]) ?? .annual, row.money("amount_fen"),
                isCounted: row.isTrue("counted"))
        }
    }
}
