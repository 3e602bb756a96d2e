/// SplitMix64: the same seed gives the same bytes on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }
}

extension [UInt8] {
    /// One to three changes such as a broken line or a liar makes: flips, cuts, repeats and foreign bytes.
    func mutated(using random: inout SeededGenerator) -> [UInt8] {
        var bytes = self
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let place = bytes.indices.randomElement(using: &random) else { return random.bytes(4) }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = [0x00, 0x7f, 0x80, 0xff].randomElement(using: &random)!
            case 2: bytes.removeSubrange(place..<Swift.min(bytes.count, place + Int.random(in: 1...8, using: &random)))
            case 3: bytes.insert(contentsOf: random.bytes(Int.random(in: 1...8, using: &random)), at: place)
            case 4: bytes.insert(contentsOf: bytes[place...].prefix(16), at: place)
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }
}
