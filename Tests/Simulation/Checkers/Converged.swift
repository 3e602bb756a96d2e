import ChangeSets
import MergeModel
import TestReplicas

@testable import Replica

/// Where a scope reaches several offices, all have applied the same and hold the same: rows, what stands behind them, and
/// lists; and one of them is held against the model, which knows nothing but the definition (§5).
struct Converged: Checker {
    func problems(in world: World) throws -> [String] {
        var problems: [String] = []
        let authors = try Self.authors(of: world)
        let model = ModelComparison(world: world, authors: authors)
        for scope in Self.scopes(of: world) {
            let holders = world.running.filter { scope.reaches($0.code) }.compactMap(\.replica)
            guard let first = holders.first else { continue }
            if scope == world.forked?.scope {
                // They follow different branches; what each holds must be what its own log says.
                for holder in holders { problems += try model.problems(of: holder, in: scope) }
                continue
            }
            let digest = try first.digest(of: scope, isFresh: true)
            let content = try ReplicaContent(of: first, in: scope)
            for other in holders.dropFirst() {
                let its = try other.digest(of: scope, isFresh: true)
                if its.applied != digest.applied {
                    problems.append("\(other.office) and \(first.office) have applied different things in \(scope)")
                } else if its.tables != digest.tables {
                    problems.append("\(other.office) and \(first.office) have different digests of \(scope)")
                } else if try ReplicaContent(of: other, in: scope) != content {
                    problems.append("\(other.office) and \(first.office) hold different rows of \(scope)")
                }
            }
            problems += try model.problems(of: first, in: scope, content)
        }
        return problems
    }

    static func scopes(of world: World) -> [Scope] {
        world.plan.offices.flatMap { area in
            [Scope(area: area, audience: .village), Scope(area: area, audience: .town)]
        }
    }

    /// All that the root's directory names, in the model's words.
    static func authors(of world: World) throws -> [ModelAuthor] {
        guard let root = world.offices[world.plan.root]?.replica else { return [] }
        return ModelAuthor.all(in: try root.directory())
    }
}

/// Holds one replica against what the model makes of the change sets that it has applied.
struct ModelComparison {
    let world: World
    let authors: [ModelAuthor]

    func problems(
        of replica: OfficeReplica, in scope: Scope, _ content: ReplicaContent? = nil
    ) throws -> [String] {
        let refused = world.journal.refused
        let expected = try ReplicaContent.expected(of: replica, in: scope, authors: authors) {
            refused[$0]?.contains($1) ?? false
        }
        let actual = try content ?? ReplicaContent(of: replica, in: scope)
        guard actual != expected else { return [] }
        return [
            "\(replica.office) does not hold in \(scope) what the model makes of its log: \(actual.difference(expected))"
        ]
    }
}

extension ReplicaContent {
    /// The first thing that differs.
    func difference(_ other: ReplicaContent) -> String {
        for (key, values) in shown where other.shown[key] != values {
            return "\(key.table) \(key.key): \(values), not \(other.shown[key].map { "\($0)" } ?? "no row")"
        }
        for key in other.shown.keys where shown[key] == nil { return "\(key.table) \(key.key) is missing" }
        for (key, cells) in conflicts where other.conflicts[key] != cells { return "conflicts of \(key): \(cells)" }
        for (key, cells) in other.conflicts where conflicts[key] != cells { return "conflicts of \(key): not \(cells)" }
        for (key, row) in state.rows where other.state.rows[key] != row {
            return "what stands behind \(key): \(row), not \(other.state.rows[key].map { "\($0)" } ?? "nothing")"
        }
        return "something else"
    }
}
