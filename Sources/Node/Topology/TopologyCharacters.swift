/// The characters that YAML allows unescaped, without the three rare line breaks: libyaml counts those as lines,
/// editors do not, and a problem would point to the wrong line.
enum TopologyCharacters {
    static func check(_ yaml: String) throws(TopologyProblem) {
        var line = 1
        var previous: Unicode.Scalar = " "
        for scalar in yaml.unicodeScalars {
            guard isAllowed(scalar) else {
                throw TopologyProblem(
                    line: line, message: "the file contains the character \(scalar.codePoint)",
                    remedy: "remove it, and save the file as UTF-8")
            }
            // A carriage return alone ends a line too; together with a line feed it is one end.
            if scalar == "\r" || (scalar == "\n" && previous != "\r") { line += 1 }
            previous = scalar
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E: true
        case 0x2028, 0x2029, 0xFEFF: false
        case 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
