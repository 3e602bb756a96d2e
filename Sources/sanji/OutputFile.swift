import Foundation

/// A file that a command writes for a person. Never over one that is there: it may be their own sheet, or the office's
/// database.
struct OutputFile {
    private let path: String
    private let descriptor: Int32

    /// Takes the place at once, before anything else is done: a list that cannot be written is of no use afterwards.
    init(new path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw UnwritableFile(path: path, code: errno) }
    }

    func write(_ bytes: Data) throws {
        var rest = [UInt8](bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { throw failed() }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw failed() }
    }

    /// There was nothing to write, or it could not be written.
    func remove() { unlink(path) }

    /// Whatever is thrown leaves no empty file behind.
    func removedOnError<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch {
            remove()
            throw error
        }
    }

    private func failed() -> UnwritableFile {
        let code = errno
        remove()
        return UnwritableFile(path: path, code: code)
    }
}

struct UnwritableFile: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String {
        code == EEXIST
            ? "\(path) is there already; name another file, or remove that one first"
            : "\(path) cannot be written: \(String(cString: strerror(code))); name another file"
    }
}
