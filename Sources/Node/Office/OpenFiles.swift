import Foundation

/// How many files and sockets this process may have open.
enum OpenFiles {
    /// What the replica, its log, keys and the process itself need beside connections.
    private static let own = 128
    /// More offices than a province has under one root, each on two connections.
    private static let connectionsMax = 4_096

    /// Asks the system for as many as it gives.
    /// - Returns: How many connections there is room for.
    static func makeRoom() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connectionsMax / 8 }
        var wanted = limit
        wanted.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted) == 0 { limit = wanted }
        return max(own, min(connectionsMax, Int(clamping: limit.rlim_cur) - own))
    }
}
