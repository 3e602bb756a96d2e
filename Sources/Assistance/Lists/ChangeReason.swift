/// Why a line of an assistance list is another than the month before (domain 4.5), for its paper and for programs.
package enum ChangeReason: Hashable, Sendable {
    case category(from: Category, to: Category, document: String)
    case graceEnded(CalendarMonth, document: String)
    /// In the words of whoever decided, where they gave any.
    case decided(Decision.Outcome, why: String?, document: String)
    case noLine(department: String)
    case paper(department: String, basis: String)

    package var english: String {
        switch self {
        case .category(let old, let new, let document):
            "category changed from \(old.rawValue) to \(new.rawValue) (\(document))"
        case .graceEnded(let month, let document): "grace ended with \(month) (\(document))"
        case .decided(let outcome, let why, let document): why ?? "\(outcome.rawValue) \(document)"
        case .noLine(let department): "no line of \(department) for this month"
        case .paper(let department, let basis): basis.isEmpty ? department : "\(department) \(basis)"
        }
    }

    package var chinese: String {
        switch self {
        case .category(let old, let new, let document): "类别由\(old.chinese)变更为\(new.chinese)（\(document)）"
        case .graceEnded(let month, let document): "渐退期至\(month)结束（\(document)）"
        case .decided(let outcome, let why, let document): why ?? "\(outcome.chinese) \(document)"
        case .noLine(let department): "本月\(department)无发放记录"
        case .paper: english
        }
    }
}
