import Foundation

/// A database that has a second name (a hard link, as `cp -al` makes them). SQLite finds the log of a database by its name: under two
/// names there are two logs of one file, and whoever opens the one destroys what was written by the other.
struct LinkedReplica: Error, CustomStringConvertible {
    let path: String

    /// - Returns: nil where every file has one name only, or is not there.
    init?(_ path: String) {
        let linked = [path, path + "-wal", path + "-shm"].first { name in
            var info = stat()
            return stat(name, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && info.st_nlink > 1
        }
        guard let linked else { return nil }
        self.path = linked
    }

    var description: String {
        "\(path) has another name as well (a hard link, as `cp -al` and some backup programs make), and what is written under one name "
            + "would be destroyed under the other; nothing was opened. Stop the node, remove the other name, and copy with `cp -a`"
    }
}
