import ChangeSets
import Foundation
import Testing

@testable import Node

private let statusFields: Set = [
    "office", "name", "tier", "author", "running", "listen", "web", "version", "schema", "changes.own",
    "changes.waiting",
    "changes.held", "changes.refused", "changes.laidAside", "changes.refusedCells", "changes.oldestWaiting",
    "changes.reached.*", "conflicts", "late", "missingReferences", "certificate.notAfter", "attention[]",
]
private let belowRoot: Set = [
    "parent.office", "parent.address", "parent.reachable", "parent.lastContact", "parent.clockOffsetSeconds",
    "parent.lastError", "down.notApplied", "down.lastContact",
]

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `Status and tree` {
        @Test func `say the same fields at every tier, with and without a node`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let (district, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                let atRoot = try await district.sanji("status", "--json").expecting(0)
                #expect(try atRoot.fields(open: ["changes.reached"]) == statusFields.union(["parent", "down"]))
                #expect(try atRoot.object()["listen"] as? String == "\(district.address)")
                let standing = try await village.sanji("status", "--json").expecting(0)
                #expect(try standing.fields(open: ["changes.reached"]) == statusFields.union(belowRoot))
                #expect(try standing.object()["running"] as? Bool == false)
                let words = try await village.sanji("status").expecting(0)
                #expect(words.output.contains("己一社区 (village), not running\n"))
                #expect(
                    words.output.contains("parent 330106009, last contact ") && !words.output.contains("not reached"))
                try await tree.until("the town has reached the district") {
                    ControlAnswer.ask(town.folder)?.reachable == true
                }
                let running = try await town.sanji("status", "--json").expecting(0)
                #expect(try running.fields(open: ["changes.reached"]) == statusFields.union(belowRoot))
                let said = try running.object()
                #expect(said["running"] as? Bool == true && said["listen"] as? String == "\(town.address)")
                let parent = try #require(said["parent"] as? [String: Any])
                #expect(parent["reachable"] as? Bool == true && parent["lastError"] is NSNull)
                for office in [district, village] {
                    let answer = try await office.sanji("tree", "--json").expecting(0)
                    let offices: Set = [
                        "office", "name", "tier", "status", "lastContact", "waitingUp", "waitingDown", "conflicts",
                        "held",
                        "refused", "version", "schema", "clockOffsetSeconds", "certificateNotAfter",
                    ]
                    let listed = office.code == Tree.district ? offices.map { "offices[].\($0)" } : []
                    #expect(try answer.fields() == Set(["offices[]", "running"] + listed))
                }
                // The village calls the town only, and says itself what it runs.
                try await tree.until("the district has the village's word") {
                    try district.replica().officeProgress().contains { $0.office == village.code && $0.node != nil }
                }
                let below = try #require(
                    try await district.sanji("tree", "--json").expecting(0).object()["offices"] as? [[String: Any]])
                let its = try #require(below.first { $0["office"] as? String == village.code.digits })
                #expect(its["version"] as? String == sanjiVersion && its["certificateNotAfter"] is String)
                // A node that holds the folder and does not answer: it starts, or hangs.
                let lock = try RunLock(path: village.folder.lockPath)
                #expect(try await village.status().running)
                lock.release()
                #expect(try await !village.status().running)
            }
        }

        @Test func `say why the parent was not reached`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let town = tree[Tree.town]
                try await tree.until("the town has tried") { ControlAnswer.ask(town.folder)?.lastError != nil }
                let said = try await town.sanji("status", "--json").expecting(0).object()
                let parent = try #require(said["parent"] as? [String: Any])
                let error = try #require(parent["lastError"] as? String)
                #expect(parent["reachable"] as? Bool == false && !error.isEmpty)
                let words = try await town.sanji("status").expecting(0).output
                // The node goes on trying, and may have failed in another way meanwhile.
                let later = ControlAnswer.ask(town.folder)?.lastError ?? error
                #expect(words.contains("parent 330106 not reached, last contact "))
                #expect(words.contains(error) || words.contains(later))
            }
        }

        @Test func `say what offices above hold and refuse, and why`() async throws {
            try await Tree.with(starting: []) { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                for number in 1...4 { try village.write(Rows.households(1, at: Tree.village, from: number)) }
                try village.hear(
                    try town.statement(
                        on: village, applied: 2,
                        [
                            Verdict(number: 1, state: .refused, reason: "breaks a rule"),
                            Verdict(number: 2, state: .refusedCells, reason: "villages may not", refusedCells: 2),
                            Verdict(number: 3, state: .held, reason: "needs schema 9"),
                        ]))
                let status = try await village.sanji("status", "--json").expecting(2)
                let attention = try #require(try status.object()["attention"] as? [[String: String]])
                #expect(
                    attention == [
                        [
                            "code": "heldAbove", "command": "sanji log",
                            "message": "2 own changes are held at 330106009: needs schema 9",
                        ],
                        [
                            "code": "refused", "command": "sanji log",
                            "message": "1 own changes were refused, the first refused by 330106009: breaks a rule",
                        ],
                        [
                            "code": "refusedCells", "command": "sanji log",
                            "message": "2 cells of own changes were refused, the first by 330106009: villages may not",
                        ],
                    ])
                let log = try await village.sanji("log", "--json", "--area", "330106009001").expecting(0)
                let entry: Set = [
                    "seq", "area", "audience", "office", "author", "number", "user", "time", "received", "bytes",
                    "state",
                    "reason", "tables.*", "fate", "fateOffice", "fateReason", "refusedCellReasons[]",
                ]
                let cells: Set = ["office", "cell", "cells", "reason"]
                #expect(
                    try log.fields(open: ["changeSets[].tables"])
                        == Set(
                            ["changeSets[]", "running"] + entry.map { "changeSets[].\($0)" }
                                + cells.map { "changeSets[].refusedCellReasons[].\($0)" }))
                let sets = try #require(try log.object()["changeSets"] as? [[String: Any]])
                #expect(sets.map { $0["fate"] as? String } == ["refused", "reached", "held", "held"])
                #expect(sets.allSatisfy { $0["fateOffice"] as? String == "330106009" })
                #expect(
                    sets.map { $0["fateReason"] as? String } == [
                        "breaks a rule", nil, "needs schema 9", "needs schema 9",
                    ])
                let why = try await village.sanji("why", "household", "\(String(repeating: "0", count: 31))2", "--json")
                    .expecting(0)
                let change: Set = [
                    "office", "author", "number", "user", "userVerified", "time", "operation", "state", "old.*",
                    "new.*",
                    "reached[]", "changed[]", "refusedCells[]", "fate", "fateOffice", "fateReason",
                    "refusedCellReasons[]",
                ]
                #expect(
                    try why.fields(open: ["values", "changes[].old", "changes[].new"])
                        == Set(
                            [
                                "table", "area", "key", "isThere", "values.*", "changes[]", "conflicts[]",
                                "missingReferences[]", "revealed[]", "running",
                            ] + change.map { "changes[].\($0)" } + cells.map { "changes[].refusedCellReasons[].\($0)" })
                )
                let text = try await village.sanji("why", "household", "\(String(repeating: "0", count: 31))2").output
                #expect(
                    text.contains(
                        "    own change: reached 330106009\n    2 cells refused by 330106009: villages may not\n"))
            }
        }

        @Test func `count references that lead to nothing`() async throws {
            try await Tree.with(starting: []) { tree in
                let village = tree[Tree.village]
                try village.write(
                    "INSERT INTO person (area, id, household, name) VALUES ('330106009001', \(Rows.id(5)), \(Rows.id(9)), '甲一')"
                )
                #expect(
                    try await village.sanji("status", "--json").expecting(0).object()["missingReferences"] as? Int == 1)
                #expect(try await village.sanji("status").output.contains("references to rows not there: 1\n"))
                let key = "\(String(repeating: "0", count: 31))5"
                let why = try await village.sanji("why", "person", key, "--json").expecting(0).object()
                let missing = try #require(why["missingReferences"] as? [[String: Any]])
                #expect(missing.count == 1 && missing[0]["table"] as? String == "household")
                #expect(missing.first?["columns"] as? [String] == ["household"])
                #expect(missing.first?["values"] as? [String] == ["\(String(repeating: "0", count: 31))9"])
            }
        }
    }
}
