/// The replica's seams to the world: time and randomness. The simulator gives its own.
package struct ReplicaEnvironment: Sendable {
    /// Milliseconds since 1970, as the office's clock shows it. A label, never a judge.
    package let now_ms: @Sendable () -> Int64
    /// That many random bytes.
    package let random: @Sendable (Int) -> [UInt8]

    package init(now_ms: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now_ms = now_ms
        self.random = random
    }
}

/// Who acts, as the office names them.
package struct ActingUser: Sendable, Hashable {
    package let name: String
    /// Whether the office checked who it is.
    package let verified: Bool

    package init(_ name: String, verified: Bool = false) {
        self.name = name
        self.verified = verified
    }
}
