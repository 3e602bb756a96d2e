import ChangeSets

/// The offices of one district and how they reach each other, as an operator writes them down.
///
/// What a caller may rely on: exactly one root; every other office's parent is listed; no code is listed twice;
/// every alternate is listed and lies above its office.
package struct Topology: Sendable {
    /// In the order of the file. Never empty.
    package let offices: [TopologyOffice]
    package let root: TopologyOffice

    /// - Parameter yaml: Not trusted: any text ends in a topology or in problems.
    /// - Throws: Every problem of the file; a file that is not YAML has only one.
    package static func parse(yaml: String) throws(TopologyProblems) -> Topology {
        var reader = TopologyReader()
        do {
            // The mark that Windows editors put at the beginning, and that libyaml refuses.
            let text = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
            try TopologySyntax.check(text)
            reader.readFile(try TopologyReader.compose(text))
        } catch {
            throw TopologyProblems(first: error)
        }
        var tree = TopologyTree(entries: reader.entries)
        if reader.readEveryCode { tree.check() }
        let problems = reader.problems + tree.problems
        let offices = reader.entries.compactMap(\.office)
        guard problems.isEmpty, let root = offices.first(where: { $0.code == tree.root }) else {
            throw TopologyProblems(problems)
        }
        return Topology(offices: offices, root: root)
    }

    /// - Throws: One problem when the file describes another district than `district`, which is to apply it.
    package func check(root district: OfficeCode) throws(TopologyProblems) {
        guard root.code != district else { return }
        throw TopologyProblems(
            first: TopologyProblem(
                line: root.line, message: "the root of the file is \(root.code), but this office is \(district)",
                remedy: "apply the file at \(root.code), or one for \(district) here"))
    }
}

package struct TopologyOffice: Sendable {
    package let code: OfficeCode
    package let name: String
    /// HOST:PORT that the children call, with IPv6 in brackets; nil when the office itself will say.
    package let address: String?
    /// Offices above this one, to be tried in order when the parent does not answer.
    package let alternates: [OfficeCode]
    /// Where the file lists it, for problems that show only when the file is applied.
    package let line: Int
}
