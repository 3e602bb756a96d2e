import ChangeSets

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lets one process at a time bring a file to its schema: GRDB looks at what is to do before it locks the file.
struct MigrationLock: ~Copyable {
    private let file: Int32

    /// Waits for the other; a killed one leaves no lock behind.
    init(path: String) throws {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, flock(file, LOCK_EX) == 0 else {
            throw SQLiteFailure(code: 14, message: "\(path) cannot be locked", doing: "migrating")
        }
    }

    deinit { if file >= 0 { close(file) } }
}
