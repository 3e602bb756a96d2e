import Assistance
import ChangeSets
import Foundation
import Replica

@testable import Node

/// Many families of one village at once: what `sanji fact`, `case` and `account` call once they have read their arguments, in this process
/// and at the office's own replica. A program for each of some thousand steps would take an hour and pass the same functions.
struct BulkCasework {
    let office: Office
    private let replica: OfficeReplica
    private let today = Story.today

    init(_ office: Office) throws {
        self.office = office
        replica = try office.replica()
    }

    /// Lets the office's node know.
    func end() { _ = ControlAnswer.ask(office.folder) }

    private func entry(_ user: String) -> CaseEntry { CaseEntry(replica, as: ActingUser(user), today: today) }

    func household(_ number: String) throws -> HouseholdID {
        try replica.read { try HouseholdLookup.one("\(Tree.village)/\(number)", $0) }
    }

    /// - Parameter make: The facts, of the head's id.
    func facts(of number: String, head: String, _ make: ([UInt8]) -> [NewFact]) throws {
        let (home, person) = try replica.read { db in
            let home = try HouseholdLookup.one("\(Tree.village)/\(number)", db)
            return (home, try HouseholdLookup.member(head, of: home, db))
        }
        for fact in make(person) {
            try FactEntry.add(fact, to: home, in: replica, as: ActingUser("丙一"), today: today)
        }
    }

    /// As ``Story/apply(_:kind:seen:at:_:)``.
    func apply(_ number: String, kind: String, event: String? = nil) throws -> String {
        let home = try household(number)
        let applied = today.adding(days: -12)!
        let id = try entry("丙一").open(
            .init(aidKind: kind, channel: "village", hasConsent: true, event: event), for: home, on: applied)
        let visit = try HomeVisit(
            on: applied, by: ["丙一", "丙二"], seen: "户主", findings: "属实", signedBy: ["丙一", "丙二", "户主"])
        _ = try entry("丙一").visit(id.hex, visit)
        return id.hex
    }

    /// As ``Story/forward(_:at:)``.
    func forward(_ id: String) throws {
        let entry = entry("丁一")
        for step in [CaseStep.accept, .investigate, .firstReview] { _ = try entry.step(step, id) }
        _ = try entry.notice(id, posted: today.adding(days: -10)!, place: "村务公开栏")
        _ = try entry.step(.forward, id)
    }

    func confirm(_ id: String, document: String) throws { _ = try entry("戊一").confirm(id, document: document) }

    func account(of number: String, holder: String, _ account: String) throws {
        let home = try household(number)
        let id = try AccountEntry(replica, as: ActingUser("丁一"), today: today)
            .add(home, person: nil, holder: holder, bank: "试行", number: account)
        _ = try AccountEntry(replica, as: ActingUser("丁二"), today: today).check(home, id.hex)
    }
}
