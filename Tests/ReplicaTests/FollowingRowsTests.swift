import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

@Suite struct `Who wrote a row` {
    let branch: Branch

    init() throws {
        branch = try Branch()
        try branch.settle()
    }

    /// What the row says, and who said it.
    private func visit(_ office: OfficeReplica) throws -> [String] {
        try office.read { db in
            try String.fetchAll(
                db, sql: "SELECT text || ' ' || \(RowWriter.office(of: "visit", as: "v")) FROM visit AS v ORDER BY id")
        }
    }

    @Test func `is the same at every office, and known while it is written`() throws {
        try branch.write(Branch.village, "INSERT INTO visit (area, id, text) VALUES (office(), x'01', 'v')")
        try branch.write(
            Branch.town, "INSERT INTO visit (area, id, text) VALUES ('\(Branch.village)', x'02', 't')")
        try branch.town.write(as: ActingUser("乙二")) { db in
            try db.execute(sql: "INSERT INTO visit (area, id, text) VALUES ('\(Branch.village)', x'03', 't')")
            let writer = try String.fetchOne(
                db, sql: "SELECT \(RowWriter.office(of: "visit", as: "v")) FROM visit AS v WHERE id = x'03'")
            #expect(writer == Branch.town.digits)
        }
        try branch.settle()
        for office in [branch.village, branch.town, branch.district] {
            #expect(try visit(office) == ["v \(Branch.village)", "t \(Branch.town)", "t \(Branch.town)"])
        }
    }

    /// Two that did not know of each other: whose text is shown, whichever came first.
    @Test func `is who wrote what is shown, where two wrote one key`() throws {
        try branch.write(Branch.village, "INSERT INTO visit (area, id, text) VALUES (office(), x'01', 'v')")
        for (office, text) in [(Branch.town, "t"), (Branch.district, "d")] {
            try branch.write(
                office, "INSERT INTO visit (area, id, text) VALUES ('\(Branch.village)', x'01', '\(text)')")
        }
        try branch.settle()
        for office in [branch.village, branch.town, branch.district] {
            #expect(try visit(office) == ["v \(Branch.village)"])
        }
    }
}

@Suite struct `Rows that change sets have touched` {
    let branch: Branch

    init() throws {
        branch = try Branch()
        try branch.settle()
    }

    private func keys(_ rows: Set<RecordID>) -> [String] { rows.map(\.description).sorted() }

    @Test func `are named once, whoever wrote them, and not again after that`() throws {
        var position = AppliedPosition()
        _ = try branch.town.touchedRows(of: ["family"], since: &position)
        try branch.write(Branch.village, "INSERT INTO family (area, id, name) VALUES (office(), x'01', '甲')")
        try branch.write(Branch.village, "UPDATE family SET phone = '1'")
        try branch.write(Branch.village, "INSERT INTO visit (area, id) VALUES (office(), x'07')")
        try branch.write(
            Branch.town, "INSERT INTO family (area, id, name) VALUES ('\(Branch.village)', x'02', '乙')")
        try branch.settle()
        let first = try branch.town.touchedRows(of: ["family"], since: &position)
        #expect(keys(first.rows) == ["family \(Branch.village)/01", "family \(Branch.village)/02"] && !first.more)
        #expect(try branch.town.touchedRows(of: ["family"], since: &position).rows.isEmpty)
        try branch.write(Branch.village, "DELETE FROM family WHERE id = x'02'")
        try branch.settle()
        // The position may have been kept as text meanwhile.
        position = try JSONDecoder().decode(AppliedPosition.self, from: JSONEncoder().encode(position))
        #expect(
            try keys(branch.town.touchedRows(of: ["family"], since: &position).rows) == ["family \(Branch.village)/02"])
    }

    @Test func `come in pieces, and all of them`() throws {
        for id in 1...7 {
            try branch.write(Branch.village, "INSERT INTO family (area, id, name) VALUES (office(), x'0\(id)', '甲')")
        }
        try branch.settle()
        var position = AppliedPosition()
        var found: Set<RecordID> = []
        var calls = 0
        while true {
            let (rows, more) = try branch.district.touchedRows(of: ["family"], since: &position, changeSetsMax: 3)
            found.formUnion(rows)
            calls += 1
            if !more { break }
        }
        #expect(found.count == 7 && calls >= 3)
    }
}
