import ChangeSets

/// One household of a sheet, with the people who live in it.
///
/// A household that ``HouseholdSheet`` read has exactly one head, and its texts have no white space at their ends, no
/// line breaks and no control characters; only such a household is sure to come back unchanged when written and read.
package struct SheetHousehold: Hashable, Sendable {
    /// Where it lives: a district, town or village.
    package let area: OfficeCode
    /// Tells the households of an area apart within a sheet.
    package let number: String
    package let address: String?
    package let phone: String?
    package let cause: HardshipCause?
    /// In the order of their lines.
    package let members: [SheetPerson]

    package init(
        area: OfficeCode, number: String, address: String? = nil, phone: String? = nil, cause: HardshipCause? = nil,
        members: [SheetPerson]
    ) {
        self.area = area
        self.number = number
        self.address = address
        self.phone = phone
        self.cause = cause
        self.members = members
    }
}

/// One person of a household of a sheet; the head is the one whose relation is `.head`.
package struct SheetPerson: Hashable, Sendable {
    package let name: String
    /// Nil for a person without a card, such as a child not yet registered.
    package let identity: IdentityNumber?
    package let sex: Sex
    package let birth: CalendarDate
    package let relation: Relation
    package let ethnicity: String?
    package let hukou: HukouKind?

    package init(
        name: String, identity: IdentityNumber? = nil, sex: Sex, birth: CalendarDate, relation: Relation,
        ethnicity: String? = nil, hukou: HukouKind? = nil
    ) {
        self.name = name
        self.identity = identity
        self.sex = sex
        self.birth = birth
        self.relation = relation
        self.ethnicity = ethnicity
        self.hukou = hukou
    }
}

/// A household that can be imported, and where it stood, so that a later refusal can name the line too.
package struct ReadHousehold: Hashable, Sendable {
    package let household: SheetHousehold
    /// Physical lines of the file, one for each member in the same order.
    package let lines: [Int]

    package init(household: SheetHousehold, lines: [Int]) {
        self.household = household
        self.lines = lines
    }
}
