import Foundation

/// A file that a person names on the command line.
enum InputFile {
    static func bytes(_ path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw UnreadableFile(path: path, code: isFolder(path) ? EISDIR : access(path, R_OK) == 0 ? EIO : errno)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
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
