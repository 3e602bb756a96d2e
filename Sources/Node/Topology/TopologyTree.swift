import ChangeSets

/// Checks how the offices of a file fit together. Knows nothing of YAML.
struct TopologyTree {
    /// The shortest code; the first one if there are several.
    let root: OfficeCode?
    private(set) var problems: [TopologyProblem] = []
    private let entries: [TopologyEntry]
    /// Where each code is listed first.
    private var lines: [OfficeCode: Int] = [:]

    init(entries: [TopologyEntry]) {
        self.entries = entries
        root = entries.compactMap(\.code).min { $0.tier < $1.tier }  // The first of equals.
        for entry in entries {
            guard let code = entry.code else { continue }
            if let first = lines[code] {
                report(entry.codeLine, "\(code) is listed twice, first in line \(first)", "remove one of the two")
            } else {
                lines[code] = entry.codeLine
            }
        }
    }

    /// Looks for parents and alternates; meaningless while a code of the file is unreadable.
    mutating func check() {
        for entry in entries {
            guard let code = entry.code, lines[code] == entry.codeLine else { continue }
            checkParent(of: code, line: entry.codeLine)
            checkAlternates(of: code, entry.alternates)
        }
    }

    private mutating func checkParent(of code: OfficeCode, line: Int) {
        guard let root, code != root else { return }
        if code.tier == root.tier {
            report(
                line, "\(code) is a second root beside \(root) in line \(lines[root] ?? 1)",
                "list one \(root.tier) and what lies below it")
        } else if let parent = code.parent, lines[parent] == nil {
            report(line, "\(code) has no parent in the file", "list the \(parent.tier) \(parent), or correct the code")
        }
    }

    private mutating func checkAlternates(of code: OfficeCode, _ alternates: [TopologyEntry.Alternate]) {
        var seen: Set<OfficeCode> = []
        for alternate in alternates {
            if !alternate.code.covers(code) || alternate.code == code {
                report(
                    alternate.line, "alternate \(alternate.code) is not above \(code)",
                    "name offices on its own branch only")
            } else if lines[alternate.code] == nil {
                report(
                    alternate.line, "alternate \(alternate.code) is not in the file",
                    "list the office, or leave it out as alternate")
            } else if !seen.insert(alternate.code).inserted {
                report(alternate.line, "alternate \(alternate.code) is named twice", "name it once")
            }
        }
    }

    private mutating func report(_ line: Int, _ message: String, _ remedy: String) {
        problems.append(TopologyProblem(line: line, message: message, remedy: remedy))
    }
}
