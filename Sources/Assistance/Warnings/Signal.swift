/// One line of what a department knows, as an office has imported it. Stays at the office that imported it; what goes down is
/// kind, colour and band, never the bill.
package struct Signal: Hashable, Sendable {
    package enum Fact: Hashable, Sendable {
        /// 医疗自付
        case medical(selfPaid: Money)
        /// 残疾证
        case certificate(Disability, validTo: CalendarDate?)
        /// 意外: traffic, fire, drowning, injury, other.
        case accident(String)
        /// 失业、停保
        case wageStopped
        /// 收入: what was counted before and now, a year.
        case income(before: Money, now: Money)
        case notEnrolled
        /// 升学: senior school or college.
        case entersSeniorSchool
        case death
        /// 灾害: the event, and whether the house is damaged.
        case disaster(event: String, houseDamaged: Bool)
        /// 财产线索: vehicle, business, deposit.
        case asset(String)
        case accountReturned(code: String)
    }

    /// Which signal it is, for good: the department and its own line. A file that is imported twice says nothing new.
    package let source: String
    /// Of the person it speaks of.
    package let person: [UInt8]
    package let date: CalendarDate
    package let fact: Fact

    package init(source: String, person: [UInt8], date: CalendarDate, _ fact: Fact) {
        self.source = source
        self.person = person
        self.date = date
        self.fact = fact
    }
}

/// What monitoring looks at of one household.
package struct Situation: Hashable, Sendable {
    package struct Person: Hashable, Sendable {
        package let id: [UInt8]
        package let birth: CalendarDate
        /// Known before the signals: the register's.
        package let disability: Disability?
        package let certificateEnds: CalendarDate?
        package let schoolingEnds: CalendarDate?

        package init(
            id: [UInt8], birth: CalendarDate, disability: Disability? = nil, certificateEnds: CalendarDate? = nil,
            schoolingEnds: CalendarDate? = nil
        ) {
            self.id = id
            self.birth = birth
            self.disability = disability
            self.certificateEnds = certificateEnds
            self.schoolingEnds = schoolingEnds
        }
    }

    package var category: Category
    /// 防止返贫监测 (FP), whatever else the family is.
    package var isWatched: Bool
    package var persons: [Person]
    package var signals: [Signal]
    package var reviewDue: CalendarDate?
    package var graceEnds: CalendarDate?
    /// Ids of lines of a list that the bank gave back, and that nobody has paid again, hexadecimal.
    package var returnedLines: [String]
    /// Days on which nobody was at home, the last first.
    package var absences: [CalendarDate]
    /// The last time somebody of the household was seen, where one lives alone.
    package var lastContact: CalendarDate?
    package var sightings: [Sighting]

    /// What somebody at an office has seen.
    package struct Sighting: Hashable, Sendable {
        /// Of the row, hexadecimal.
        package let id: String
        package let kind: WarningKind
        package let colour: Colour
        package let person: [UInt8]?

        package var source: String { Self.mark + id }
        /// What sources of sightings begin with.
        static let mark = "seen/"

        package init(id: String, kind: WarningKind, colour: Colour, person: [UInt8]?) {
            self.id = id
            self.kind = kind
            self.colour = colour
            self.person = person
        }
    }

    package init(
        category: Category, isWatched: Bool = false, persons: [Person], signals: [Signal],
        reviewDue: CalendarDate? = nil,
        graceEnds: CalendarDate? = nil, returnedLines: [String] = [], absences: [CalendarDate] = [],
        lastContact: CalendarDate? = nil, sightings: [Sighting] = []
    ) {
        self.category = category
        self.isWatched = isWatched
        self.persons = persons
        self.signals = signals
        self.reviewDue = reviewDue
        self.graceEnds = graceEnds
        self.returnedLines = returnedLines
        self.absences = absences
        self.lastContact = lastContact
        self.sightings = sightings
    }
}
