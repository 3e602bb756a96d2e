import Foundation
import Replica

/// Fires when a file in one of some folders is written, by whatever process: a replica's log is such a file.
final class FolderEvents: Sendable {
    let changes = CommitSignal()
    private let inotify: Int32
    private let stop: (read: Int32, write: Int32)

    init() throws {
        inotify = inotify_init1(Int32(O_CLOEXEC))
        var ends: [Int32] = [-1, -1]
        guard inotify >= 0, pipe(&ends) == 0 else { throw Failure("inotify: \(String(cString: strerror(errno)))") }
        stop = (ends[0], ends[1])
        let (inotify, end, changes) = (inotify, stop.read, changes)
        Thread.detachNewThread {
            var sources = [
                pollfd(fd: inotify, events: Int16(POLLIN), revents: 0),
                pollfd(fd: end, events: Int16(POLLIN), revents: 0),
            ]
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while poll(&sources, 2, -1) != 0, sources[1].revents == 0 {
                _ = read(inotify, &buffer, buffer.count)
                changes.signal()
            }
            for descriptor in [inotify, end] { close(descriptor) }
        }
    }

    deinit { close(stop.write) }

    func watch(_ folder: String) throws {
        guard inotify_add_watch(inotify, folder, UInt32(IN_MODIFY)) >= 0 else {
            throw Failure("inotify \(folder): \(String(cString: strerror(errno)))")
        }
    }
}
