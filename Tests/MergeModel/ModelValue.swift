/// One SQLite value.
///
/// "Values are equal when storage class and bytes are": `1` is not `1.0`, `0.0` is not `-0.0`, and two
/// spellings of one letter in Unicode are two values.
package enum ModelValue: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension ModelValue: Hashable {
    package static func == (left: ModelValue, right: ModelValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let left), .integer(let right)): left == right
        case (.real(let left), .real(let right)): left.bitPattern == right.bitPattern
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.blob(let left), .blob(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null:
            hasher.combine(0)
        case .integer(let integer):
            hasher.combine(1)
            hasher.combine(integer)
        case .real(let real):
            hasher.combine(2)
            hasher.combine(real.bitPattern)
        case .text(let text):
            hasher.combine(3)
            hasher.combine(Array(text.utf8))
        case .blob(let bytes):
            hasher.combine(4)
            hasher.combine(bytes)
        }
    }
}
