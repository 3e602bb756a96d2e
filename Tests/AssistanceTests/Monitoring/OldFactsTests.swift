import Assistance
import ChangeSets
import GRDB
import Replica
import TestReplicas
import Testing

/// Domain 4.3: what happened long ago, or was judged already.
@Suite struct `What monitoring was told long ago` {
    @Test(arguments: [
        (SignalKind.death, "1,\(Watched.man),2019-03-01", WarningKind.death),
        (.disability, "1,\(Watched.man),2019-03-01,4,2,", .disability),
        (.asset, "1,\(Watched.man),2019-03-01,vehicle", .assets),
    ])
    func `counts where it still is so`(_ kind: SignalKind, _ line: String, _ warning: WarningKind) throws {
        let watched = try Watched()
        #expect(try watched.take(kind, line).old == 0)
        try watched.monitor()
        #expect(try watched.warnings().map(\.kind) == [warning])
    }

    @Test func `is said to be looked at by no rule where it is over`() throws {
        let watched = try Watched()
        let report = try watched.take(
            .accident, "1,\(Watched.boy),2019-03-01,fire", "2,\(Watched.boy),2026-11-01,fire")
        #expect(report.new == 2 && report.old == 1)
        try watched.monitor()
        #expect(try watched.tree[district].rows("SELECT count(*) FROM alert_fact") == ["1"])
    }

    @Test func `is a department's certificate that comes to its end`() throws {
        let watched = try Watched()
        try watched.take(.disability, "1,\(Watched.man),2025-01-10,4,3,2027-02-15")
        try watched.monitor()
        let id = try watched.warnings()[0].id.hex
        try watched.close(id)
        // Sixty days before.
        try watched.monitor(on: date("2026-12-16"))
        #expect(try watched.warnings().count == 1)
        try watched.monitor(on: date("2026-12-17"))
        #expect(try watched.warnings().filter { $0.state.stage != .closed }.map(\.colour) == [.yellow])
    }

    @Test func `is no end of a certificate that was renewed since`() throws {
        let watched = try Watched()
        try watched.take(
            .disability, "1,\(Watched.man),2016-01-10,4,3,2026-01-10", "2,\(Watched.man),2026-01-10,4,3,2036-01-10")
        try watched.monitor()
        #expect(
            try watched.tree[district].rows("SELECT count(*) FROM alert_fact") == ["2"], "two new ones, and no end")
    }

    /// A2: a new severe one is red, its end yellow.
    @Test func `and was judged weighs nothing in the next warning`() throws {
        let watched = try Watched()
        try watched.take(.disability, "1,\(Watched.man),2026-11-01,4,1,2027-02-15")
        try watched.monitor()
        let first = try watched.warnings()
        #expect(first.map(\.colour) == [.red])
        try watched.close(first[0].id.hex)
        try watched.monitor(on: date("2026-12-20"))
        #expect(try watched.warnings().filter { $0.state.stage != .closed }.map(\.colour) == [.yellow])
        #expect(try watched.warnings().count == 2)
    }

    /// A1 with FP: a fifth of the yearly income more makes a yellow one orange.
    @Test func `makes bills of a family that is watched for poverty more urgent`() throws {
        let watched = try Watched()
        try watched.take(.medical, "1,\(Watched.man),2026-10-10,5000")
        try watched.monitor()
        #expect(try watched.warnings().map(\.colour) == [.yellow])
        _ = try FactEntry.add(
            .finding(.povertyReturn(PovertyReturn.allCases[0]), on: watched.today, document: "镇1"),
            to: watched.household, in: watched.tree[town], as: clerk, today: watched.today)
        try watched.tree.exchangeAll()
        try watched.monitor()
        #expect(try watched.warnings().map(\.colour) == [.orange])
    }
}

extension Watched {
    fileprivate func close(_ warning: String) throws {
        _ = try entry(district).act(.verdict, on: warning, .covered)
        _ = try entry(district).act(.close, on: warning)
    }
}
