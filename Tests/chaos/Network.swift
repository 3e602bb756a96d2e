import Foundation

/// One network namespace for each office, on a bridge of their own: nothing of it touches the machine's network. Without
/// root, addresses of the loopback instead, which nothing can be done to.
final class Network {
    static let isIsolated = getuid() == 0
    static let prefix = "sanji-chaos"
    private static let bridge = "\(prefix)-net"
    static let relayAddress = isIsolated ? "10.77.0.254" : "127.77.0.254"

    private var count = 0

    init() throws {
        guard Self.isIsolated else { return }
        Self.remove()
        try Command.must(["ip", "netns", "add", Self.bridge])
        try Self.inBridge(["ip", "link", "set", "lo", "up"])
        try Self.inBridge(["ip", "link", "add", "br0", "type", "bridge"])
        try Self.inBridge(["ip", "addr", "add", "\(Self.relayAddress)/24", "dev", "br0"])
        try Self.inBridge(["ip", "link", "set", "br0", "up"])
    }

    static func remove() {
        guard isIsolated else { return }
        let all = (try? Command.run(["ip", "netns", "list"]))?.output ?? ""
        for line in all.split(separator: "\n") where line.hasPrefix(prefix) {
            _ = try? Command.run(["ip", "netns", "del", String(line.split(separator: " ")[0])])
        }
    }

    static func inBridge(_ words: [String]) throws { try Command.must(["ip", "netns", "exec", bridge] + words) }
    static var bridgeExec: [String] { isIsolated ? ["ip", "netns", "exec", bridge] : [] }

    /// - Returns: The office's own network, with an address of its own.
    func place(_ code: String) throws -> Place {
        count += 1
        guard Self.isIsolated else { return Place(namespace: nil, address: "127.77.0.\(count)") }
        let place = Place(namespace: "\(Self.prefix)-\(code)", address: "10.77.0.\(count)")
        let namespace = "\(Self.prefix)-\(code)"
        let (inner, outer) = ("eth0", "to\(count)")
        try Command.must(["ip", "netns", "add", namespace])
        try Command.must([
            "ip", "-n", namespace, "link", "add", inner, "type", "veth", "peer", "name", outer, "netns",
            Self.bridge,
        ])
        try Self.inBridge(["ip", "link", "set", outer, "master", "br0", "up"])
        try place.exec(["ip", "addr", "add", "\(place.address)/24", "dev", inner])
        try place.exec(["ip", "link", "set", inner, "up"])
        try place.exec(["ip", "link", "set", "lo", "up"])
        try place.exec(["nft", "add", "table", "inet", "chaos"])
        for cut in Place.Cut.allCases {
            for hook in ["input", "output"] {
                try place.exec(["nft", "add chain inet chaos \(cut)_\(hook) { type filter hook \(hook) priority 0; }"])
            }
        }
        return place
    }
}

/// Where one office lives, and what its lines suffer.
struct Place {
    /// nil without root.
    let namespace: String?
    let address: String

    /// What drops packets; each has chains of its own, so that the end of one ends no other.
    enum Cut: String, CaseIterable { case loss, inward, outward }

    var words: [String] { namespace.map { ["ip", "netns", "exec", $0] } ?? [] }
    func exec(_ command: [String]) throws { try Command.must(words + command) }

    /// Drops so many packets of a hundred that come in, or go out; 100 is a cut one way.
    func drop(_ percent: Int, _ hook: String, _ cut: Cut) throws {
        let some = percent < 100 ? "numgen random mod 100 < \(percent) " : ""
        try exec(["nft", "add rule inet chaos \(cut)_\(hook) meta l4proto tcp \(some)drop"])
    }

    func limit(kilobits: Int) throws {
        try exec([
            "tc", "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", "\(kilobits)kbit", "burst", "16kb",
            "latency",
            "400ms",
        ])
    }

    func mend(_ cut: Cut) throws {
        for hook in ["input", "output"] { try exec(["nft", "flush", "chain", "inet", "chaos", "\(cut)_\(hook)"]) }
    }

    func unlimit() throws { try exec(["tc", "qdisc", "del", "dev", "eth0", "root"]) }
}
