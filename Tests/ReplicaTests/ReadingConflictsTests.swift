import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `Conflicts` {
    let branch: Branch

    /// One family, of which village and town each change the name without knowing of each other.
    init() throws {
        branch = try Branch()
        try branch.write(Branch.village, "INSERT INTO family (area, id, name) VALUES (office(), x'01', '甲')")
        try branch.settle()
        try branch.write(Branch.village, "UPDATE family SET name = '乙', number = '7', phone = '1'", as: "甲一")
        try branch.write(Branch.town, "UPDATE family SET name = '丙', phone = '2'", as: "乙二")
        try branch.settle()
    }

    private func named(_ office: OfficeReplica) throws -> String {
        try office.read { try String.fetchOne($0, sql: "SELECT name || coalesce(number, '-') FROM family") ?? "none" }
    }

    @Test func `both values are listed with who wrote them, the shown one first, at every office alike`() throws {
        let conflict = try #require(try branch.village.conflicts().first)
        #expect(conflict.record.description == "family 330106109201/01")
        #expect(conflict.columns == ["name", "number"])
        #expect(conflict.shown == [.text("乙"), .text("7")])
        #expect(conflict.siblings.map(\.office) == [Branch.village, Branch.town])
        #expect(conflict.siblings.map(\.user) == ["甲一", "乙二"])
        #expect(conflict.siblings.map(\.values) == [[.text("乙"), .text("7")], [.text("丙"), .null]])
        #expect(conflict.siblings.map(\.time_ms) == [1_700_000_002_000, 1_700_000_003_000])
        for office in [branch.town, branch.district] {
            let other = try office.conflicts()
            #expect(other.map(\.id) == [conflict.id])
            #expect(other.map(\.siblings) == [conflict.siblings])
        }
    }

    @Test func `quiet ones are left out unless asked for`() throws {
        #expect(try branch.town.conflicts().map(\.columns) == [["name", "number"]])
        #expect(try branch.town.conflicts(includingQuiet: true).map(\.columns).contains(["phone"]))
        #expect(try branch.town.conflictCount() == 1)
        #expect(try branch.town.conflictCount(includingQuiet: true) == 2)
    }

    @Test(arguments: [(Branch.village, "乙7"), (Branch.town, "丙-")])
    func `keeping an office's value closes it everywhere`(office: OfficeCode, shown: String) throws {
        let id = try branch.district.conflicts()[0].id
        try branch.district.resolve(String(id.prefix(4)), .keep(office), as: ActingUser("丙三"))
        try branch.settle()
        for replica in [branch.district, branch.town, branch.village] {
            #expect(try replica.conflicts().isEmpty)
            #expect(try named(replica) == shown)
        }
    }

    @Test func `a new value closes it everywhere`() throws {
        let id = try branch.village.conflicts()[0].id
        try branch.village.resolve(id, texts: ["name": "丁", "number": nil], as: ActingUser("甲一"))
        try branch.settle()
        #expect(try [branch.district, branch.town, branch.village].map(named) == ["丁-", "丁-", "丁-"])
        #expect(try branch.district.conflicts().isEmpty)
    }

    @Test func `decisions that cannot be carried out say what can`() throws {
        let id = try branch.town.conflicts()[0].id
        let user = ActingUser("乙二")
        #expect(throws: ConflictError.noSuchSibling(Branch.district, there: [Branch.town, Branch.village])) {
            try branch.town.resolve(id, .keep(Branch.district), as: user)
        }
        #expect(throws: ConflictError.columns(expected: ["name", "number"], given: ["name"])) {
            try branch.town.resolve(id, .value(["name": .text("丁")]), as: user)
        }
        #expect(throws: ConflictError.isNoDelete(id)) { try branch.town.resolve(id, .restore, as: user) }
        #expect(throws: ConflictError.unknown("ffff")) { try branch.town.resolve("ffff", .restore, as: user) }
        #expect(try branch.town.conflicts().count == 1)
    }

    @Test func `a conflict above is decided above, and the error names who may`() throws {
        try branch.write(Branch.town, "INSERT INTO family (area, id, name) VALUES (office(), x'02', '甲')")
        try branch.settle()
        try branch.write(Branch.town, "UPDATE family SET name = '乙' WHERE id = x'02'")
        try branch.write(Branch.district, "UPDATE family SET name = '丙' WHERE id = x'02'")
        try branch.settle()
        let conflict = try #require(try branch.village.conflicts().first { $0.record.area == Branch.town })
        #expect(throws: ConflictError.authority(Branch.village, Branch.town, may: [Branch.district, Branch.town])) {
            try branch.village.resolve(conflict.id, .keep(Branch.town), as: ActingUser("甲一"))
        }
    }

    @Test func `a cell of other tiers is decided by them`() throws {
        try branch.write(Branch.town, "UPDATE family SET category = 'A'")
        try branch.write(Branch.district, "UPDATE family SET category = 'B'")
        try branch.settle()
        let conflict = try #require(try branch.village.conflicts().first { $0.cell == "category" })
        #expect(conflict.shown == [.text("B")])
        #expect(throws: ConflictError.cell("family", "category", .village, may: [Branch.district, Branch.town])) {
            try branch.village.resolve(conflict.id, .keep(Branch.town), as: ActingUser("甲一"))
        }
        try branch.town.resolve(conflict.id, .keep(Branch.town), as: ActingUser("乙二"))
        try branch.settle()
        let category = try branch.district.read { try String.fetchOne($0, sql: "SELECT category FROM family") }
        #expect(category == "A")
    }

    @Test func `equal values of both offices are no conflict`() throws {
        try branch.write(Branch.village, "UPDATE family SET name = '戊', number = '1', phone = '3'")
        try branch.settle()
        try branch.write(Branch.village, "UPDATE family SET deadline = 5")
        try branch.write(Branch.town, "UPDATE family SET deadline = 5")
        try branch.settle()
        #expect(try branch.district.conflicts(includingQuiet: true).isEmpty)
    }
}

@Suite struct `A delete that met an edit` {
    let branch: Branch

    init() throws {
        branch = try Branch()
        try branch.write(Branch.village, "INSERT INTO family (area, id, name) VALUES (office(), x'01', '甲')")
        try branch.settle()
        try branch.write(Branch.town, "DELETE FROM family", as: "乙二")
        try branch.write(Branch.village, "UPDATE family SET name = '乙'")
        try branch.settle()
    }

    @Test func `is listed with who deleted, and the record is there whole`() throws {
        let conflict = try #require(try branch.district.conflicts().first)
        #expect(conflict.isDelete && conflict.columns.isEmpty)
        #expect(conflict.siblings.map(\.office) == [Branch.town])
        #expect(conflict.siblings.map(\.user) == ["乙二"])
        #expect(conflict.siblings.map(\.values) == [[]])
    }

    @Test(arguments: [(ConflictDecision.restore, 1), (.delete, 0)])
    func `is closed by restoring or deleting`(decision: ConflictDecision, rows: Int) throws {
        let id = try branch.district.conflicts()[0].id
        #expect(throws: ConflictError.isDelete(id)) {
            try branch.district.resolve(id, .keep(Branch.town), as: ActingUser("丙三"))
        }
        try branch.district.resolve(id, decision, as: ActingUser("丙三"))
        try branch.settle()
        for replica in [branch.district, branch.town, branch.village] {
            #expect(try replica.conflicts(includingQuiet: true).isEmpty)
            #expect(try replica.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM family") } == rows)
            #expect(try replica.verify().problems == [])
        }
    }

    @Test func `restoring does not close another conflict of the record`() throws {
        try branch.write(Branch.town, "UPDATE family SET colour = 1, category = 'A' WHERE id = x'01'")
        try branch.settle()
        // Deleted above and edited below once more, while two disagree about the phone.
        try branch.write(Branch.district, "DELETE FROM family")
        try branch.write(Branch.village, "UPDATE family SET name = '丙', phone = '1'")
        try branch.write(Branch.town, "UPDATE family SET phone = '2'")
        try branch.settle()
        let before = try branch.village.conflicts(includingQuiet: true)
        #expect(Set(before.map(\.cell)) == ["", "phone"])
        let delete = try #require(before.first { $0.isDelete })
        try branch.village.resolve(delete.id, .restore, as: ActingUser("甲一"))
        try branch.settle()
        #expect(try branch.town.conflicts(includingQuiet: true).map(\.cell) == ["phone"])
    }
}
