// What the district says to all: notices, rules, days.

/// 通知: what a district or a town tells every office below it.
///
/// Not append-only: a notice that was wrong is corrected or ended where people read it.
let announcementTable = DomainTable(
    "announcement",
    // A row of a district's or a town's area goes down its whole branch; a village has nobody below to tell.
    areas: [.district, .town],
    [
        // As one, so that no title stands over another text; and the district's correction stands over the town's.
        // Dates; no `valid_to` means until further notice.
        .group(
            "notice", .highest,
            [.text("title", default: ""), .text("body", default: ""), .date("published_at"), .date("valid_to")]),
        .rowState(.highest),
        .createdBy,
    ])

/// 政策参数: standards, thresholds and periods, from a day on.
///
/// Not append-only: the day a value ends is not known when it is published.
let parameterTable = DomainTable(
    "param",
    // Of the district's area also where it is for one of its towns: what lies in a town's own area the town may delete.
    areas: [.district],
    // What makes it another value, so that two machines of the district that publish the same one write one row.
    // `registration` is urban, rural, or empty for both; `place` a town, or empty for the whole district.
    key: [.key("name", .text), .key("registration", .text), .key("valid_from", .text), .key("place", .text)],
    [
        // As one: no value stands over another's paper or end. `valid_to` is its last day; NULL until further notice.
        .group(
            "publication", .highest, [.text("value", default: ""), .date("valid_to"), .text("document", default: "")]),
        .rowState(.highest),
        .createdBy,
    ])

/// 节假日: days on which offices do not work, and weekends on which they do, as the State Council announces them.
let holidayTable = DomainTable(
    "holiday", areas: [.district], key: [.key("day", .text)],
    [
        // NULL for a day that was announced by mistake, and is like any other.
        .one(.choice("kind", ["holiday", "make_up_workday"]), .highest),
        .rowState(.highest),
        .createdBy,
    ])
