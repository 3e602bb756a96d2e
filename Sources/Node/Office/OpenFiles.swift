import Foundation

/// How many files and sockets this process may have open.
enum OpenFiles {
    /// What the replica, its log, keys and the process itself need beside connections.
    private static let own = 128
    /// A town's villages.
    private static let connectionsMin = 64
    /// More offices than a province has under one root, each on two connections.
    private static let connectionsMax = 4_096

    /// Asks the system for as many as it gives.
    /// - Returns: How many connections there is room for.
    /// - Throws: `OfficeProblem.openFiles` where there is not even room for this office's own.
    static func makeRoom() throws -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connectionsMax / 8 }
        var wanted = limit
        wanted.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted) == 0 { limit = wanted }
        let room = Int(clamping: limit.rlim_cur) - own
        guard room >= connectionsMin else {
            throw OfficeProblem.openFiles(Int(clamping: limit.rlim_cur), own + connectionsMin)
        }
        return min(connectionsMax, room)
    }
}
