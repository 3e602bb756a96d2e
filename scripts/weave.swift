// Weaves the mutants of Tests/Mutants/mutants.txt into a copy of the sources: weave.swift MUTANTS COPY. Run by scripts/mutants.
import Foundation

struct Refused: Error, CustomStringConvertible { let description: String }

struct Mutant {
    let name: String
    let file: String
    let old: String
    let new: String

    init(_ block: Substring) throws {
        let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 4, let colon = lines[0].firstIndex(of: ":") else {
            throw Refused(description: "no mutant: \(block)")
        }
        name = String(lines[0][..<colon])
        file = lines[1]
        func side(_ mark: String) -> String {
            lines.dropFirst(2).filter { $0.hasPrefix(mark) }.map { String($0.dropFirst()) }.joined(separator: "\n")
        }
        old = side("-")
        new = side("+")
            .replacingOccurrences(of: "MUTANT_SQL", with: "\\(Mutant.isOn(\"\(name)\") ? 0 : 1)")
            .replacingOccurrences(of: "MUTANT", with: "Mutant.isOn(\"\(name)\")")
    }
}

let arguments = CommandLine.arguments
let text = try String(contentsOfFile: arguments[1], encoding: .utf8)
let mutants = try text.components(separatedBy: "\n\n").map { $0.trimmingCharacters(in: .newlines) }.filter {
    !$0.isEmpty
}
.map { try Mutant($0[...]) }
for mutant in mutants {
    let path = arguments[2] + "/" + mutant.file
    var source = try String(contentsOfFile: path, encoding: .utf8)
    let parts = source.components(separatedBy: mutant.old)
    guard parts.count == 2 else {
        print("mutant \(mutant.name): its line stands \(parts.count - 1) times in \(mutant.file); it must once")
        exit(1)
    }
    source = parts.joined(separator: mutant.new)
    if !source.contains("import ChangeSets\n"), !mutant.file.hasPrefix("Sources/ChangeSets/") {
        source = "import ChangeSets\n" + source
    }
    try source.write(toFile: path, atomically: true, encoding: .utf8)
}
try """
import Foundation

/// Which of the woven faults this process has.
package enum Mutant {
    private static let chosen = ProcessInfo.processInfo.environment["SANJI_MUTANT"] ?? ""
    package static func isOn(_ name: String) -> Bool { chosen == name }
}
""".write(toFile: arguments[2] + "/Sources/ChangeSets/Simulation/Mutant.swift", atomically: true, encoding: .utf8)
print(mutants.map(\.name).joined(separator: "\n"))
