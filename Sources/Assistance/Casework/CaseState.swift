import ChangeSets

/// 申请状态 (domain 3.2, `app_state`).
package enum CaseStage: String, Sendable, CaseIterable, Comparable {
    case draft = "01"
    case accepted = "02"
    case investigating = "03"
    case firstReview = "04"
    case onNotice = "05"
    case objection = "06"
    case appraisal = "07"
    case toDistrict = "08"
    case confirmed = "09"
    case refused = "10"
    case withdrawn = "11"
    case archived = "12"

    package var chinese: String {
        switch self {
        case .draft: "草稿"
        case .accepted: "已受理"
        case .investigating: "调查中"
        case .firstReview: "初审"
        case .onNotice: "公示中"
        case .objection: "异议处理"
        case .appraisal: "民主评议"
        case .toDistrict: "待确认"
        case .confirmed: "已确认"
        case .refused: "不予确认"
        case .withdrawn: "撤回"
        case .archived: "已归档"
        }
    }

    /// How far a case is; the codes are as the lists have them, and an appraisal comes before a notice.
    private var progress: Int {
        switch self {
        case .draft: 0
        case .accepted: 1
        case .investigating: 2
        case .firstReview: 3
        case .appraisal: 4
        case .onNotice: 5
        case .objection: 6
        case .toDistrict: 7
        case .confirmed: 8
        case .refused: 9
        case .withdrawn: 10
        case .archived: 11
        }
    }

    package static func < (a: Self, b: Self) -> Bool { a.progress < b.progress }
}

/// What an office does with a case.
package enum CaseStep: String, Sendable, CaseIterable {
    /// 受理
    case accept
    /// 一次性告知: says once, completely, what papers are missing.
    case papers
    /// 调查
    case investigate
    /// 初审
    case firstReview = "first_review"
    /// 公示
    case notice
    /// 异议
    case objection
    /// 评议
    case appraise
    /// 报送
    case forward
    /// 退回: to another investigation.
    case sendBack = "send_back"
    /// 撤回: by the family.
    case withdraw
    /// 核对: asks what other departments and banks know of a family's circumstances; every adult has agreed.
    case check
    /// 核对结果: filed as evidence, for as long as it holds.
    case checked
    /// 书面告知: the family has the refusal in writing, with its reasons.
    case told
    /// 归档
    case archive

    /// Where a case is by this step alone; nil where the step leaves it where it is.
    var stage: CaseStage? {
        switch self {
        case .accept: .accepted
        case .papers, .withdraw, .check, .checked, .told, .archive: nil
        case .investigate, .sendBack: .investigating
        case .firstReview: .firstReview
        case .notice: .onNotice
        case .objection: .objection
        case .appraise: .appraisal
        case .forward: .toDistrict
        }
    }

    /// Who does it (domain 3.3).
    package var tiers: Set<Tier> {
        switch self {
        case .withdraw: [.village, .town]
        case .objection: [.village, .town, .district]
        case .sendBack, .check, .told, .archive: [.town, .district]
        case .checked: [.district]
        default: [.town]
        }
    }

    /// From which stages it leads on.
    package var from: Set<CaseStage> {
        switch self {
        case .accept: [.draft]
        case .papers: [.draft, .accepted]
        case .investigate: [.accepted]
        case .firstReview: [.investigating]
        // Where it is disputed or unclear, the appraisal comes before the notice; after an objection, in the next round.
        case .appraise: [.firstReview]
        // Once more where a day was mistyped.
        case .notice: [.firstReview, .appraisal, .onNotice]
        // Of several people, and as long as it is not decided. What somebody objected to is investigated once more (send_back).
        case .objection: [.onNotice, .objection, .toDistrict]
        case .forward: [.firstReview, .appraisal, .onNotice]
        case .sendBack: [.firstReview, .onNotice, .objection, .appraisal, .toDistrict]
        case .withdraw: Set(CaseStage.allCases.filter { $0 < .confirmed })
        case .check, .checked: Set(CaseStage.allCases.filter { $0 >= .accepted && $0 < .confirmed })
        case .told: [.refused]
        case .archive: [.confirmed, .refused, .withdrawn]
        }
    }
}

/// Where a case stands, by all that is known of it. The same set of steps gives the same state in whatever order they came,
/// so that it is never stored.
package struct CaseState: Hashable, Sendable {
    /// A step as its signature and its row have it.
    package struct Done: Hashable, Sendable {
        package let step: CaseStep
        package let round: Int
        /// Of the office that signed it.
        package let tier: Tier

        package init(_ step: CaseStep, round: Int = 0, by tier: Tier) {
            self.step = step
            self.round = round
            self.tier = tier
        }
    }

    package enum Outcome: Hashable, Sendable { case confirmed, refused }

    package let stage: CaseStage
    /// How often it was sent back.
    package let round: Int
    /// The family withdrew, unaware that it was confirmed: money may flow already, and somebody has to ask (domain 3.6, C6).
    package let hasExitRequest: Bool

    /// - Parameters:
    ///   - steps: In any order.
    ///   - outcomes: Of decisions by an office that may decide.
    package init(_ steps: some Sequence<Done>, outcomes: Set<Outcome>) {
        // Whoever may not do a thing has not done it.
        let done = steps.filter { $0.step.tiers.contains($0.tier) }
        // Sent back outranks what was done unaware of it: another round has begun. Only sending back begins one, each after the
        // one before it.
        let sentBack = Set(done.filter { $0.step == .sendBack }.map(\.round))
        var round = 0
        while sentBack.contains(round) { round += 1 }
        self.round = round
        let isWithdrawn = done.contains { $0.step == .withdraw }
        let isArchived = done.contains { $0.step == .archive }
        hasExitRequest = outcomes.contains(.confirmed) && isWithdrawn
        if isArchived, isWithdrawn || !outcomes.isEmpty {
            stage = .archived
        } else if outcomes.contains(.confirmed) {
            stage = .confirmed
        } else if outcomes.contains(.refused) {
            stage = .refused
        } else if isWithdrawn {
            stage = .withdrawn
        } else {
            let reached = done.compactMap { done -> CaseStage? in
                done.round + (done.step == .sendBack ? 1 : 0) == round ? done.step.stage : nil
            }
            stage = reached.max() ?? .draft
        }
    }

    /// - Returns: Why an office may not do this now; nil where it may.
    package func reason(against step: CaseStep, by tier: Tier) -> CaseStepError? {
        if !step.tiers.contains(tier) { return .tier(step, tier) }
        if !step.from.contains(stage) { return .stage(step, stage) }
        return nil
    }
}

package enum CaseStepError: Error, Hashable, CustomStringConvertible {
    case tier(CaseStep, Tier)
    case stage(CaseStep, CaseStage)

    package var description: String {
        switch self {
        case .tier(let step, let tier):
            "‘\(step.rawValue)’ is for a \(step.tiers.sorted().map(\.description).joined(separator: " or ")), not for a \(tier)"
        case .stage(let step, let stage) where stage >= .confirmed && step.from.allSatisfy({ $0 < .confirmed }):
            "the case is \(stage.rawValue) \(stage.chinese) and has ended; ‘sanji case open’ takes a new application down, ‘sanji review’ changes or stops what is paid"
        case .stage(let step, let stage):
            "the case is \(stage.rawValue) \(stage.chinese); ‘\(step.rawValue)’ follows on "
                + step.from.sorted().map { "\($0.rawValue) \($0.chinese)" }.joined(separator: ", ")
        }
    }
}
