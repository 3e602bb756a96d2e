/// What stands between the cells of a record; spreadsheets take it from the region of the computer.
package enum CsvDelimiter: UInt8, Sendable, CaseIterable {
    case comma = 0x2C
    case semicolon = 0x3B
    case tab = 0x09

    /// The candidate that the first record has most of outside quotes; comma when it has none, and among equals.
    static func detected(in bytes: [UInt8]) -> CsvDelimiter {
        var counts: [CsvDelimiter: Int] = [:]
        var isQuoted = false
        for byte in bytes {
            if byte == .quote { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == .lineFeed || byte == .carriageReturn { break }
            if let candidate = CsvDelimiter(rawValue: byte) { counts[candidate, default: 0] += 1 }
        }
        var best = CsvDelimiter.comma
        for candidate in allCases where counts[candidate, default: 0] > counts[best, default: 0] { best = candidate }
        return best
    }
}

extension UInt8 {
    static let quote: UInt8 = 0x22
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
}
