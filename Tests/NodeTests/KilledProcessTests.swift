import ChangeSets
import Foundation
import Replica
import Synchronization
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(6))) struct `Killed processes` {
        @Test(arguments: [1, 2] as [UInt64])
        func `at any moment lose no acknowledged write, and all offices arrive at the same`(seed: UInt64) async throws {
            try await Tree.with { tree in
                let load = Load(tree)
                let kills = try await withThrowingTaskGroup(of: Int.self) { group in
                    for (index, writer) in Load.writers.enumerated() {
                        group.addTask {
                            try await load.write(writer, SeededRandom(seed: seed * 100 + UInt64(index)))
                            return 0
                        }
                    }
                    group.addTask {
                        defer { load.isOver.withLock { $0 = true } }
                        return try await Killer(tree, load).kill(60, SeededRandom(seed: seed))
                    }
                    return try await group.reduce(0, +)
                }
                #expect(kills >= 50)
                let (commands, acknowledged) = load.told.withLock { ($0.killedCommands, $0.acknowledged) }
                #expect(commands >= 8, "writing commands were killed too")
                #expect(acknowledged > 100)
                try await tree.untilQuiet(within: .seconds(180))
                try load.check()
                try await tree.verifyAll()
                for office in tree.all { #expect(try office.replica().heldFeeds().isEmpty) }
            }
        }
    }
}

/// Programs that write while others are killed, and what they were told.
private final class Load: Sendable {
    struct Writer: Sendable {
        let office: OfficeCode
        /// Through `sanji sql --write`, a process each time, instead of a second program that stays on the file.
        let byCommand: Bool
    }
    static let writers = [
        Writer(office: Tree.district, byCommand: true), Writer(office: Tree.town, byCommand: true),
        Writer(office: Tree.village, byCommand: false), Writer(office: Tree.village2, byCommand: true),
        Writer(office: Tree.otherVillage, byCommand: true), Writer(office: Tree.otherVillage2, byCommand: false),
    ]

    struct Told: Sendable {
        var acknowledged = 0
        var killedCommands = 0
        /// Of each row: the last mark whose write succeeded.
        var marks: [OfficeCode: [Int: Int]] = [:]
        var commands: [ChildProcess] = []
    }
    let told = Mutex(Told())
    let isOver = Mutex(false)
    private let tree: Tree

    init(_ tree: Tree) { self.tree = tree }

    /// Inserts rows and marks them anew with a growing number, one transaction after another.
    func write(_ writer: Writer, _ seeded: SeededRandom) async throws {
        var random = seeded
        let (office, code) = (tree[writer.office], writer.office)
        var (rows, mark) = (0, 0)
        while !isOver.withLock({ $0 }) {
            mark += 1
            var touched: [Int] = []
            var sql = ""
            if rows < 3 || Bool.random(using: &random) {
                touched = Array(rows..<rows + Int.random(in: 1...3, using: &random))
                for row in touched { sql += insert(row, mark, at: code) }
            } else {
                touched = [Int.random(in: 0..<rows, using: &random)]
                for row in touched { sql += update(row, mark, at: code) }
            }
            // Whether a killed command had committed nobody knows: its rows may be there.
            rows = max(rows, (touched.max() ?? 0) + 1)
            guard try await run(sql, at: office, byCommand: writer.byCommand) else { continue }
            told.withLock { told in
                told.acknowledged += 1
                for row in touched { told.marks[code, default: [:]][row] = mark }
            }
        }
    }

    /// - Returns: false for a command that was killed.
    private func run(_ sql: String, at office: Office, byCommand: Bool) async throws -> Bool {
        guard byCommand else {
            try office.write(sql)
            await Task.yield()
            return true
        }
        let command = try SanjiProgram.start(
            ["sql", "-", "--write", "--as", "甲一", "--data", office.folder.url.path], input: sql)
        told.withLock { $0.commands.append(command) }
        let end = try await command.ended()
        return try told.withLock { told in
            told.commands.removeAll { $0 === command }
            switch end {
            case .exited(0): return true
            case .killed(SIGKILL):
                told.killedCommands += 1
                return false
            default: throw Failure("a write at \(office.code) ended with \(end): \(command.sofar.errorText)")
            }
        }
    }

    // A row that a killed command wrote may be there, and be written again.
    private func insert(_ row: Int, _ mark: Int, at code: OfficeCode) -> String {
        code.tier == .village
            ? "INSERT INTO household (area, id, remarks) VALUES ('\(code)', \(Rows.id(row)), '\(mark)') "
                + "ON CONFLICT DO UPDATE SET remarks = excluded.remarks;"
            : "INSERT INTO announcement (area, id, title) VALUES ('\(code)', \(Rows.id(row)), '\(mark)') "
                + "ON CONFLICT DO UPDATE SET title = excluded.title;"
    }

    private func update(_ row: Int, _ mark: Int, at code: OfficeCode) -> String { insert(row, mark, at: code) }

    /// Every row whose write was acknowledged shows that mark or a later one: at its office, at the district, and at
    /// every village that is to have it.
    func check() throws {
        for (code, marks) in told.withLock({ $0.marks }) {
            let query =
                code.tier == .village
                ? "SELECT hex(id), remarks FROM household WHERE area = '\(code)'"
                : "SELECT hex(id), title FROM announcement WHERE area = '\(code)'"
            for office in tree.all where office.code.isOnBranch(of: code) {
                let shown = try office.pairs(query)
                for (row, mark) in marks {
                    let there = shown[String(format: "%032X", row)].flatMap { Int($0) } ?? -1
                    #expect(
                        there >= mark,
                        "row \(row) of \(code) shows \(there) at \(office.code), acknowledged was \(mark)")
                }
            }
        }
    }
}

/// `kill -9` of any process, when its files, or others', have just been written.
private final class Killer: Sendable {
    let tree: Tree
    let load: Load
    /// Offices that somebody is starting again.
    private let returning = Mutex<Set<OfficeCode>>([])

    init(_ tree: Tree, _ load: Load) {
        self.tree = tree
        self.load = load
    }

    /// - Returns: How many processes it killed.
    func kill(_ count: Int, _ seeded: SeededRandom) async throws -> Int {
        let tree = tree
        var random = seeded
        return try await withThrowingTaskGroup(of: Void.self) { group in
            var kills = 0
            while kills < count {
                try await wait(forWrites: Int.random(in: 0...40, using: &random))
                if Int.random(in: 0..<4, using: &random) == 0 {
                    guard let command = load.told.withLock({ $0.commands.randomElement(using: &random) }) else {
                        continue
                    }
                    command.send(SIGKILL)
                    try await command.ended()
                    if command.sofar.end == .killed(signal: SIGKILL) { kills += 1 }
                } else {
                    // Also one that is just starting; not one that is being started again already.
                    guard let victim = tree.all.filter(\.isRunning).randomElement(using: &random) else { continue }
                    try await victim.kill()
                    kills += 1
                    // Looked at after its end: whoever is starting it finds out by then, or has done.
                    let isAlone = returning.withLock { $0.insert(victim.code).inserted }
                    if isAlone { group.addTask { try await self.restart(victim, in: tree) } }
                }
            }
            try await group.waitForAll()
            return kills
        }
    }

    /// Until it is ready and lives, however often it is killed on the way.
    private func restart(_ office: Office, in tree: Tree) async throws {
        repeat {
            do {
                try await tree.start(office)
            } catch {
                guard office.node?.sofar.end == .killed(signal: SIGKILL) else { throw error }
            }
        } while !returning.withLock { returning in
            guard office.isRunning else { return false }
            returning.remove(office.code)
            return true
        }
    }

    private func wait(forWrites count: Int) async throws {
        let seen = Mutex(-1)
        try await eventually("\(count) writes", after: [tree.events.changes]) {
            seen.withLock { seen in
                seen += 1
                return seen >= count
            }
        }
    }
}
