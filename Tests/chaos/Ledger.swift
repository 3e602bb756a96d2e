import Foundation

/// What the offices have acknowledged: the exit code 0 of `sanji sql --write` is their word. Each row is written by one office
/// alone, as far as its address goes, so that what must stand there is known without asking anybody.
final class Ledger: @unchecked Sendable {
    struct Row {
        let id: String
        /// What the office was told is kept; nil for a deleted row.
        var told: String?
        /// What it tried since and never heard of: it may stand there or not. A nil is a delete.
        var untold: [String?] = []

        var mayBeGone: Bool { told == nil || untold.contains(nil) }
        var mayBeThere: Bool { told != nil || untold.contains { $0 != nil } }
        func mayRead(_ address: String) -> Bool { address == told || untold.contains(address) }
    }

    private let lock = NSLock()
    private var rows: [String: [String: Row]] = [:]
    private var notices: [String: [String]] = [:]
    private var tally: [String: Int] = [:]
    private var odd: [String] = []

    /// Notes a write of one office: what stands in the row afterwards, if it was kept.
    func note(_ id: String, _ address: String?, at office: String, _ outcome: Outcome) {
        lock.withLock {
            tally[outcome.name, default: 0] += 1
            guard outcome != .refused else { return }
            var row = rows[office]?[id] ?? Row(id: id)
            if outcome == .told {
                row.told = address
                row.untold = []
            } else {
                row.untold.append(address)
            }
            rows[office, default: [:]][id] = row
        }
    }

    func note(notice id: String, at office: String, _ outcome: Outcome) {
        lock.withLock {
            tally[outcome.name, default: 0] += 1
            if outcome == .told { notices[office, default: []].append(id) }
        }
    }

    /// Something that no command may do.
    func note(odd what: String) { lock.withLock { odd.append(what) } }

    /// A row that the office may write next.
    func anyRow(of office: String) -> Row? { lock.withLock { rows[office]?.values.randomElement() } }

    /// Rows by the office that wrote them.
    var all: [String: [Row]] { lock.withLock { rows.mapValues { Array($0.values) } } }
    var allNotices: [String: [String]] { lock.withLock { notices } }
    var oddities: [String] { lock.withLock { odd } }
    var counts: [(name: String, count: Int)] {
        lock.withLock { tally.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
    func count(_ outcome: Outcome) -> Int { lock.withLock { tally[outcome.name] ?? 0 } }
}

/// What became of one write, as far as its writer knows.
enum Outcome {
    case told
    /// Nothing was kept, and it was said why.
    case refused
    /// The command was killed on purpose: nobody knows.
    case killed

    var name: String {
        switch self {
        case .told: "acknowledged"
        case .refused: "refused"
        case .killed: "killed"
        }
    }
}

/// People at work at one office, one write after the other: households of the villages below, corrections, deletions,
/// notices for everyone below.
struct Writer: @unchecked Sendable {
    let office: Office
    let villages: [String]
    let ledger: Ledger

    func writeOnce(_ number: Int) throws {
        switch Int.random(in: 0..<100) {
        case 0..<10 where !office.isVillage: try publish(number)
        case 0..<35:
            guard let row = ledger.anyRow(of: office.code) else { fallthrough }
            try change(row, number)
        default: try insert(number)
        }
    }

    private func insert(_ number: Int) throws {
        let area = villages.randomElement()!
        // So that a row's id says where it stands.
        let key = area.utf8.map { String(format: "%02x", $0) }.joined() + Self.randomHex(4)
        let address = "样例路 \(number)"
        let outcome = try write(
            """
            INSERT INTO household (area, id, household_no, address) VALUES ('\(area)', x'\(key)', '\(office.code)-\(number)', '\(address)');
            UPDATE household SET phone = '0000-\(Int.random(in: 1_000_000...9_999_999))'
                WHERE rowid = (SELECT rowid FROM household WHERE area = '\(area)' ORDER BY random() LIMIT 1);
            """)
        ledger.note(key, address, at: office.code, outcome)
    }

    /// Another address, or away with it, or back again.
    private func change(_ row: Ledger.Row, _ number: Int) throws {
        let area = Self.area(of: row.id)
        let place = "area = '\(area)' AND id = x'\(row.id)'"
        if row.mayBeThere, Int.random(in: 0..<5) == 0 {
            ledger.note(row.id, nil, at: office.code, try write("DELETE FROM household WHERE \(place);"))
        } else {
            let address = "样例路 \(number)"
            let sql = """
                INSERT INTO household (area, id, household_no, address)
                    VALUES ('\(area)', x'\(row.id)', '\(office.code)-\(number)', '\(address)')
                    ON CONFLICT DO UPDATE SET address = '\(address)';
                """
            ledger.note(row.id, address, at: office.code, try write(sql))
        }
    }

    private func publish(_ number: Int) throws {
        let key = Self.randomHex(16)
        let outcome = try write(
            "INSERT INTO announcement (area, id, title) VALUES ('\(office.code)', x'\(key)', '样例通知 \(number)');")
        ledger.note(notice: key, at: office.code, outcome)
    }

    private func write(_ sql: String) throws -> Outcome {
        // Now and then the command itself is killed: then nobody knows whether it was done.
        let killedAfter = Int.random(in: 0..<25) == 0 ? Duration.milliseconds(Int.random(in: 5...120)) : nil
        let start = ContinuousClock.now
        let answer = try office.run(
            ["sql", sql, "--write", "--as", "甲一"], within: .seconds(40), killedAfter: killedAfter)
        switch answer.code {
        case 0: return .told
        case 137 where killedAfter != nil: return .killed
        // The one thing here for which a write may be refused.
        case 1 where answer.errors.contains("disk is full") && office.hasBeenFull(since: start): return .refused
        default:
            ledger.note(odd: "\(office.code): a write ended with \(answer.code): \(answer.errors.prefix(300))")
            return .killed
        }
    }

    private static func randomHex(_ bytes: Int) -> String {
        (0..<bytes).map { _ in String(format: "%02x", UInt8.random(in: 0...255)) }.joined()
    }

    /// The area that an id was made with: its first 12 bytes.
    static func area(of id: String) -> String {
        let bytes = stride(from: 0, to: 24, by: 2).map { place in
            UInt8(id.dropFirst(place).prefix(2), radix: 16)!  // Made here.
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
