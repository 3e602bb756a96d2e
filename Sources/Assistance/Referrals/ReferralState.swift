import ChangeSets

/// 部门答复
package enum ReferralReply: String, Sendable, CaseIterable {
    /// 已签收
    case received
    /// 已受理
    case accepted
    /// 需补充
    case needMore = "need_more"
    /// 已给予
    case given
    /// 不符合条件
    case notEligible = "not_eligible"

    var isEnd: Bool { self == .given || self == .notEligible }
}

package enum ReferralStage: String, Sendable, CaseIterable {
    case asked, sent, received, needMore = "need_more", given, notEligible = "not_eligible"

    package var chinese: String {
        switch self {
        case .asked: "待发出"
        case .sent: "已发出"
        case .received: "已签收"
        case .needMore: "待补充"
        case .given: "已给予"
        case .notEligible: "不符合条件"
        }
    }

    package var isEnd: Bool { self == .given || self == .notEligible }
}

/// Where a referral stands, by all that is known of it, whatever order it came in (domain 4.12).
package struct ReferralState: Hashable, Sendable {
    package struct Answer: Hashable, Sendable {
        package let reply: ReferralReply
        package let day: CalendarDate

        package init(_ reply: ReferralReply, on day: CalendarDate) {
            self.reply = reply
            self.day = day
        }
    }

    package let stage: ReferralStage
    package let askedOn: CalendarDate
    /// By an office that may.
    package let sentOn: CalendarDate?

    /// - Parameters:
    ///   - rows: The tier that wrote each, and the day; at least one.
    ///   - answers: Sorted as they were recorded.
    package init(_ rows: [(tier: Tier, day: CalendarDate)], _ answers: [Answer], to department: Department) {
        askedOn = rows.map(\.day).min()!  // At least one.
        sentOn = rows.filter { $0.tier <= department.sender }.map(\.day).min()
        // What was given was given, whatever else somebody recorded unaware of it.
        if answers.contains(where: { $0.reply == .given }) {
            stage = .given
        } else if answers.contains(where: { $0.reply == .notEligible }) {
            stage = .notEligible
        } else if let last = answers.last {
            stage = last.reply == .needMore ? .needMore : .received
        } else {
            stage = sentOn == nil ? .asked : .sent
        }
    }

    /// Until when the next thing must have happened.
    /// - Returns: nil where nothing is awaited, or the date is later than any.
    package func due(_ calendar: WorkingCalendar, by rules: inout RuleBook) throws(RuleError) -> Deadline? {
        switch stage {
        case .asked: calendar.end(of: try rules.period(.referralSend), after: askedOn)
        case .sent: calendar.end(of: try rules.period(.referralReceive), after: sentOn ?? askedOn)
        case .received, .needMore: calendar.end(of: try rules.period(.referralResult), after: sentOn ?? askedOn)
        case .given, .notEligible: nil
        }
    }
}
