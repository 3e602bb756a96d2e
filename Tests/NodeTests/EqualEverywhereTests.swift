import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(5))) struct `Equal everywhere` {
        @Test(arguments: [1, 2, 3] as [UInt64])
        func `equal vectors are equal digests at all offices, and no file has a row off its branch`(seed: UInt64)
            async throws
        {
            try await Tree.with { tree in
                var random = SeededRandom(seed: seed)
                // Every area has something.
                for office in tree.all {
                    let isVillage = office.code.tier == .village
                    try office.write(RandomWrite.first(at: office.code, isVillage ? "household" : "announcement"))
                }
                // For the town and the district alone.
                for village in Tree.villages { try tree[village.parent!].write(RandomWrite.account(of: village)) }
                for step in 1...250 {
                    let office = tree.all.randomElement(using: &random)!
                    do {
                        try office.write(RandomWrite.sql(at: office, step, using: &random), as: "甲一")
                    } catch let refused as RefusedWrite {
                        Issue.record("\(office.code): \(refused)")
                    }
                    let line = tree.children.randomElement(using: &random)!.line!
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0: line.cut()
                    case 1: line.cuttable.cut(afterBytes: Int.random(in: 0..<20_000, using: &random))
                    case 2, 3, 4: line.mend()
                    default: await Task.yield()
                    }
                }
                for office in tree.children { office.line!.mend() }
                try await tree.untilQuiet()
                try expectEqual(tree)
                try await tree.verifyAll()
                for office in tree.all { try OpenedFile(office).expectOnlyItsBranch() }
                try expectMarksStayHome(tree)
            }
        }

        private func expectEqual(_ tree: Tree) throws {
            var scopes = 0
            for scope in try tree[Tree.district].replica().scopes() {
                let known = try tree[Tree.district].replica().digest(of: scope)
                for office in tree.all where scope.reaches(office.code) {
                    let digest = try office.replica().digest(of: scope)
                    #expect(digest.applied == known.applied, "\(scope) at \(office.code)")
                    #expect(digest.tables == known.tables, "\(scope) at \(office.code)")
                    scopes += 1
                }
            }
            // The district's own area everywhere, a town's at four offices, a village's at three.
            // The accounts in a village's area at two.
            #expect(scopes == 7 + 2 * 4 + 4 * 3 + 4 * 2)
        }

        /// What a village writes of a household, and a town of its account, is in no byte of a file that is not to have it.
        private func expectMarksStayHome(_ tree: Tree) throws {
            for office in tree.all {
                try office.closeReplica()
                let files = ["replica.sqlite", "replica.sqlite-wal"].compactMap {
                    try? Data(contentsOf: office.folder.url.appending(path: $0))
                }
                func holds(_ mark: String) -> Bool { files.contains { $0.range(of: Data(mark.utf8)) != nil } }
                for village in Tree.villages {
                    let isOnBranch = office.code.isOnBranch(of: village)
                    #expect(holds(RandomWrite.mark(of: village)) == isOnBranch, "\(village) in \(office.code)'s file")
                    #expect(
                        holds(RandomWrite.accountMark(of: village)) == (isOnBranch && office.code.tier != .village),
                        "an account of \(village) in \(office.code)'s file")
                }
            }
        }
    }
}

/// What people of any tier write, each where they may.
private enum RandomWrite {
    /// Stands in every household that the village registers.
    static func mark(of village: OfficeCode) -> String { "only-at-\(village)" }

    static func accountMark(of village: OfficeCode) -> String { "account-at-\(village)" }

    static func account(of village: OfficeCode) -> String {
        "INSERT INTO bank_account (area, id, holder, number) VALUES ('\(village)', uuid7(), '甲', '\(accountMark(of: village))')"
    }

    static func first(at code: OfficeCode, _ table: String) -> String {
        table == "household"
            ? "INSERT INTO household (area, id, remarks) VALUES ('\(code)', uuid7(), '\(mark(of: code))')"
            : "INSERT INTO announcement (area, id, title) VALUES ('\(code)', uuid7(), '通知')"
    }

    static func sql(at office: Office, _ step: Int, using random: inout SeededRandom) throws -> String {
        let code = office.code
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2 where code.tier == .village, 0 where code.tier == .town:
            let area =
                code.tier == .village ? code : Tree.villages.filter { code.covers($0) }.randomElement(using: &random)!
            return """
                INSERT INTO household (area, id, household_no, remarks) VALUES
                    ('\(area)', uuid7(), '\(step)', '\(mark(of: area))');
                INSERT INTO person (area, id, household, name) SELECT area, uuid7(), id, '丙\(step)' FROM household
                    WHERE area = '\(area)' AND household_no = '\(step)'
                """
        case 0...1:
            return "INSERT INTO announcement (area, id, title) VALUES ('\(code)', uuid7(), '通知\(step)')"
        case 3...4:
            return
                "UPDATE household SET address = '样例路\(step)', cause_main = 'illness' WHERE \(one("household", &random))"
        case 5:
            return "UPDATE household SET phone = '0000-\(step)' WHERE \(one("household", &random))"
        case 6 where code.tier != .village:
            return
                "UPDATE household SET review_every = 'year', review_due = '2027-01-\(10 + step % 20)' WHERE \(one("household", &random))"
        case 7 where code.tier == .town && step.isMultiple(of: 2):
            return account(of: Tree.villages.filter { code.covers($0) }.randomElement(using: &random)!)
        case 7 where code.tier != .village:
            return "UPDATE announcement SET body = '\(step)' WHERE area = '\(code)' AND \(one("announcement", &random))"
        case 8:
            return "DELETE FROM person WHERE \(one("person", &random))"
        case 9 where code.tier == .village:
            return "DELETE FROM household WHERE \(one("household", &random))"
        default:
            return "UPDATE person SET name = '丁\(step)', health = '良' WHERE \(one("person", &random))"
        }
    }

    private static func one(_ table: String, _ random: inout SeededRandom) -> String {
        let place = Int.random(in: 0..<12, using: &random)
        return "(area, id) IN (SELECT area, id FROM \(table) ORDER BY area, id LIMIT 1 OFFSET \(place))"
    }
}

/// A replica's file, opened as any program would, without ours.
private struct OpenedFile {
    let office: OfficeCode
    private let queue: DatabaseQueue

    init(_ office: Office) throws {
        self.office = office.code
        var configuration = Configuration()
        configuration.readonly = true
        queue = try DatabaseQueue(path: office.folder.replicaPath, configuration: configuration)
    }

    func expectOnlyItsBranch() throws {
        try queue.read { db in
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'area'
                    WHERE m.type = 'table' ORDER BY 1
                    """)
            let engine = [
                "sanji_author", "sanji_conflict", "sanji_feed", "sanji_office", "sanji_statement", "sanji_voided",
            ]
            let local = [
                "to_monitor", "desk_warning", "desk_case", "desk_referral", "desk_holding", "desk_account", "desk_news",
                "desk_overpaid", "desk_spent",
            ]
            let expected = AssistanceSchema.version1.tables.map(\.name) + engine + local
            #expect(Set(tables) == Set(expected))
            for table in tables {
                for area in try String.fetchAll(db, sql: "SELECT DISTINCT area FROM \(table)") {
                    #expect(try OfficeCode(area).isOnBranch(of: office), "\(table) of \(office) has \(area)")
                }
            }
            for audience in try Int.fetchAll(
                db, sql: "SELECT audience FROM sanji_feed UNION SELECT audience FROM sanji_statement")
            {
                #expect(office.tier.digits <= audience, "\(office) has what is for tiers of \(audience) digits")
            }
            for header in try Data.fetchAll(db, sql: "SELECT header FROM sanji_change_set") {
                let scope = try ChangeSetHeader(parsing: [UInt8](header)).feed.scope
                #expect(scope.reaches(office), "the log of \(office) has \(scope)")
            }
            for key in try Data.fetchAll(db, sql: "SELECT key FROM sanji_absent") {
                // A text's kind, its length, and the area.
                let area = String(decoding: key.dropFirst(2).prefix(Int(key[key.startIndex + 1])), as: UTF8.self)
                #expect(try OfficeCode(area).isOnBranch(of: office), "an absent row of \(area) at \(office)")
            }
        }
    }
}
