import ChangeSets
import Foundation
import GRDB
import MergeModel
import TestReplicas

@testable import Replica

/// What happens in a world while it is disturbed, one thing at a time.
final class Happenings {
    private unowned let world: World
    private let plan: Plan

    init(_ world: World) {
        self.world = world
        plan = world.plan
    }

    func next() throws {
        let troubles = plan.disturbances.sorted { "\($0)" < "\($1)" }
        if !troubles.isEmpty, world.random.happens(percent: 35) {
            try disturb(troubles.randomElement(using: &world.random)!)
        } else if let office = world.running.randomElement(using: &world.random) {
            if world.random.happens(percent: 12) { try resolve(office) } else { try write(office) }
        }
    }

    // MARK: Work

    private func area(under office: OfficeCode) -> OfficeCode? {
        plan.offices.filter { office.covers($0) && $0.tier >= .district }.randomElement(using: &world.random)
    }

    /// One block, now and then over two areas.
    private func write(_ office: Office) throws {
        guard let area = area(under: office.code) else { return }
        var areas = [area]
        if world.random.happens(percent: 15), let other = self.area(under: office.code), other != area {
            areas.append(other)
        }
        let sql = areas.flatMap { area in
            RandomSQL(area: area, tier: office.code.tier, isGrown: office.isGrown).block(using: &world.random)
        }
        let what =
            "\(office.code) writes \(areas.map(\.digits).joined(separator: ", ")): \(sql.joined(separator: "; "))"
        let isKept = try keeping(what, at: office) { replica in
            try Told.writing(to: replica) { db in for one in sql { try db.execute(sql: one) } }
        }
        if isKept { Exercised.note(areas.count > 1 ? .severalAreas : .write) }
        if isKept, plan.disturbances.contains(.busy) { Exercised.note(.hurried) }
    }

    /// A person keeps what is shown of a conflict.
    private func resolve(_ office: Office) throws {
        guard let replica = office.replica else { return }
        guard let resolution = try RandomResolution(in: replica, using: &world.random) else { return }
        let isKept = try keeping("\(office.code) keeps \(resolution.what)", at: office) { replica in
            try resolution.keep(in: replica)
            return Told.somethingElse
        }
        if isKept { Exercised.note(.resolved) }
    }

    /// What the rights of offices, the rule of counters or a full disk forbid is refused; anything else is a fault.
    /// - Parameter body: Returns what its writer was told, which is looked for afterwards.
    /// - Returns: Whether it was acknowledged.
    @discardableResult
    private func keeping(_ what: String, at office: Office, _ body: (OfficeReplica) throws -> Told) throws -> Bool {
        guard let replica = office.replica, let life = office.life else { return false }
        let before = try office.progress()
        var told: Told?
        do {
            if plan.disturbances.contains(.otherProcesses), !office.isFull, world.random.happens(percent: 20) {
                // A command beside the node: it opens the file for itself.
                let other = try office.openReplica()
                told = try body(other)
                try other.close()
                Exercised.note(.otherProcess)
                if world.random.happens(percent: 70) { replica.commits.signal() }
            } else {
                told = try life.running { try body(replica) }
            }
            world.say(what)
        } catch RefusedWrite.declaration(.foreignRow)
            where ![.town, .district].contains(office.code.tier) && !office.isGrown
        {
            Exercised.note(.otherTiersRow)
            return false
        } catch RefusedWrite.cell(let table, let cell, _, _)
            where ![.town, .district].contains(office.code.tier)
            && (office.isGrown ? ["family.deadline"] : ["family.category", "ruling.text"]).contains("\(table).\(cell)")
        {
            Exercised.note(.otherTiersCell)
            return false
        } catch RefusedWrite.counterKeyDeleted {
            Exercised.note(.counterKey)
            return false
        } catch is Killed {
            return false
        } catch let error as DatabaseError where office.isFull && error.resultCode == .SQLITE_FULL {
            Exercised.note(.fullDisk)
            return false
        } catch let failure as SQLiteFailure where office.isFull && !failure.isOfTheData {
            Exercised.note(.fullDisk)
            world.say("\(office.code) has no room to write")
            return false
        }
        try world.journal.read(own: office, replica)
        try told?.check(at: replica, isLogged: Self.hasGrown(before, try office.progress(), of: office))
        return true
    }

    private static func hasGrown(
        _ before: [FeedID: (stored: Int, applied: Int)], _ after: [FeedID: (stored: Int, applied: Int)],
        of office: Office
    ) -> Bool {
        after.contains { $0.key.author == office.own.key.author && $0.value.stored > before[$0.key]?.stored ?? 0 }
    }

    // MARK: Trouble

    private func disturb(_ trouble: Plan.Disturbance) throws {
        guard let office = plan.offices.randomElement(using: &world.random).flatMap({ world.offices[$0] }) else {
            return
        }
        let isOn = world.random.happens(percent: 60)
        switch trouble {
        case .killing:
            try kill(office)
        case .cutting: change(office, "calls are cut: \(isOn)") { $0.cuts = isOn ? 40 : 0 }
        case .partitions:
            change(office, "line \(isOn ? "down" : "up")") { ($0.carriesUp, $0.carriesDown) = (!isOn, !isOn) }
        case .oneWay:
            let isUp = world.random.happens(percent: 50)
            change(office, "line one way only: \(isOn)") {
                ($0.carriesUp, $0.carriesDown) = (isUp || !isOn, !isUp || !isOn)
            }
        case .slowLines:
            change(office, "line slow: \(isOn)") {
                ($0.delay_ms, $0.pieceBytes) = isOn ? (LineState.slow_ms, 700) : (1...20, 4096)
            }
        case .altering: change(office, "line alters bytes: \(isOn)") { $0.alters = isOn ? 25 : 0 }
        case .repeating: change(office, "line repeats calls: \(isOn)") { $0.repeats = isOn ? 15 : 0 }
        case .overtaking: change(office, "line delivers calls late: \(isOn)") { $0.overtakes = isOn ? 12 : 0 }
        case .clocks, .tiedClocks: disturbClock(of: office, isTied: trouble == .tiedClocks)
        case .otherParents: try changeParent(of: office)
        case .slowDisks:
            office.workTime = isOn ? world.random.duration(1...1_000) : .zero
            world.say("\(office.code)'s disk takes up to \(office.workTime)")
        case .fullDisks: try changeDisk(of: office)
        case .oldPrograms:
            guard !office.isGrown, world.random.happens(percent: 40) else { return }
            world.say("\(office.code) is upgraded")
            Exercised.note(.upgraded)
            try world.stop(office)
            office.isGrown = true
            try world.start(office)
        case .forging: try world.forgery?.forge(in: world)
        case .lying: try world.liar?.lie(in: world)
        case .forks: try world.twin?.act(in: world)
        case .replacing:
            guard world.random.happens(percent: 15) else { return }
            try replaceMachine(of: office)
        case .busy, .otherProcesses: break
        }
    }

    private func kill(_ office: Office) throws {
        guard let life = office.life else {
            world.say("\(office.code) starts")
            return try world.start(office)
        }
        if world.random.happens(percent: 60) {
            let isInside = world.random.happens(percent: 40)
            life.death = Life.Death(isInside: isInside, left: Int.random(in: 0...8, using: &world.random))
            let startsAfter = world.random.duration(0...20_000)
            return life.onDeath = { [world] in world.bury(office, startsAfter: startsAfter) }
        }
        world.say("\(office.code) is killed")
        Exercised.note(.killed)
        try world.stop(office)
        if world.random.happens(percent: 60) { try world.start(office) }
    }

    private func change(_ office: Office, _ what: String, _ change: (inout LineState) -> Void) {
        guard office.code != plan.root else { return }
        world.say("\(office.code): \(what)")
        change(&office.line)
    }

    private func disturbClock(of office: Office, isTied: Bool) {
        let tenYears: Int64 = 10 * 365 * 86_400_000
        switch Int.random(in: 0..<3, using: &world.random) {
        case 0:
            office.clock.stop(at: isTied ? 1_700_000_060_000 : nil)
            Exercised.note(.clockStopped)
            let other = world.running.first {
                $0.code != office.code && $0.clock.isStopped && $0.clock.now_ms == office.clock.now_ms
            }
            if other != nil { Exercised.note(.clockTied) }
        case 1: office.clock.go()
        default:
            Exercised.note(.clockJumped)
            office.clock.jump(Bool.random(using: &world.random) ? tenYears : -tenYears)
        }
        world.say("\(office.code)'s clock shows \(office.clock.now_ms)")
    }

    /// To any office above, as when the parent is away; or back.
    private func changeParent(of office: Office) throws {
        let above = plan.offices.filter { $0.covers(office.code) && $0 != office.code }
        guard let parent = above.randomElement(using: &world.random) else { return }
        world.say("\(office.code) calls \(parent)")
        if parent != office.code.parent { Exercised.note(.parentChanged) }
        try world.stop(office)
        try world.start(office, calling: parent)
    }

    private func changeDisk(of office: Office) throws {
        guard let replica = office.replica else { return }
        office.isFull.toggle()
        world.say("\(office.code)'s disk is \(office.isFull ? "full" : "emptied")")
        let pages = office.isFull ? 1 : 4_294_967_294
        try replica.engine { try $0.connection.execute("PRAGMA max_page_count = \(pages)") }
    }

    /// The disk dies; a new machine joins with a new key.
    private func replaceMachine(of office: Office) throws {
        guard office.code != plan.root, let ordinal = UInt32(exactly: office.own.ordinal + 2) else { return }
        if let replica = office.replica { try world.journal.read(own: office, replica, acknowledged: false) }
        let root = world.offices[plan.root]!
        guard office.life != nil, root.life != nil, !root.isFull else { return }
        world.say("\(office.code)'s machine is lost and replaced")
        Exercised.note(.machineLost)
        try world.stop(office)
        let others = world.offices.values.filter { $0 !== office }
        try world.journal.bury(office, others: others)
        try world.twin?.bury(others: others)
        office.replace(with: try .seeded(ordinal: ordinal, using: &world.random))
        try world.enrol([(office.code, office.own)])
        let replica = try office.openReplica()
        try replica.pin(rootAuthor: try root.own.entry(office: plan.root))
        try replica.close()
        try world.start(office)
    }
}

/// Something happened that must not.
struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
