import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

/// Whatever three offices do to a handful of rows: each replica follows from its log, and equal vectors mean equal rows.
@Suite struct `Replicas after any history` {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `follow from their logs, agree where they have applied the same, and survive a repair`(seed: UInt64) throws {
        let branch = try Branch()
        var random = SplitMix(state: seed)
        for _ in 0..<40 {
            let office = Branch.all[Int(random.next() % 3)]
            switch random.next() % 10 {
            case 0: try branch.tree.send(from: Branch.village, to: Branch.town)
            case 1: try branch.tree.send(from: Branch.town, to: Branch.village)
            case 2: try branch.tree.send(from: Branch.district, to: Branch.town)
            case 3: try branch.tree.send(from: Branch.town, to: Branch.district)
            // The town may be down: the district serves the village itself.
            case 4: try branch.tree.send(from: Branch.village, to: Branch.district)
            case 5: try resolveOne(branch.tree[office], &random)
            default: try write(branch, office, &random)
            }
            if random.next() % 8 == 0 { #expect(try branch.tree[office].verify().problems == []) }
        }
        try branch.settle()
        for office in Branch.all {
            let replica = branch.tree[office]
            let content = try ReadingContent(replica)
            #expect(try replica.verify().problems == [])
            #expect(try replica.repair().dropped == [])
            #expect(try ReadingContent(replica) == content)
        }
        for scope in try branch.village.scopes() {
            let digest = try branch.village.digest(of: scope)
            #expect(try branch.town.digest(of: scope) == digest)
            #expect(try branch.district.digest(of: scope) == digest)
        }
        let conflicts = try Branch.all.map { try branch.tree[$0].conflicts(includingQuiet: true) }
        #expect(Set(conflicts.map { Set($0.map { [$0.id] + $0.siblings.map { "\($0)" } }) }).count == 1)
        let fates = try branch.village.fates()
        #expect(fates.waiting == 0 && fates.own == fates.reached[Branch.district] ?? 0)
    }

    private func write(_ branch: Branch, _ office: OfficeCode, _ random: inout SplitMix) throws {
        let id = "x'0\(random.next() % 4)'"
        let value = random.next() % 3
        let sql =
            switch random.next() % 8 {
            case 0, 1: "INSERT OR IGNORE INTO family (area, id, name) VALUES ('\(Branch.village)', \(id), '户\(value)')"
            case 2: "UPDATE family SET phone = '\(value)' WHERE id = \(id)"
            case 3: "UPDATE family SET name = '户\(value)', deadline = \(value) WHERE id = \(id)"
            case 4: "UPDATE family SET colour = \(value + 1) WHERE id = \(id)"
            case 5: "DELETE FROM family WHERE id = \(id)"
            case 6: "INSERT OR IGNORE INTO stock (area, id, amount) VALUES ('\(Branch.village)', \(id), \(value))"
            default: "UPDATE stock SET amount = amount + \(value) WHERE id = \(id)"
            }
        try branch.write(office, sql)
        if office != Branch.village, random.next() % 3 == 0 {
            try branch.write(office, "UPDATE family SET category = '\(value)' WHERE id = \(id)")
        }
    }

    private func resolveOne(_ replica: OfficeReplica, _ random: inout SplitMix) throws {
        let open = try replica.conflicts(includingQuiet: true)
        guard !open.isEmpty else { return }
        let conflict = open[Int(random.next() % UInt64(open.count))]
        let decision: ConflictDecision =
            if conflict.isDelete { random.next() % 2 == 0 ? .restore : .delete } else {
                .keep(conflict.siblings[Int(random.next() % UInt64(conflict.siblings.count))].office)
            }
        do {
            try replica.resolve(conflict.id, decision, as: ActingUser("甲一"))
            #expect(try !replica.conflicts(includingQuiet: true).contains { $0.id == conflict.id })
        } catch ConflictError.cell {
            #expect(replica.office == Branch.village)
        } catch ConflictError.resolveFirst(let others) {
            #expect(!others.isEmpty)
        }
    }
}
