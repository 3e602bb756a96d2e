// 户籍台账: who lives together, and what is known of them. The village writes, the town corrects.

/// 户: who lives together, where, and why they are in need.
let householdTable = DomainTable(
    "household",
    // Villages only. Every family lives under some village or residents' committee, which has a code of 12 digits; and a
    // row of a town's area goes down to all its villages (the branch rule), so that a household registered "at the town"
    // would be shown to every one of them.
    lookups: ["household_no", "id", "review_due"],
    [
        // The number on the office's own list; ids derive from it where a sheet is imported (``HouseholdIDs``).
        .one(.text("household_no", default: ""), .nearest),
        .one(.text("address"), .nearest),
        .one(.text("phone"), .nearest, quiet: true),
        // Division codes. NULL for `live_region` means the row's own area.
        .one(.text("live_region"), .nearest),
        .one(.text("hukou_region"), .nearest),
        // One measurement: half of one and half of another is a place where nobody is. Quiet, as nobody at a desk can
        // tell which is better; `accuracy_m` shows it to whoever stands there.
        .group(
            "location", .nearest, quiet: true,
            [
                .real("lat", check: "BETWEEN -90 AND 90"), .real("lon", check: "BETWEEN -180 AND 180"),
                .real("accuracy_m", check: ">= 0"),
            ]),
        .one(.text("dwelling"), .nearest),
        .one(.text("cause_main"), .nearest),
        .one(.text("cause_more"), .nearest),
        // Not quiet: the money is paid to the head. No reference is declared: references say what moves along, and a
        // person who moves out must not take the household to another village.
        .one(.blob("head_person"), .nearest),
        .one(.text("remarks"), .nearest, quiet: true),
        // 复核: how often the case is looked at again, and when next. The deciding offices' business.
        .group(
            "review", .highest, writers: [.town, .district],
            [.choice("review_every", ["year", "half_year"]), .date("review_due")]),
        .rowState(.nearest),
        .createdBy,
    ])

/// 人: a member of a household. Has the same area as the household.
let personTable = DomainTable(
    "person", references: ["household": "household"], indexes: [["household"]],
    lookups: ["id_number", "name"],
    [
        // The relation is one to the head of that household; with another household it would say something false.
        .group("membership", .nearest, [.blob("household"), .text("relation")]),
        // The number contains sex and birth date, and a wrong one pays the wrong person. Never quiet. The number has no
        // CHECK: old papers hold wrong ones, and relief does not wait for a corrected card.
        .group(
            "identity", .nearest,
            [.text("name", default: ""), .text("id_number"), .choice("sex", ["male", "female"]), .date("birth")]),
        .one(.text("ethnicity"), .nearest),
        .one(.text("hukou_kind"), .nearest),
        .one(.text("marriage"), .nearest),
        .one(.text("education"), .nearest),
        .one(.text("employment"), .nearest),
        // `serious` is what the rules look at.
        .one(.text("health"), .nearest),
        .one(.text("phone"), .nearest, quiet: true),
        // Not quiet: payments stop on it, so two dates, or a date and none, are for the town to settle.
        .one(.date("death_date"), .nearest),
        // 就学: `secondary` makes a child of whoever is in it; its end ends schooling money.
        .group("schooling", .nearest, [.text("school_stage"), .text("school"), .date("school_ends")]),
        // 居住: with the family, or in an institution.
        .one(.flag("in_institution"), .nearest),
        .rowState(.nearest),
        .createdBy,
    ])

/// 人员增减、分户、户主变更: why the rows of people and households are as they are. What a decision did not know of has somebody look at the
/// family again.
let memberEventTable = DomainTable(
    "member_event", appendOnly: true, references: ["household": "household"],
    indexes: [["household"], ["other_household"], ["person"]],
    [
        .group(
            "event", .highest,
            [
                .blob("household"), .blob("person"), .text("kind", default: ""), .date("day"),
                // By a split the new household.
                .blob("other_household"),
                // By a split the members that were known, by others the splits (``Settled``): who was entered unaware of a split is
                // asked for (domain 3.6, C11).
                .text("settles", default: ""), .text("text", default: ""),
            ]),
        .createdBy,
    ])
