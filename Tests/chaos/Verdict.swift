import Foundation

/// What must be true once everything is healed: nothing lost, nothing waiting, all replicas equal.
struct Verdict {
    private(set) var failures: [String] = []
    private(set) var drained_s = 0.0
    private(set) var ownChangeSets = 0

    /// - Parameter healed: What is done once all is quiet, before anything is compared.
    init(_ district: District, _ ledger: Ledger, within limit: Duration, healed: () throws -> Void) {
        let start = ContinuousClock.now
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
            for office in district.offices { try verify(office) }
        } catch { failures.append("\(error)") }
    }

    /// Everything that it wrote is at the district, and nothing of anyone is held.
    private static func isQuiet(_ office: Office, root: String) throws {
        let status = try office.object(["status"])
        let changes = status["changes"] as? [String: Any] ?? [:]
        let own = changes["own"] as? Int ?? -1
        let reached = (changes["reached"] as? [String: Int])?[root] ?? 0
        guard own >= 0, own == reached || office.code == root, changes["held"] as? Int == 0,
            changes["refused"] as? Int == 0
        else { throw ChaosFailure(what: "changes \(changes) attention \(status["attention"] ?? "")") }
        guard
            try (office.object(["tree"])["offices"] as? [[String: Any]] ?? []).allSatisfy({
                $0["waitingUp"] as? Int == 0 && $0["waitingDown"] as? Int == 0 && $0["held"] as? Int == 0
            })
        else { throw ChaosFailure(what: "something is on its way below") }
    }

    /// Each acknowledged row, at the office that wrote it and at the district.
    private mutating func findRows(_ district: District, _ ledger: Ledger) throws {
        let atRoot = try Self.ids(district.root)
        for (code, ids) in ledger.all {
            let here = try Self.ids(district.offices.first { $0.code == code }!)
            for id in ids {
                if !here.contains(id) { failures.append("\(code) acknowledged \(id) and does not have it") }
                if !atRoot.contains(id) {
                    failures.append("\(code) acknowledged \(id) and the district does not have it")
                }
            }
        }
    }

    private static func ids(_ office: Office) throws -> Set<String> {
        let rows = try office.object(["sql", "SELECT id FROM household"])["rows"] as? [[String]] ?? []
        return Set(rows.compactMap(\.first))
    }

    private mutating func verify(_ office: Office) throws {
        let words = office.parent == nil ? ["verify"] : ["verify", "--against", "parent"]
        let answer = try office.run(words, within: .seconds(300))
        if answer.code != 0 { failures.append("\(office.code): verify: \(answer.output)\(answer.errors)") }
        let changes = try office.object(["status"])["changes"] as? [String: Any]
        ownChangeSets += changes?["own"] as? Int ?? 0
    }
}
