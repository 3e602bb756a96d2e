import Foundation

/// The seven offices of `topology/small.yaml` on their own networks and disks.
final class District {
    static let codes = [
        "330106", "330106009", "330106009001", "330106009200", "330106109", "330106109012", "330106109200",
    ]
    let offices: [Office]
    var root: Office { offices[0] }
    private var relays: [Spawned] = []

    /// - Parameter delay_ms: Of every line from a child to its parent, each way.
    init(work: String, sanji: String, clockLibrary: String, delay_ms: Int) throws {
        let network = try Network()
        offices = try Self.codes.map {
            try Office($0, try network.place($0), in: work, sanji: sanji, clockLibrary: clockLibrary)
        }
        try root.must([
            "district", "create", "--code", root.code, "--name", "西湖区", "--listen",
            "\(root.place.address):\(Office.port)",
        ])
        try root.start()
        for (index, office) in offices.enumerated().dropFirst() {
            let parent = offices.first { $0.code == office.parent }!
            let port = 9000 + index
            try relay(port, to: parent.place.address, delay_ms)
            let token = try root.must(["invite", office.code, "--name", "办公室 \(office.code)"])
                .trimmingCharacters(in: .whitespacesAndNewlines)
            try retry(within: .seconds(30)) {
                try office.must(["join", token, "--parent", "\(Network.relayAddress):\(port)"])
            }
            try office.start()
        }
    }

    private func relay(_ port: Int, to address: String, _ delay_ms: Int) throws {
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        relays.append(
            try Spawned(
                Network.bridgeExec + [
                    CommandLine.arguments[0], "relay", Network.relayAddress, "\(port)", address, "\(Office.port)",
                    "\(delay_ms)",
                ], environment: [:], output: null, errors: null))
    }

    func end() {
        for office in offices { office.end(SIGTERM) }
        for relay in relays { kill(relay.pid, SIGKILL) }
        if Network.isIsolated { for office in offices { office.unmount() } }
        Network.remove()
    }
}

func retry(within limit: Duration, _ body: () throws -> Void) throws {
    let deadline = ContinuousClock.now + limit
    while true {
        do { return try body() } catch  where ContinuousClock.now < deadline { usleep(200_000) }
    }
}
