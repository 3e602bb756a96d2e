import ChangeSets

/// When somebody who is counted in a household was not there, by what was told of their coming and going; deaths apart (domain 4.3, 4.6).
///
/// In the order of the days that were told, for offices' clocks differ: going begins an absence, and coming ends it. Said again before that,
/// a going has the day that the highest office has told, and of one tier the one that was typed last. A coming that only a lower office
/// tells of says nothing of days before it was told, nor before the going was; the same office or a higher one may tell another day of it.
struct Absences {
    struct Absence: Hashable {
        let from: CalendarDate
        /// The first day on which they were there again; nil while they are not.
        fileprivate(set) var to: CalendarDate?
        /// Whether an office has told of the coming that may take the word on the going back.
        fileprivate(set) var isBack = false
        fileprivate let told: MemberEvent
    }

    private var all: [Absence] = []

    init(_ words: [(isLeaving: Bool, event: MemberEvent)]) {
        let keyed = words.map { (day: $0.event.day, id: $0.event.id.hex, word: $0) }
        for (_, id, (isLeaving, event)) in keyed.sorted(by: { ($0.day, $0.id) < ($1.day, $1.id) }) {
            let last = all.last
            if isLeaving {
                guard let open = last, open.to == nil else {
                    all.append(Absence(from: event.day, to: nil, told: event))
                    continue
                }
                if (event.office.tier, open.told.id.hex) < (open.told.office.tier, id) {
                    all[all.count - 1] = Absence(from: event.day, to: nil, told: event)
                }
            } else if let absence = last, !absence.isBack {
                if event.office.tier <= absence.told.office.tier {
                    // Who is placed says where somebody lives, not since when.
                    let day = event.change == .placed ? min(event.day, absence.to ?? event.day) : event.day
                    (all[all.count - 1].to, all[all.count - 1].isBack) = (day, true)
                } else if let told = CalendarDate(madeWith: event.id) {
                    let day = max(event.day, told, absence.told.knownOn)
                    all[all.count - 1].to = min(day, absence.to ?? day)
                }
            }
        }
    }

    /// Whether they are gone by all that is told, whenever that began.
    var isGone: Bool { all.last.map { $0.to == nil } ?? false }

    /// Whether one that began by the end of a month is ended within it, or before its end, by a lower office's word.
    func isEndedByLowerWord(in month: CalendarMonth) -> Bool {
        guard let last = month.lastDay else { return false }
        return all.contains { absence in
            absence.from <= last && !absence.isBack && absence.to.map { $0 >= month.firstDay } ?? false
        }
    }

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
