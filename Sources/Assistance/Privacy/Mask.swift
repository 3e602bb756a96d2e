/// How much of a person a paper or a screen shows (domain 4.9).
package enum MaskLevel: String, Sendable, CaseIterable {
    /// Public notice, board, web.
    case publicNotice = "M0"
    /// Paper for the person.
    case ownPaper = "M1"
    /// Work list.
    case workList = "M2"
    /// Case page, where a click with a reason shows more.
    case casePage = "M3"
    /// Statistics: nobody is in them.
    case statistics = "M4"
}

/// Masks, built from what may be shown: what no level names is left out, never hidden afterwards.
package enum Mask {
    /// One or two characters keep the first; more keep first and last; a name with a dot keeps what stands before the first
    /// dot. Characters are what a reader sees as one, so that rare ones outside the basic plane count once.
    package static func name(_ name: String) -> String {
        for dot in ["·", "•", "‧", "・"] as [Character] {
            if let end = name.firstIndex(of: dot), end > name.startIndex { return name[..<end] + String(dot) + "**" }
        }
        switch name.count {
        case 0: return ""
        case 1, 2: return "\(name.first!)*"  // Counted.
        default: return "\(name.first!)\(String(repeating: "*", count: name.count - 2))\(name.last!)"  // Counted.
        }
    }

    /// - Returns: nil where the level shows none.
    package static func identityNumber(_ digits: String, _ level: MaskLevel) -> String? {
        switch level {
        case .publicNotice, .statistics: nil
        case .ownPaper: "**************" + tail(digits)
        // A number of another length is one from an old paper, whose parts nobody can tell.
        case .workList, .casePage:
            digits.count == 18 ? "\(digits.prefix(6))********\(tail(digits))" : "**" + tail(digits)
        }
    }

    /// - Returns: nil where the level shows none.
    package static func phone(_ number: String, _ level: MaskLevel) -> String? {
        switch level {
        case .publicNotice, .statistics: nil
        case .ownPaper: "*******" + tail(number)
        case .workList:
            number.count == 11 ? "\(number.prefix(3))****\(tail(number))" : "****" + tail(number)
        case .casePage: number
        }
    }

    /// - Returns: nil where the level shows none.
    package static func account(_ number: String, _ level: MaskLevel) -> String? {
        switch level {
        case .publicNotice, .statistics: nil
        case .ownPaper, .workList, .casePage: "****" + tail(number)
        }
    }

    /// To the group (组, 队), else to the road or the village; where neither is named, nothing.
    /// - Returns: nil where the level shows none: who hangs on a board is of the village that it hangs in.
    package static func address(_ address: String, _ level: MaskLevel) -> String? {
        switch level {
        case .publicNotice, .statistics: return nil
        case .ownPaper, .casePage: return address
        case .workList:
            guard !address.isEmpty else { return "" }
            // Before the first number only: a house that is named after a road or a village stands behind it.
            let beforeNumber = address.prefix { !"0123456789０１２３４５６７８９".contains($0) }
            let end =
                address.firstIndex { "组队".contains($0) } ?? beforeNumber.lastIndex { "路街道巷弄里村".contains($0) }
            guard let end else { return "**" }
            let shown = address[...end]
            return shown.endIndex == address.endIndex ? address : shown + "**"
        }
    }

    /// Illness and disability as an icon: that there is one, never which.
    /// - Returns: nil where the level shows none.
    package static func health(isIll: Bool, isDisabled: Bool, _ level: MaskLevel) -> String? {
        switch level {
        case .publicNotice, .statistics: nil
        case .ownPaper, .workList, .casePage: (isIll ? "病" : "") + (isDisabled ? "残" : "")
        }
    }

    /// A count of people in statistics: under five somebody might be recognised.
    package static func cell(_ count: Int) -> String { (1..<5).contains(count) ? "<5" : "\(count)" }

    /// The last four, and never the whole of a short number.
    private static func tail(_ number: String) -> String { number.count > 4 ? String(number.suffix(4)) : "" }
}
