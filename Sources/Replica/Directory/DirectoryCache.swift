import ChangeSets
import GRDB
import Synchronization

/// The directory as last read, and the version of it that was read: readers ask at every call, and it hardly changes.
final class DirectoryCache: Sendable {
    private let known = Mutex<(version: Int64, directory: Directory)?>(nil)

    /// - Parameter db: A reader's connection.
    func directory(_ db: Database, root: OfficeCode, office: OfficeCode, own: OwnAuthor?) throws -> Directory {
        let connection = try Connection(reading: db)
        let version =
            try connection.statement("SELECT value FROM sanji_meta WHERE key = 'directory'").first { $0.integer(0) }
            ?? 0
        if let known = known.withLock({ $0 }), known.version == version { return known.directory }
        var directory = try DirectoryReader(root: root, connection: connection).read()
        if let own, directory.authors[own.key.author] == nil { directory.add(try own.entry(office: office)) }
        known.withLock { $0 = (version, directory) }
        return directory
    }
}
