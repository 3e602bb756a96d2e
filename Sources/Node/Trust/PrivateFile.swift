// The only file that writes key files: 0600 from the first byte, aside, then into place, so that a cut leaves the old
// file or the new one, never half of one.
import Foundation

/// A small file that only this account may read.
enum PrivateFile {
    /// No key or certificate of ours comes near.
    static let maxByteCount = 65_536

    /// Makes the folder (0700) or closes the one that is there to others.
    static func makeFolder(_ folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard chmod(folder.path, 0o700) == 0 else { throw KeyFileProblem.system(folder, errno) }
    }

    /// - Parameter replacing: false refuses (``KeyFileProblem/exists(_:)``) when the file is there, in one step.
    static func write(_ text: String, to file: URL, replacing: Bool) throws {
        let aside = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).\(UUID().uuidString)")
        defer { unlink(aside.path) }
        try fill(aside, with: Array(text.utf8))
        if replacing {
            guard rename(aside.path, file.path) == 0 else { throw KeyFileProblem.system(file, errno) }
        } else if link(aside.path, file.path) != 0 {
            throw errno == EEXIST ? KeyFileProblem.exists(file) : .system(file, errno)
        }
        try synchronize(folder: file.deletingLastPathComponent())
    }

    /// - Returns: nil when there is no such file.
    /// - Throws: ``KeyFileProblem/readableByOthers(_:)`` rather than go on with a key that others may have copied.
    static func read(_ file: URL) throws -> String? {
        // Without waiting: whoever opens a pipe waits for its other end.
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw KeyFileProblem.system(file, errno) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw KeyFileProblem.system(file, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyFileProblem.noFile(file) }
        guard status.st_mode & 0o077 == 0 else { throw KeyFileProblem.readableByOthers(file) }
        let bytes = try handle.read(upToCount: maxByteCount + 1) ?? Data()
        guard bytes.count <= maxByteCount, let text = String(bytes: bytes, encoding: .utf8) else {
            throw KeyFileProblem.damaged(file)
        }
        return text
    }

    static func exists(_ file: URL) -> Bool { access(file.path, F_OK) == 0 }

    private static func fill(_ file: URL, with bytes: [UInt8]) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyFileProblem.system(file, errno) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw KeyFileProblem.system(file, errno) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw KeyFileProblem.system(file, errno) }
    }

    /// Without this a power cut can take back the rename.
    private static func synchronize(folder: URL) throws {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyFileProblem.system(folder, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw KeyFileProblem.system(folder, errno) }
    }
}
