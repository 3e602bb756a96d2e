import ArgumentParser

/// A mistyped command, named as such: the parser would complain of the first option behind it.
enum UnknownCommand {
    /// - Returns: What to say; nil where the first words name a command.
    static func complaint(about arguments: [String], of root: any ParsableCommand.Type) -> String? {
        var command = root
        var path = root.configuration.commandName ?? "sanji"
        // Of `sanji help …` the command that is asked about.
        for word in arguments.first == "help" ? arguments.dropFirst() : arguments[...] {
            let below =
                command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
            guard !below.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            guard let next = below.first(where: { name(of: $0) == word }) else {
                let near = below.map { name(of: $0) }.min { distance($0, word) < distance($1, word) }
                let guess = near.flatMap {
                    distance($0, word) <= max(1, word.count / 3) ? "; did you mean `\(path) \($0)`?" : nil
                }
                return "‘\(word)’ is no command of `\(path)`\(guess ?? "; `\(path) --help` lists them")"
            }
            command = next
            path += " \(word)"
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }

    /// Letters to change, add or take away (Levenshtein).
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var row = Array(0...b.count)
        for i in a.indices {
            var last = row[0]
            row[0] = i + 1
            for j in b.indices {
                let next = a[i] == b[j] ? last : min(last, row[j], row[j + 1]) + 1
                last = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
