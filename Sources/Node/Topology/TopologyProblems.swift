package struct TopologyProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first line is 1.
    package let line: Int
    package let message: String
    package let remedy: String

    package var description: String { "line \(line): \(message); \(remedy)" }
}

/// Everything that is wrong with a topology file, in the order of its lines. Never empty.
package struct TopologyProblems: Error, Sendable, CustomStringConvertible {
    package let all: [TopologyProblem]

    init(first: TopologyProblem) { all = [first] }

    /// - Parameter found: In any order; at least one.
    init(_ found: [TopologyProblem]) {
        precondition(!found.isEmpty)
        all = found.enumerated()
            .sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
            .map(\.element)
    }

    /// One line per problem. A file of 4 MiB can hold a million of them, so only the first ones are printed.
    package var description: String {
        let printedMax = 100
        var lines = all.prefix(printedMax).map(\.description)
        if all.count > printedMax { lines.append("and \(all.count - printedMax) more") }
        return lines.joined(separator: "\n")
    }
}

/// Text of the file as a problem may show it: short, and unable to move the cursor of the terminal it is printed on.
func quoted(_ text: String) -> String {
    let shownMax = 40
    let scalars = text.unicodeScalars
    let shown = scalars.prefix(shownMax).map { $0.isShownAsItself ? String($0) : $0.escaped(asASCII: true) }
    return "‘\(shown.joined())\(scalars.count > shownMax ? "…" : "")’"
}

extension Unicode.Scalar {
    /// False for what breaks a line, moves the cursor, or turns the direction of the text around it.
    var isShownAsItself: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        // Unassigned ones pass: the newest characters for rare place names are unknown to this library.
        default: !properties.isBidiControl && !properties.isNoncharacterCodePoint && value != 0xFEFF
        }
    }

    var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
