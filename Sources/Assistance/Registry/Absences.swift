import ChangeSets

/// When somebody who is counted in a household was not there, by what was told of their coming and going; deaths apart (domain 4.3, 4.6).
///
/// In the order of the days that were told, for offices' clocks differ: going begins an absence, and coming ends it. Said again before that,
/// a going has the day that the highest office has told, and of one tier the one that was typed last. A coming that only a lower office
/// tells of says nothing of days before it was told.
struct Absences {
    struct Absence: Hashable {
        fileprivate(set) var from: CalendarDate
        /// The first day on which they were there again; nil while they are not.
        fileprivate(set) var to: CalendarDate?
        fileprivate let told: MemberEvent
    }

    private var all: [Absence] = []

    init(_ words: [(isLeaving: Bool, event: MemberEvent)]) {
        for (isLeaving, event) in words.sorted(by: { ($0.event.day, $0.event.id.hex) < ($1.event.day, $1.event.id.hex) }
        ) {
            let open = all.last.flatMap { $0.to == nil ? $0 : nil }
            switch (isLeaving, open) {
            case (true, nil): all.append(Absence(from: event.day, to: nil, told: event))
            case (true, let open?) where (event.office.tier, open.told.id.hex) < (open.told.office.tier, event.id.hex):
                all[all.count - 1] = Absence(from: event.day, to: nil, told: event)
            case (false, let open?):
                all[all.count - 1].to = event.office.tier <= open.told.office.tier ? event.day : event.knownOn
            default: break
            }
        }
    }

    /// Whether they are gone by all that is told, whenever that began.
    var isGone: Bool { all.last.map { $0.to == nil } ?? false }

    /// The absence that began by the end of a month and has not ended. One that has ended is one of whole months only: whoever was there for a
    /// part of a month was there.
    func absence(in month: CalendarMonth) -> Absence? {
        guard let last = month.lastDay else { return nil }
        return all.first { absence in
            guard let to = absence.to else { return absence.from <= last }
            return absence.from < month.firstDay && to > last
        }
    }
}
