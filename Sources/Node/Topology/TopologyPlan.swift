import ChangeSets
import Replica

/// What applying a topology changes in the directory.
package struct TopologyPlan: Sendable {
    package let enrolments: [Enrolment]
    /// One line of text per office that changes.
    package let lines: [String]

    package init(_ topology: Topology, directory: Directory) {
        var enrolments: [Enrolment] = []
        var lines: [String] = []
        for office in topology.offices {
            let entry = OfficeEntry(
                code: office.code, name: office.name, address: office.address, alternates: office.alternates)
            if let known = directory.offices[office.code] {
                var changes: [String] = []
                if known.name != entry.name { changes.append("name \(known.name) → \(entry.name)") }
                if let address = entry.address, known.address != address {
                    changes.append("address \(known.address ?? "none") → \(address)")
                }
                if known.alternates != entry.alternates {
                    changes.append("alternates → \(entry.alternates.map(\.digits).joined(separator: " "))")
                }
                guard !changes.isEmpty else { continue }
                lines.append("change \(office.code): \(changes.joined(separator: ", "))")
            } else {
                lines.append("add \(office.code) \(office.name)")
            }
            enrolments.append(Enrolment(office: entry, author: nil))
        }
        self.enrolments = enrolments
        self.lines = lines
    }
}
