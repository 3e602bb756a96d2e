import Yams

extension TopologyReader {
    /// - Parameter yaml: Checked by ``TopologySyntax`` before.
    /// - Returns: nil for a file without any content.
    static func compose(_ yaml: String) throws(TopologyProblem) -> Yams.Node? {
        do {
            // Without rules every scalar stays the text it is. The encoding is given because Yams would otherwise
            // take it from the environment, and print that it did.
            return try Yams.compose(yaml: yaml, .basic, .default, .utf8)
        } catch let error as YamlError {
            throw TopologyProblem(error)
        } catch {
            throw TopologyProblem(line: 1, message: "the file is not YAML: \(error)", remedy: "correct it")
        }
    }
}

extension TopologyProblem {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            self.init(notYAML: problem, line: mark.line)
        case .composer(let context, let problem, let mark, _):
            self.init(notYAML: "\(context.map { "\($0.text) " } ?? "")\(problem)", line: mark.line)
        case .duplicatedKeysInMapping(let keys, let context):
            self.init(
                line: context.mark.line, message: "the key \(quoted(keys.first ?? "")) appears twice in one mapping",
                remedy: "keep one of them; every office begins with `- `")
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
            self.init(notYAML: problem, line: 1)
        case .no, .memory, .dataCouldNotBeDecoded:
            self.init(notYAML: "it cannot be read", line: 1)
        }
    }

    private init(notYAML problem: String, line: Int) {
        // libyaml's words for a tab before the first word of a line.
        let isTab = problem.contains("cannot start any token")
        self.init(
            line: line,
            message: "the file is not YAML: \(isTab ? "a tab stands where YAML wants spaces" : problem)",
            remedy: isTab
                ? "put spaces in its place"
                : "check the indentation, the quotes and the colons (‘: ’, not ‘：’) in this line and the one before")
    }
}
