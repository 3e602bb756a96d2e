import Foundation

/// One network namespace for each office, on a bridge of their own: nothing of it touches the machine's network.
final class Network {
    static let prefix = "sanji-chaos"
    private static let bridge = "\(prefix)-net"
    static let relayAddress = "10.77.0.254"

    private var count = 0

    init() throws {
        Self.remove()
        try Command.must(["ip", "netns", "add", Self.bridge])
        try Self.inBridge(["ip", "link", "set", "lo", "up"])
        try Self.inBridge(["ip", "link", "add", "br0", "type", "bridge"])
        try Self.inBridge(["ip", "addr", "add", "\(Self.relayAddress)/24", "dev", "br0"])
        try Self.inBridge(["ip", "link", "set", "br0", "up"])
    }

    static func remove() {
        let all = (try? Command.run(["ip", "netns", "list"]))?.output ?? ""
        for line in all.split(separator: "\n") where line.hasPrefix(prefix) {
            _ = try? Command.run(["ip", "netns", "del", String(line.split(separator: " ")[0])])
        }
    }

    static func inBridge(_ words: [String]) throws { try Command.must(["ip", "netns", "exec", bridge] + words) }
    static var bridgeExec: [String] { ["ip", "netns", "exec", bridge] }

    /// - Returns: The office's own network, with an address of its own.
    func place(_ code: String) throws -> Place {
        count += 1
        let place = Place(namespace: "\(Self.prefix)-\(code)", address: "10.77.0.\(count)")
        let (inner, outer) = ("eth0", "to\(count)")
        try Command.must(["ip", "netns", "add", place.namespace])
        try Command.must([
            "ip", "-n", place.namespace, "link", "add", inner, "type", "veth", "peer", "name", outer, "netns",
            Self.bridge,
        ])
        try Self.inBridge(["ip", "link", "set", outer, "master", "br0", "up"])
        try place.exec(["ip", "addr", "add", "\(place.address)/24", "dev", inner])
        try place.exec(["ip", "link", "set", inner, "up"])
        try place.exec(["ip", "link", "set", "lo", "up"])
        try place.exec(["nft", "add", "table", "inet", "chaos"])
        for hook in ["input", "output"] {
            try place.exec(["nft", "add chain inet chaos \(hook) { type filter hook \(hook) priority 0; }"])
        }
        return place
    }
}

/// Where one office lives, and what its lines suffer.
struct Place {
    let namespace: String
    let address: String

    var words: [String] { ["ip", "netns", "exec", namespace] }
    func exec(_ command: [String]) throws { try Command.must(words + command) }

    /// Drops so many packets of a hundred that come in, or go out; 100 is a cut one way.
    func drop(_ percent: Int, _ hook: String) throws {
        let some = percent < 100 ? "numgen random mod 100 < \(percent) " : ""
        try exec(["nft", "add rule inet chaos \(hook) meta l4proto tcp \(some)drop"])
    }

    func limit(kilobits: Int) throws {
        try exec([
            "tc", "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", "\(kilobits)kbit", "burst", "16kb",
            "latency",
            "400ms",
        ])
    }

    func heal() throws {
        for hook in ["input", "output"] { try exec(["nft", "flush", "chain", "inet", "chaos", hook]) }
        _ = try Command.run(words + ["tc", "qdisc", "del", "dev", "eth0", "root"])
    }
}
