import ChangeSets

/// What of a case is due (domain 4.2). By the rules of the day on which each period began.
struct CaseClock {
    enum Duty: String, Sendable { case accept, investigate, visit, notice, confirm, tell }

    /// nil where no rule gives the next step a date.
    let next: (duty: Duty, until: Deadline)?
    /// The end of the whole process; nil before it is accepted.
    let whole: Deadline?

    /// - Parameters:
    ///   - isKnown: Whether the family got something when it applied: then it is visited sooner.
    ///   - delivered: The day the town had the application, or the district the case that was sent to it; nil while it has not.
    init(
        _ file: CaseFile, isKnown: Bool, delivered: CalendarDate?, _ rules: [PublishedValue],
        _ calendar: WorkingCalendar
    ) {
        func period(_ name: ParameterName, on day: CalendarDate) -> Period? {
            var book = RuleBook(rules, area: file.area, hukouKind: "", on: day)
            return try? book.period(name)
        }
        func end(_ name: ParameterName, after day: CalendarDate?) -> Deadline? {
            day.flatMap { day in period(name, on: day).flatMap { calendar.end(of: $0, after: day) } }
        }
        let stage = file.state.stage
        let accepted = file.firstDay(of: .accept)
        let isComplex = file.state.round > 0 || !file.objections.isEmpty || !file.appraisals.isEmpty
        let isRunning = stage >= .accepted && stage < .confirmed
        let process: ParameterName = file.endsWithRelief ? .caseWholeRelief : isComplex ? .caseWholeComplex : .caseWhole
        whole = isRunning ? end(process, after: accepted) : nil
        switch stage {
        case .draft:
            // What is missing is told on the day (domain 4.2): from the day the papers are there, whenever they were handed in. Once it is told the
            // family is asked, not the town.
            next = file.steps(.papers).isEmpty ? end(.caseAccept, after: delivered).map { (.accept, $0) } : nil
        case .accepted:
            next = end(.caseInvestigate, after: accepted).map { (.investigate, $0) }
        case .investigating:
            let begun = file.state.round > 0 ? file.roundBegan : accepted
            let wasVisited = file.currentVisits.contains { !$0.seen.isEmpty }
            next = wasVisited ? nil : end(isKnown ? .caseVisitKnown : .caseVisit, after: begun).map { (.visit, $0) }
        case .onNotice:
            next = file.currentNotices.max { $0.posted < $1.posted }.map(\.ends).map {
                (.notice, Deadline(date: $0, isProvisional: false))
            }
        case .toDistrict:
            let fair = file.lastStep(.forward)?.day.flatMap { issued in
                period(.caseConfirm, on: issued).flatMap {
                    FairDeadline(issued: issued, delivered: delivered, within: $0, calendar)
                }
            }
            next = fair.map { (.confirm, $0.due) }
        case .refused:
            next = end(.caseRefusal, after: file.untoldSince).map { (.tell, $0) }
        default: next = nil
        }
    }
}

extension CaseFile {
    /// Of steps by those who may take them.
    func steps(_ step: CaseStep) -> [Step] {
        steps.filter { $0.done.step == step && step.tiers.contains($0.done.tier) }
    }

    func firstDay(of step: CaseStep) -> CalendarDate? { steps(step).compactMap(\.day).min() }
    func lastDay(of step: CaseStep) -> CalendarDate? { steps(step).compactMap(\.day).max() }
    func lastStep(_ step: CaseStep) -> Step? { steps(step).last }
}
