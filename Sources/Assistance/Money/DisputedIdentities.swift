import ChangeSets
import Replica

/// People whom offices, unaware of each other, have given different identity numbers: a wrong one pays the wrong person, so nothing is
/// paid to them until somebody has chosen (domain 3.6, C2). Where both have the same number it is only a name or a date that differs.
package struct DisputedIdentities: Sendable {
    private struct Person: Hashable {
        let area: OfficeCode
        let id: [UInt8]
    }

    private let people: Set<Person>

    package init(_ replica: OfficeReplica) throws {
        let disputed = try replica.conflicts(of: personTable.name, cell: "identity").filter { conflict in
            guard let number = conflict.columns.firstIndex(of: "id_number") else { return false }
            return Set(conflict.siblings.map { $0.values[number] }).count > 1
        }
        people = Set(
            disputed.compactMap { conflict in
                guard case .blob(let id)? = conflict.record.key.first else { return nil }
                return Person(area: conflict.record.area, id: id)
            })
    }

    func contains(_ id: [UInt8], in area: OfficeCode) -> Bool { people.contains(Person(area: area, id: id)) }
}
