/// One SQLite value, as a changeset carries it.
///
/// Equal when storage class and bytes are: 1 and 1.0 differ, and so do two NaN of different bits.
package enum CellValue: Sendable, CustomStringConvertible {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    package var description: String {
        switch self {
        case .null: "NULL"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let value): value
        case .blob(let value): "x'\(value.hex)'"
        }
    }
}

extension CellValue: Hashable {
    package static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.integer(let x), .integer(let y)): x == y
        case (.real(let x), .real(let y)): x.bitPattern == y.bitPattern
        // By bytes: Swift's own equality of strings is by canonical equivalence.
        case (.text(let x), .text(let y)): x.utf8.elementsEqual(y.utf8)
        case (.blob(let x), .blob(let y)): x == y
        case (.null, _), (.integer, _), (.real, _), (.text, _), (.blob, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .integer(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value.bitPattern)
        case .text(let value): for byte in value.utf8 { hasher.combine(byte) }
        case .blob(let value): hasher.combine(value)
        }
    }
}

extension CellValue {
    /// SQLite's BINARY order across storage classes: NULL, numbers by value, text and blobs by bytes.
    /// - Returns: negative, zero or positive. Zero for 1 and 1.0, which are nevertheless not equal.
    package func order(against other: CellValue) -> Int {
        if storageRank != other.storageRank { return storageRank < other.storageRank ? -1 : 1 }
        switch (self, other) {
        case (.text(let x), .text(let y)): return Self.compareBytes(x.utf8, y.utf8)
        case (.blob(let x), .blob(let y)): return Self.compareBytes(x, y)
        case (.integer(let x), .integer(let y)): return x < y ? -1 : (x > y ? 1 : 0)
        case (.real(let x), .real(let y)): return x < y ? -1 : (x > y ? 1 : 0)
        case (.integer(let x), .real(let y)): return Self.compare(x, y)
        case (.real(let x), .integer(let y)): return -Self.compare(y, x)
        default: return 0  // NULL and NULL.
        }
    }

    private var storageRank: Int {
        switch self {
        case .null: 0
        case .integer, .real: 1
        case .text: 2
        case .blob: 3
        }
    }

    private static func compareBytes(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Int {
        if a.elementsEqual(b) { return 0 }
        return a.lexicographicallyPrecedes(b) ? -1 : 1
    }

    /// Exact, where turning the integer into a Double would round.
    private static func compare(_ integer: Int64, _ real: Double) -> Int {
        if real < -0x1p63 { return 1 }
        if real >= 0x1p63 { return -1 }
        let whole = Int64(real)  // Toward zero; in range by the two lines above (NaN is never stored by SQLite).
        if integer != whole { return integer < whole ? -1 : 1 }
        let rest = real - Double(whole)
        return rest > 0 ? -1 : (rest < 0 ? 1 : 0)
    }
}
