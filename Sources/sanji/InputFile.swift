import Foundation

/// A file that a person names on the command line.
enum InputFile {
    /// No file that any command takes is larger; whatever is, is not the one that was meant.
    static let bytesMax = 64 << 20

    /// - Throws: ``UnreadableFile``, ``TooLargeFile``; no more than ``bytesMax`` is ever read.
    static func bytes(_ path: String) throws -> Data {
        // Without waiting for the other end of a pipe.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw UnreadableFile(path: path, code: errno) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw UnreadableFile(path: path, code: errno) }
        switch info.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw UnreadableFile(path: path, code: EISDIR)
        default: throw NoRegularFile(path: path)
        }
        guard info.st_size <= bytesMax else { throw TooLargeFile(source: path) }
        return try read(descriptor, from: path)
    }

    /// All of standard input.
    static func standardInput() throws -> Data { try read(STDIN_FILENO, from: "standard input") }

    private static func read(_ descriptor: Int32, from source: String) throws -> Data {
        var all = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw UnreadableFile(path: source, code: errno) }
            if count == 0 { return all }
            all.append(contentsOf: buffer[..<count])
            guard all.count <= bytesMax else { throw TooLargeFile(source: source) }
        }
    }
}

struct TooLargeFile: Error, CustomStringConvertible {
    let source: String
    var description: String {
        "\(source) has more than \(InputFile.bytesMax >> 20) MiB, which no command takes; check which file is meant, or split it"
    }
}

struct NoRegularFile: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) is a pipe or a device, not a file; save what it gives to a file first" }
}

/// Wrong files are no wrong usage: exit code 1.
struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    let code: Int32
    var description: String { "\(path) cannot be read: \(String(cString: strerror(code))); check the path" }
}

/// Bytes that should be text.
struct NotUTF8: Error, CustomStringConvertible {
    /// What was read: a path, or `standard input`.
    let source: String
    let offset: Int
    var description: String {
        "\(source) is not UTF-8 text: byte \(offset), counted from 0, is wrong; save it as UTF-8"
    }

    /// - Throws: ``NotUTF8``; never replaces or cuts off anything, so a zero byte is refused as well.
    static func decode(_ data: Data, from source: String) throws -> String {
        if let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0) { return text }
        var parser = UTF8.ForwardParser()
        var bytes = data.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &bytes), scalar.first != 0 { offset += scalar.count }
        throw NotUTF8(source: source, offset: offset)
    }
}
