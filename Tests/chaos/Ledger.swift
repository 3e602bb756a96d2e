import Foundation

/// What the offices have acknowledged: the exit code 0 of `sanji sql --write` is their word.
final class Ledger: @unchecked Sendable {
    private let lock = NSLock()
    /// Ids of rows, by the office that wrote them.
    private var acknowledged: [String: [String]] = [:]
    private(set) var failed = 0
    private(set) var unknown = 0

    func acknowledge(_ id: String, at office: String) { lock.withLock { acknowledged[office, default: []].append(id) } }
    func fail(killed: Bool) { lock.withLock { if killed { unknown += 1 } else { failed += 1 } } }

    var counts: (acknowledged: Int, failed: Int, unknown: Int) {
        lock.withLock { (acknowledged.values.reduce(0) { $0 + $1.count }, failed, unknown) }
    }
    var all: [String: [String]] { lock.withLock { acknowledged } }
}

/// People at work: one office after the other writes a household of a village below it, or corrects one.
struct Writer: @unchecked Sendable {
    let office: Office
    let villages: [String]
    let ledger: Ledger

    func writeOnce(_ number: Int) throws {
        let area = villages.randomElement()!
        let id = (0..<16).map { _ in String(format: "%02x", UInt8.random(in: 0...255)) }.joined()
        let sql = """
            INSERT INTO household (area, id, household_no, address) VALUES ('\(area)', x'\(id)', '\(office.code)-\(number)', '样例路');
            UPDATE household SET phone = '0000-\(Int.random(in: 1_000_000...9_999_999))'
                WHERE rowid = (SELECT rowid FROM household WHERE area = '\(area)' ORDER BY random() LIMIT 1);
            """
        // Now and then the command itself is killed: then nobody knows whether it was done.
        let isKilled = Int.random(in: 0..<25) == 0
        let answer = try office.run(
            ["sql", sql, "--write", "--as", "甲一"], within: .seconds(30),
            killedAfter: isKilled ? .milliseconds(Int.random(in: 5...120)) : nil)
        if answer.code == 0 { ledger.acknowledge(id, at: office.code) } else { ledger.fail(killed: answer.code > 128) }
    }
}
