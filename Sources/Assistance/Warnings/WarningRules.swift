/// What the rules find in a household's situation: one finding a kind, with the heaviest colour and all facts behind it
/// (domain 4.3). A pure function, so that every office that knows the same finds the same.
package struct Finding: Hashable, Sendable {
    package let kind: WarningKind
    /// Sources of the signals, or what else it rests on, and how urgent each makes it.
    package let colours: [String: Colour]
    /// By its fact who is meant: whoever is sent there knows whom to ask for, and of a death that person's money waits.
    package let persons: [String: [UInt8]]
    /// By its fact what may be told in words: nothing of an illness (domain 6).
    package let words: [String: String]

    package init(
        kind: WarningKind, colours: [String: Colour], persons: [String: [UInt8]] = [:],
        words: [String: String] = [:]
    ) {
        self.kind = kind
        self.colours = colours
        self.persons = persons
        self.words = words
    }

    /// Of several facts that are equally urgent.
    package init(kind: WarningKind, colour: Colour, facts: [String], words: [String: String] = [:]) {
        self.init(kind: kind, colours: Dictionary(facts.map { ($0, colour) }, uniquingKeysWith: max), words: words)
    }

    func leavingOut(_ isSettled: (String) -> Bool) -> Finding {
        Finding(kind: kind, colours: colours.filter { !isSettled($0.key) }, persons: persons, words: words)
    }

    package var facts: [String] { colours.keys.sorted() }
    /// The heaviest.
    package var colour: Colour { colours.values.max() ?? .yellow }
}

package enum WarningRules {
    /// What findings rest on: where one of these changes, everybody is looked at anew.
    package static let parameters: Set<ParameterName> = [
        .disposableIncome, .exclusionPairs, .supplementMinorAge, .warnAbsentDays, .warnAbsentTimes,
        .warnCertificateDays, .warnColours, .warnContactDays, .warnEndingDays, .warnIncome,
        .warnMedical,
        .warnMedicalRaised, .warnSchoolAges, .warnSevereGrade,
    ]

    /// - Parameter date: The day of monitoring; signals after it are not looked at yet.
    /// - Returns: By kind.
    package static func findings(
        in situation: Situation, on date: CalendarDate, by rules: inout RuleBook
    ) throws(RuleError) -> [Finding] {
        let (found, missing) = known(in: situation, on: date, by: &rules)
        if let missing { throw missing }
        return found
    }

    /// Also where a rule is missing: what needs it is left out, and nothing else, least of all a death.
    package static func known(
        in situation: Situation, on date: CalendarDate, by rules: inout RuleBook
    ) -> (found: [Finding], missing: RuleError?) {
        var evaluation = Evaluation(situation: situation, date: date, rules: rules)
        defer { rules = evaluation.rules }
        let missing = evaluation.run()
        let found = evaluation.found.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, found in
            Finding(kind: kind, colours: found, persons: evaluation.persons[kind] ?? [:])
        }
        return (found, missing)
    }

    private struct Evaluation {
        let situation: Situation
        let date: CalendarDate
        var rules: RuleBook
        var found: [WarningKind: [String: Colour]] = [:]
        var persons: [WarningKind: [String: [UInt8]]] = [:]
        /// The first rule that is missing.
        private var missing: RuleError?

        init(situation: Situation, date: CalendarDate, rules: RuleBook) {
            self.situation = situation
            self.date = date
            self.rules = rules
        }

        /// - Returns: The first rule that is missing.
        mutating func run() -> RuleError? {
            for sighting in situation.sightings {
                // Never less urgent than the kind is.
                raise(sighting.kind, WarningColour(sighting.kind), sighting.source, sighting.person)
                raise(sighting.kind, sighting.colour, sighting.source)
            }
            do throws(RuleError) { try medical() } catch { note(error) }
            for signal in situation.signals where signal.date <= date {
                do throws(RuleError) { try single(signal) } catch { note(error) }
            }
            do throws(RuleError) { try dates() } catch { note(error) }
            return missing
        }

        private mutating func note(_ error: RuleError) { missing = missing ?? error }

        private mutating func raise(
            _ kind: WarningKind, _ name: WarningColour, _ fact: String, _ person: [UInt8]? = nil
        ) {
            raise(kind, rules.urgency(name, &missing), fact)
            persons[kind, default: [:]][fact] = person
        }

        private mutating func raise(_ kind: WarningKind, _ colour: Colour, _ fact: String) {
            let known = found[kind]?[fact]
            found[kind, default: [:]][fact] = max(known ?? colour, colour)
        }

        /// A1: what was paid oneself in the twelve months up to the day, beside the local yearly income a head.
        private mutating func medical() throws(RuleError) {
            let since = date.twelveMonthsBefore
            var bills: [(signal: Signal, paid: Money)] = []
            for signal in situation.signals where since < signal.date && signal.date <= date {
                if case .medical(let paid) = signal.fact { bills.append((signal, paid)) }
            }
            guard !bills.isEmpty else { return }
            let total = bills.reduce(Money.zero) { $0 + $1.paid }
            guard var colour = try colour(.warnMedical, of: total, in: rules.money(.disposableIncome)) else { return }
            let raisers = try rules.words(.warnMedicalRaised).map(\.word)
            let minor = try rules.number(.supplementMinorAge)
            let isChilds = bills.contains { bill in
                situation.persons.contains { $0.id == bill.signal.person && $0.birth.age(on: date) < minor }
            }
            if raisers.contains(situation.category.rawValue) || (isChilds && raisers.contains("child"))
                || (situation.isWatched && raisers.contains(Category.povertyReturn.rawValue))
            {
                colour = colour.heavier
            }
            for bill in bills { raise(.medical, colour, bill.signal.source) }
        }

        /// The heaviest colour whose share of `whole` is reached, of a list such as `0.25:1 0.5:2 1:3`.
        private mutating func colour(
            _ name: ParameterName, of part: Money, in whole: Money
        ) throws(RuleError) -> Colour? {
            var best: Colour?
            for (word, value) in try rules.words(name) {
                guard let share = Ratio(written: word), let number = value.flatMap({ Int($0) }),
                    let colour = Colour(rawValue: number)
                else { throw rules.malformed(name) }
                if part.reaches(share, of: whole) { best = max(best ?? colour, colour) }
            }
            return best
        }

        private mutating func single(_ signal: Signal) throws(RuleError) {
            switch signal.fact {
            case .medical: break  // All bills together, above.
            case .notEnrolled: try notEnrolled(signal)
            case .entersSeniorSchool:
                if person(signal) != nil, situation.category != .none {
                    raise(.schooling, .seniorSchool, signal.source, signal.person)
                }
            case .certificate(let disability, let validTo):
                try certificate(signal, disability, validTo)
            case .accident: raise(.accident, WarningColour.accident, signal.source)
            case .wageStopped: raise(.incomeDrop, WarningColour.incomeDrop, signal.source)
            case .income(let before, let now):
                guard now < before, let colour = try colour(.warnIncome, of: before - now, in: before) else { return }
                raise(.incomeDrop, colour, signal.source)
            case .death: raise(.death, WarningColour.death, signal.source, signal.person)
            case .disaster(_, let houseDamaged):
                if houseDamaged { raise(.disaster, WarningColour.disaster, signal.source) }
            case .asset: raise(.assets, WarningColour.assets, signal.source)
            case .accountReturned: raise(.accountReturned, WarningColour.accountReturned, signal.source)
            }
        }

        /// A2: new, heavier, or about to end. What the register knows already is no news.
        private mutating func certificate(
            _ signal: Signal, _ disability: Disability, _ validTo: CalendarDate?
        ) throws(RuleError) {
            let known = person(signal)?.disability
            let isNew = known.map { disability.kind != $0.kind || disability.grade < $0.grade } ?? true
            if isNew {
                let severe = try rules.number(.warnSevereGrade)
                raise(
                    .disability, disability.grade <= severe ? .severeDisability : .disability, signal.source,
                    signal.person)
            }
            guard let validTo, !isRenewed(signal.person, after: validTo) else { return }
            let days = try rules.number(.warnCertificateDays)
            if let first = validTo.adding(days: -days), first <= date {
                raise(.disability, .certificateEnds, "\(signal.source)/until \(validTo)", signal.person)
            }
        }

        /// Whether a certificate that holds longer is known, here or to the department.
        private func isRenewed(_ id: [UInt8], after end: CalendarDate) -> Bool {
            situation.persons.contains { $0.id == id && $0.certificateEnds.map { $0 > end } ?? false }
                || situation.signals.contains { other in
                    guard other.person == id, other.date <= date, case .certificate(_, let other) = other.fact else {
                        return false
                    }
                    return other.map { $0 > end } ?? true
                }
        }

        /// A5: a child of school age. (A pupil of a low-income family who goes on to senior school is the other half.)
        private mutating func notEnrolled(_ signal: Signal) throws(RuleError) {
            guard let person = person(signal) else { return }
            guard let ages = try rules.words(.warnSchoolAges).first.flatMap({ Self.range($0.word) }) else {
                throw rules.malformed(.warnSchoolAges)
            }
            if ages.contains(person.birth.age(on: date)) { raise(.schooling, .schooling, signal.source, signal.person) }
        }

        private func person(_ signal: Signal) -> Situation.Person? {
            situation.persons.first { $0.id == signal.person }
        }

        private static func range(_ text: String) -> ClosedRange<Int>? {
            let ends = text.split(separator: "-").compactMap { Int($0) }
            return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
        }

        /// A2 (the end of a certificate), A10, A11, A13, A14: what a date brings by itself.
        private mutating func dates() throws(RuleError) {
            for line in situation.returnedLines {
                raise(.accountReturned, WarningColour.accountReturned, "returned \(line)")
            }
            if let due = situation.reviewDue, due < date {
                raise(.reviewOverdue, WarningColour.reviewOverdue, "review due \(due)")
            }
            if let last = situation.lastContact {
                let days = try rules.number(.warnContactDays)
                if let late = last.adding(days: days), late < date {
                    raise(.contactLost, WarningColour.contactLost, "last seen \(last)")
                }
            }
            let times = try rules.number(.warnAbsentTimes)
            if times > 0, situation.absences.count >= times {
                let (last, first) = (situation.absences[0], situation.absences[times - 1])
                let days = try rules.number(.warnAbsentDays)
                if let end = first.adding(days: days), last <= end {
                    raise(.contactLost, WarningColour.contactLost, "nobody home \(times) times until \(last)")
                }
            }
            let ending = try rules.number(.warnEndingDays)
            func isSoon(_ end: CalendarDate) -> Bool { end.adding(days: -ending).map { $0 <= date } ?? true }
            if let end = situation.graceEnds, isSoon(end), date <= end {
                raise(.graceEnds, WarningColour.graceEnds, "grace until \(end)")
            }
            let certificates = try rules.number(.warnCertificateDays)
            for person in situation.persons {
                if let end = person.certificateEnds, !isRenewed(person.id, after: end),
                    end.adding(days: -certificates).map({ $0 <= date }) ?? true
                {
                    raise(.disability, .certificateEnds, "certificate \(person.id.hex) until \(end)", person.id)
                }
            }
            for person in situation.persons {
                guard let end = person.schoolingEnds, isSoon(end) else { continue }
                raise(.graduation, .graduation, "schooling \(person.id.hex) until \(end)", person.id)
            }
        }
    }
}
