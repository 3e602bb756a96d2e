import Assistance
import ChangeSets
import Testing

@Suite struct `Where a case stands` {
    private typealias Done = CaseState.Done

    private func stage(_ steps: [CaseState.Done], _ outcomes: Set<CaseState.Outcome> = []) -> CaseStage {
        CaseState(steps, outcomes: outcomes).stage
    }

    private static let walk: [CaseState.Done] = [
        Done(.accept, by: .town), Done(.investigate, by: .town), Done(.firstReview, by: .town),
        Done(.appraise, by: .town), Done(.notice, by: .town), Done(.forward, by: .town),
    ]

    @Test func `follows its steps, one after the other`() {
        let stages = (0...Self.walk.count).map { stage(Array(Self.walk.prefix($0))) }
        #expect(stages == [.draft, .accepted, .investigating, .firstReview, .appraisal, .onNotice, .toDistrict])
        #expect(stage(Self.walk, [.confirmed]) == .confirmed)
        #expect(stage(Self.walk, [.refused]) == .refused)
    }

    @Test func `is the same in whatever order its steps come`() {
        var steps =
            Self.walk + [
                Done(.sendBack, by: .district), Done(.investigate, round: 1, by: .town), Done(.papers, by: .town),
            ]
        let state = CaseState(steps, outcomes: [])
        #expect(state.stage == .investigating && state.round == 1)
        for place in steps.indices {
            for other in steps.indices {
                steps.swapAt(place, other)
                #expect(CaseState(steps, outcomes: []) == state)
            }
        }
    }

    /// Domain 3.4 C: withdraw before confirmation, then return, then forward.
    @Test func `sent back outranks what was done unaware of it, and withdrawn both`() {
        let unaware = Self.walk + [Done(.sendBack, by: .district), Done(.forward, by: .town)]
        #expect(stage(unaware) == .investigating)
        #expect(stage(unaware + [Done(.withdraw, by: .village)]) == .withdrawn)
        // A round that nobody sent back is none, whoever says it is.
        let odd = Self.walk + [Done(.objection, round: 999, by: .village), Done(.sendBack, round: 5, by: .town)]
        #expect(CaseState(odd, outcomes: []) == CaseState(Self.walk, outcomes: []))
    }

    /// Domain 3.6, C6.
    @Test func `confirmed stands against a withdrawal that did not know of it, which becomes a request to leave`() {
        let state = CaseState(Self.walk + [Done(.withdraw, by: .village)], outcomes: [.confirmed])
        #expect(state.stage == .confirmed && state.hasExitRequest)
        #expect(!CaseState(Self.walk, outcomes: [.confirmed]).hasExitRequest)
    }

    @Test func `is moved by nobody whose step it is not`() {
        let forged = [Done(.accept, by: .village), Done(.forward, by: .village), Done(.sendBack, by: .village)]
        #expect(CaseState(forged, outcomes: []) == CaseState([], outcomes: []))
        let draft = CaseState([], outcomes: [])
        #expect(draft.reason(against: .accept, by: .village) == .tier(.accept, .village))
        #expect(draft.reason(against: .forward, by: .town) == .stage(.forward, .draft))
        #expect(draft.reason(against: .accept, by: .town) == nil)
    }

    @Test func `every stage that is not an end can be left, and every step follows on some stage`() {
        let onwards = CaseStep.allCases.filter { $0 != .withdraw && $0 != .papers && $0 != .objection }
        for stage in CaseStage.allCases where stage < .archived {
            #expect(onwards.contains { $0.from.contains(stage) && !$0.tiers.isEmpty }, "\(stage)")
        }
        #expect(CaseStep.allCases.allSatisfy { !$0.from.isEmpty })
    }
}
