import Assistance

/// Days until when something is due that were counted over a year whose holidays are not published yet.
enum Provisional {
    static func mark(_ day: CalendarDate, _ isProvisional: Bool) -> String { "\(day)\(isProvisional ? "*" : "")" }

    /// What the mark means, where one is shown.
    static func explain(_ isShown: Bool) {
        guard isShown else { return }
        Output.note("* provisional: counted over a year whose holidays are not published yet; the day may be later")
    }
}
