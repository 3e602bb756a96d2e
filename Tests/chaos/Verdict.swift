import Foundation

/// What must be true once everything is healed: nothing lost, nothing waiting, every office able to write, all replicas equal.
struct Verdict {
    private(set) var failures: [String] = []
    private(set) var drained_s = 0.0
    private(set) var ownChangeSets = 0

    /// - Parameter healed: What is done once all is quiet, before anything is compared.
    init(_ district: District, _ ledger: Ledger, within limit: Duration, healed: () throws -> Void) {
        let start = ContinuousClock.now
        for office in district.offices { failures += office.deaths }
        writeEverywhere(district, ledger)
        failures += ledger.oddities
        for office in district.offices {
            do {
                // The bound is one for all of them.
                let left = max(.zero, limit - (ContinuousClock.now - start))
                try retry(within: left) { try Self.isQuiet(office, root: district.root.code) }
            } catch {
                failures.append("\(office.code) is not quiet after \(limit): \(error)")
            }
        }
        drained_s = Double((ContinuousClock.now - start).components.seconds)
        do {
            try healed()
            try findRows(district, ledger)
            try findNotices(district, ledger)
            for office in district.offices { try verify(office) }
            // Again: one may have died of what it was asked meanwhile.
            for office in district.offices {
                failures += (office.deaths + office.crashes).filter { !failures.contains($0) }
                if !office.isRunning { failures.append("\(office.code)'s node does not run") }
            }
        } catch { failures.append("\(error)") }
    }

    /// An office that refuses every write would have lost nothing either.
    private mutating func writeEverywhere(_ district: District, _ ledger: Ledger) {
        for office in district.offices {
            do {
                let before = ledger.count(.told)
                try retry(within: .seconds(60)) {
                    try office.writer(ledger).writeOnce(0)
                    if ledger.count(.told) == before { throw ChaosFailure(what: "no write was acknowledged") }
                }
            } catch {
                failures.append("\(office.code) can no longer write: \(error)")
            }
        }
    }

    /// Everything that it wrote is at the district, and nothing of anyone is held.
    private static func isQuiet(_ office: Office, root: String) throws {
        let status = try office.object(["status"])
        let changes = status["changes"] as? [String: Any] ?? [:]
        let own = changes["own"] as? Int ?? -1
        let reached = (changes["reached"] as? [String: Int])?[root] ?? 0
        guard own > 0, own == reached || office.code == root, changes["held"] as? Int == 0,
            changes["refused"] as? Int == 0
        else { throw ChaosFailure(what: "changes \(changes) attention \(status["attention"] ?? "")") }
        guard
            try (office.object(["tree"])["offices"] as? [[String: Any]] ?? []).allSatisfy({
                $0["waitingUp"] as? Int == 0 && $0["waitingDown"] as? Int == 0 && $0["held"] as? Int == 0
            })
        else { throw ChaosFailure(what: "something is on its way below") }
    }

    /// Each row reads as its office was told, at that office and at the district.
    private mutating func findRows(_ district: District, _ ledger: Ledger) throws {
        let atRoot = try Self.addresses(district.root)
        for (code, rows) in ledger.all.sorted(by: { $0.key < $1.key }) {
            let here = try Self.addresses(district.offices.first { $0.code == code }!)
            for row in rows {
                for (place, found) in [(code, here), (district.root.code, atRoot)] {
                    switch found[row.id] {
                    case nil where !row.mayBeGone:
                        failures.append("\(code) acknowledged \(row.id) and \(place) does not have it")
                    case nil: break
                    // Of a deleted row: somebody who did not know of that corrected its telephone, and it is back.
                    case .some(let address) where !row.mayRead(address) && row.told != nil:
                        failures.append(
                            "\(code) acknowledged ‘\(row.told ?? "")’ in \(row.id) and \(place) has ‘\(address)’")
                    case .some: break
                    }
                }
            }
        }
    }

    /// What was published is at every office below.
    private mutating func findNotices(_ district: District, _ ledger: Ledger) throws {
        for office in district.offices {
            let rows = try office.object(["sql", "SELECT id FROM announcement"])["rows"] as? [[String]] ?? []
            let here = Set(rows.compactMap(\.first))
            for (code, notices) in ledger.allNotices where office.code.hasPrefix(code) {
                failures += notices.filter { !here.contains($0) }.map {
                    "\(code) published \($0) and \(office.code) does not have it"
                }
            }
        }
    }

    private static func addresses(_ office: Office) throws -> [String: String] {
        let rows = try office.object(["sql", "SELECT id, coalesce(address, '') FROM household"])["rows"] as? [[String]]
        return Dictionary((rows ?? []).map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func verify(_ office: Office) throws {
        let words = office.parent == nil ? ["verify"] : ["verify", "--against", "parent"]
        let answer = try office.run(words, within: .seconds(300))
        if answer.code != 0 { failures.append("\(office.code): verify: \(answer.output)\(answer.errors)") }
        let changes = try office.object(["status"])["changes"] as? [String: Any]
        ownChangeSets += changes?["own"] as? Int ?? 0
    }
}
