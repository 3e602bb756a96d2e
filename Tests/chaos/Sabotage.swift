import CSQLite
import Foundation

/// Losses made on purpose once everything is healed: a verdict that cannot fail proves nothing.
struct Sabotage {
    private(set) var expected: [String] = []

    init(_ district: District, _ ledger: Ledger) throws {
        let villages = district.offices.filter(\.isVillage)
        let root = district.root.code
        let claimed = String(repeating: "00", count: 16)
        ledger.note(claimed, "样例路", at: villages[0].code, .told)
        expected.append("\(villages[0].code) acknowledged \(claimed) and \(root) does not have it")

        ledger.note(notice: claimed, at: root, .told)
        expected.append("\(root) published \(claimed) and \(villages[0].code) does not have it")

        let kept = (ledger.all[villages[1].code] ?? []).filter { !$0.mayBeGone && $0.untold.isEmpty }
        guard kept.count >= 2 else { throw ChaosFailure(what: "too little was written") }
        try Self.execute(villages[1], "DELETE FROM household WHERE id = x'\(kept[0].id)'")
        expected.append("\(villages[1].code) acknowledged \(kept[0].id) and \(villages[1].code) does not have it")
        try Self.execute(villages[1], "UPDATE household SET address = 'lost' WHERE id = x'\(kept[1].id)'")
        expected.append("\(villages[1].code) acknowledged ‘\(kept[1].told ?? "")’ in \(kept[1].id) and ")
        expected.append("\(villages[1].code): verify: ")

        // Of the directory: an own one would come back from the parent.
        try Self.execute(
            villages[2],
            "DELETE FROM sanji_change_set WHERE number = 1 AND feed = (SELECT id FROM sanji_feed WHERE length(area) = 6)"
        )
        expected.append("\(villages[2].code): verify: ")
    }

    /// What a verdict has overlooked.
    func overlooked(_ failures: [String]) -> [String] {
        expected.filter { one in !failures.contains { $0.hasPrefix(one) } }
    }

    /// Behind the program's back, and without its triggers.
    private static func execute(_ office: Office, _ sql: String) throws {
        var file: OpaquePointer?
        defer { sqlite3_close(file) }
        guard sqlite3_open_v2("\(office.data)/replica.sqlite", &file, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
            throw ChaosFailure(what: "\(office.code): the replica cannot be opened")
        }
        sqlite3_busy_timeout(file, 10_000)
        _ = sanji_sqlite_set_triggers(file, 0)
        guard sqlite3_exec(file, sql, nil, nil, nil) == SQLITE_OK, sqlite3_changes(file) == 1 else {
            throw ChaosFailure(what: "\(office.code): \(String(cString: sqlite3_errmsg(file)))")
        }
    }
}
