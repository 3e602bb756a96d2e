// The rules of output, in one place: data on standard output, everything else on standard error; no colour in a pipe.
import ArgumentParser
import ChangeSets
import Foundation
import Node
import Synchronization

/// What a command leaves behind when it did its work but something needs attention.
let needsAttention = ExitCode(2)

enum Output {
    /// One JSON object.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // JSON has no number for these.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        print(try encoder.encode(value))
    }

    /// The same with one more field where it is known: whether a node runs.
    static func json(_ value: some Encodable, running: Bool?) throws {
        guard let running else { return try json(value) }
        try json(WithNode(value: value, running: running))
    }

    private struct WithNode<Value: Encodable>: Encodable {
        enum Key: CodingKey { case running }
        let value: Value
        let running: Bool

        func encode(to encoder: any Encoder) throws {
            try value.encode(to: encoder)
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(running, forKey: .running)
        }
    }

    /// One line of data. What came from elsewhere (rows, names, reasons) must not steer a terminal.
    static func line(_ text: some CustomStringConvertible) { print(Data(shown(text.description).utf8)) }

    /// On one line, and without what steers a terminal.
    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" ? "⏎" : $0 })).printable
    }

    /// Whoever reads a pipe gets what has been printed so far, not what fills a buffer.
    static func flush() { pending.withLock { $0.write() } }

    /// Writes what has been printed.
    /// - Throws: Where some of it could not be written, on a full disk for example.
    static func end() throws {
        let failure = pending.withLock { pending in
            pending.write()
            return pending.failure
        }
        if failure != 0 { throw UnwritableOutput(code: failure) }
    }

    /// Our own, because `print` loses what it cannot write, and says nothing.
    private struct Pending {
        var bytes = Data()
        var failure: Int32 = 0

        mutating func write() {
            if failure == 0 { failure = Output.write(bytes, to: STDOUT_FILENO) }
            bytes = Data()
        }
    }
    private static let pending = Mutex(Pending())

    private static func print(_ line: Data) {
        pending.withLock {
            $0.bytes += line + [10]
            if $0.bytes.count >= 1 << 16 { $0.write() }
        }
    }

    static func note(_ text: String) { complain(text.printable + "\n") }

    /// To standard error, which may be gone or full: what a command did stands all the same, so that is no failure of its.
    private static func complain(_ text: String) { _ = write(Data(text.utf8), to: STDERR_FILENO) }

    /// Our own, because FileHandle's traps where it cannot write.
    /// - Returns: Why not all of it could be written, as `errno`; 0 when it was.
    private static func write(_ bytes: Data, to descriptor: Int32) -> Int32 {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return errno }
        }
        return 0
    }

    /// Takes the numbers of standard streams that nobody has opened, or files that are opened later would get them: a database
    /// would be written to by whoever reports an error. Reading then finds nothing, and writing to standard output fails.
    static func holdStandardStreams() {
        for descriptor in 0...2 as ClosedRange<Int32> where fcntl(descriptor, F_GETFD) < 0 {
            let flags = descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR
            let opened = open("/dev/null", flags)
            if opened >= 0, opened != descriptor { close(opened) }
        }
    }

    /// A note that only a person wants: silent unless standard error is a terminal.
    static func remark(_ text: String) {
        if isatty(FileHandle.standardError.fileDescriptor) == 1 { note(text) }
    }

    /// Columns padded to their widest cell; a Chinese character takes two places on a terminal.
    static func table(_ header: [String], _ rows: [[String]]) {
        let all = [header] + rows.map { $0.map(shown) }
        let widths = header.indices.map { column in all.map { width($0[column]) }.max() ?? 0 }
        for row in all {
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - width(cell))
            }
            print(Data(cells.joined(separator: "  ").utf8))
        }
    }

    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 && $1.value < 0x1F000 && $1.value != 0x2026 ? 2 : 1) }
    }

    /// Progress on one line of a terminal; silent in a pipe.
    static func progress(_ text: String) {
        guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return }
        complain("\r\u{1B}[K" + text)
    }
}

struct UnwritableOutput: Error, CustomStringConvertible {
    let code: Int32
    var description: String {
        "standard output cannot be written: \(String(cString: strerror(code))); what the command did is done, what it had to say "
            + "is lost"
    }
}

/// A value of a row as JSON: blobs as lower-case hexadecimal.
enum JSONValue: Encodable {
    case value(CellValue)
    case object([(String, CellValue)])

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for (name, value) in members {
                try container.encode(JSONValue.value(value), forKey: Key(stringValue: name))
            }
        case .value(let value):
            var container = encoder.singleValueContainer()
            switch value {
            case .null: try container.encodeNil()
            case .integer(let number): try container.encode(number)
            case .real(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .blob(let bytes): try container.encode(bytes.hex)
            }
        }
    }
}

extension CellValue {
    /// For a table on the terminal.
    var shown: String {
        switch self {
        case .null: "∅"
        case .blob(let bytes): bytes.hex
        case .integer, .real, .text: description
        }
    }
}
