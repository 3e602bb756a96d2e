import Foundation

/// The real `sanji`, built beside this test bundle.
enum SanjiProgram {
    static let path: Result<String, Failure> = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = bundle.deletingLastPathComponent().appending(path: "sanji").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            return .failure(Failure("\(program) is missing; run `swift build` before these tests"))
        }
        return .success(program)
    }()

    static func start(_ arguments: [String], input: String = "") throws -> ChildProcess {
        try ChildProcess(path.get(), arguments, input: input)
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], input: String = "", within limit: Duration = .seconds(120)
    ) async throws -> Answer {
        let process = try start(arguments, input: input)
        defer { process.send(SIGKILL) }
        let said = try await process.until("`sanji \(arguments.joined(separator: " "))` ends", within: limit) {
            $0.end != nil
        }
        return Answer(arguments: arguments, output: said.outputText, errors: said.errorText, end: said.end!)
    }
}

/// What a command said, and how it ended.
struct Answer: Sendable {
    let arguments: [String]
    let output: String
    let errors: String
    let end: ChildProcess.End

    /// - Throws: What it said on standard error, unless it ended with one of `accepted`.
    @discardableResult
    func expecting(_ accepted: Int32...) throws -> Answer {
        guard case .exited(let code) = end, accepted.contains(code) else {
            throw Failure("`sanji \(arguments.joined(separator: " "))` ended with \(end): \(errors)\(output)")
        }
        return self
    }

    func decoded<T: Decodable>(_ type: T.Type) throws -> T { try JSONDecoder().decode(type, from: Data(output.utf8)) }

    /// The one object on standard output.
    func object() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
        guard let object = value as? [String: Any] else { throw Failure("not one JSON object: \(output)") }
        return object
    }
}
