import ChangeSets

/// What is done about a warning.
package enum WarningAction: String, Sendable, CaseIterable {
    /// 确认收到
    case acknowledge
    /// 入户
    case visit
    /// 判定
    case verdict
    /// 办结: by whoever may close a warning of its colour.
    case close
    /// 抽查: the district looks once more at what a town has closed.
    case audit
}

/// 判定
package enum WarningVerdict: String, Sendable, CaseIterable {
    /// 属实
    case real
    /// 已保障
    case covered
    /// 不属实
    case unfounded = "false"
    /// 查无此人
    case notFound = "not_found"
}

package enum WarningStage: String, Sendable, CaseIterable {
    case open, acknowledged, visited, judged, closed

    package var chinese: String {
        switch self {
        case .open: "未处置"
        case .acknowledged: "已收到"
        case .visited: "已入户"
        case .judged: "已判定"
        case .closed: "已办结"
        }
    }
}

/// Where a warning stands, by all that is known to have been done: the same whatever order it came in.
package struct WarningState: Hashable, Sendable {
    package struct Done: Hashable, Sendable {
        package let action: WarningAction
        package let verdict: WarningVerdict?
        package let tier: Tier
        /// Whether a real one led to an application or a referral.
        package let hasLedOn: Bool
        package let id: [UInt8]
        /// By a verdict the verdicts, by a closing the facts that its office knew of.
        package let settles: Settled

        package init(
            _ action: WarningAction, _ verdict: WarningVerdict? = nil, by tier: Tier, hasLedOn: Bool = false,
            id: [UInt8] = [], settles: Settled = Settled([])
        ) {
            self.action = action
            self.verdict = verdict
            self.tier = tier
            self.hasLedOn = hasLedOn
            self.id = id
            self.settles = settles
        }

        /// Whether this takes the place of another verdict: known to its office, and by the same or a lower tier.
        func takesThePlace(of other: Done) -> Bool {
            settles.ids.contains(other.id) && tier <= other.tier && id != other.id
        }
    }

    package let stage: WarningStage
    /// Of several that no later one has settled, that it is real prevails (domain 3.4 E); else the one of the office that is highest.
    package let verdict: WarningVerdict?
    /// Two offices judge differently, unaware of each other: the town decides by a verdict of its own (domain 3.6, C8).
    package let isContested: Bool
    package let hasLedOn: Bool
    /// Facts that were known where it was closed; empty while it is open.
    package let judgedFacts: Set<[UInt8]>

    package init(_ done: some Sequence<Done>, colour: Colour) {
        let done = Array(done)
        let judging = done.filter { $0.verdict != nil }
        let standing = judging.filter { verdict in !judging.contains { $0.takesThePlace(of: verdict) } }
        let verdicts = standing.compactMap { done in done.verdict.map { (verdict: $0, tier: done.tier) } }
        let isReal = verdicts.contains { $0.verdict == .real }
        verdict =
            isReal ? .real : verdicts.min { ($0.tier, $0.verdict.rawValue) < ($1.tier, $1.verdict.rawValue) }?.verdict
        isContested = Set(verdicts.map(\.verdict)).count > 1
        hasLedOn = standing.contains(where: \.hasLedOn)
        let mayEnd = verdict != nil && (!isReal || hasLedOn)
        let closings = mayEnd ? done.filter { $0.action == .close && Self.mayClose(colour, $0.tier) } : []
        judgedFacts = closings.reduce(into: []) { $0.formUnion($1.settles.ids) }
        if !closings.isEmpty {
            stage = .closed
        } else if verdict != nil {
            stage = .judged
        } else if done.contains(where: { $0.action == .visit }) {
            stage = .visited
        } else if done.contains(where: { $0.action == .acknowledge }) {
            stage = .acknowledged
        } else {
            stage = .open
        }
    }

    /// Towns close yellow and orange ones, the district red ones (domain 3.3).
    package static func mayClose(_ colour: Colour, _ tier: Tier) -> Bool {
        tier <= .district || (tier == .town && colour < .red)
    }

    /// - Returns: Why an office may not do this now; nil where it may.
    package func reason(against action: WarningAction, colour: Colour, by tier: Tier) -> WarningError? {
        if action == .audit {
            if tier > .district { return .notYours(colour, tier) }
            return stage == .closed ? nil : .notClosed
        }
        if stage == .closed { return .closed }
        guard action == .close else { return nil }
        if !Self.mayClose(colour, tier) { return .notYours(colour, tier) }
        if verdict == nil { return .notJudged }
        if verdict == .real, !hasLedOn { return .ledNowhere }
        return nil
    }
}

package enum WarningError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case closed
    case notYours(Colour, Tier)
    case notJudged
    case ledNowhere
    case noVerdict
    case notClosed
    case otherHousehold
    case oddRows
    case deathNotEntered

    package var description: String {
        switch self {
        case .unknown(let id): "no one warning ‘\(id)’ is here; ‘sanji alert list’ shows all"
        case .closed: "the warning is closed; new facts open another"
        case .notYours(let colour, let tier):
            "a \(tier) does not close a \(colour.chinese)色 warning; the office above does"
        case .notJudged: "nobody has judged it yet; ‘sanji alert verdict’"
        case .ledNowhere:
            "it is real, and no application or referral is linked to it; ‘sanji alert verdict … --led-to CASE’"
        case .notClosed: "nobody has closed it yet; what is closed is looked at once more"
        case .otherHousehold: "that case or referral is another household's"
        case .deathNotEntered:
            "nobody of the household is entered as dead; ‘sanji household leave … --because death’, or judge the warning anew"
        case .oddRows:
            "rows that no program of ours writes stand in the way; look at the household's warnings with ‘sanji log’"
        case .noVerdict: "say the verdict: real, covered, false or not_found"
        }
    }
}
