/// SplitMix64: the same seed gives the same file everywhere.
struct TableRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// One of `choices`, which are not empty.
    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }

    /// A text of scalars that are likely to matter to CSV, to spreadsheets or to Unicode.
    mutating func text(lengthMax: Int) -> String {
        let scalars: [Unicode.Scalar] = [
            ",", ";", "\t", "\"", "'", "\r", "\n", "=", "+", "-", "@", " ", "a", "0", "甲", "乙", "\u{20BB7}",
            "\u{301}", "\u{FF1D}", "\u{FEFF}", "\u{F92C}", "\u{200D}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...lengthMax, using: &self) { text.append(pick(scalars)) }
        return String(text)
    }
}
