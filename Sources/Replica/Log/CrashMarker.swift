import ChangeSets

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Remembers, past the death of the process, which change set is being applied: 16 bytes mapped from a file.
///
/// Written without a system call per change set. It need not survive a power cut: then nothing was killed by a change
/// set. Only the holder of the replica's write lock touches it.
final class CrashMarker {
    private let words: UnsafeMutablePointer<UInt64>
    private let isMapped: Bool

    /// - Parameter path: nil for a replica in memory, whose death nobody survives.
    init(path: String?) throws {
        let size = 16
        guard let path else {
            words = .allocate(capacity: 2)
            words.initialize(repeating: 0, count: 2)
            isMapped = false
            return
        }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // Written, not only made longer: storing into a page that the full disk has no room for would kill the process.
        var left = [UInt8](repeating: 0, count: size)
        guard file >= 0, pread(file, &left, size, 0) >= 0, pwrite(file, left, size, 0) == size,
            let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED
        else {
            if file >= 0 { close(file) }
            throw SQLiteFailure(code: 14, message: "\(path) cannot be written", doing: "opening the replica")
        }
        close(file)
        words = mapped.bindMemory(to: UInt64.self, capacity: 2)
        isMapped = true
    }

    deinit {
        if isMapped { munmap(words, 16) } else { words.deallocate() }
    }

    /// As much of a header's hash as the marker holds.
    static func name(of hash: Digest) -> [UInt8] { Array(hash.bytes.prefix(16)) }

    func set(_ hash: Digest) {
        hash.bytes.withUnsafeBytes { bytes in
            words[0] = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            words[1] = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        }
    }

    func clear() {
        words[0] = 0
        words[1] = 0
    }

    /// What was being applied when the process before this one died.
    var left: [UInt8]? {
        guard words[0] != 0 || words[1] != 0 else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: words, count: 16))
    }
}
