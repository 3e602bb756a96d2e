/// Whether bytes are well-formed UTF-8 (RFC 3629) without U+0000, without making a String of every value. A text after a zero
/// byte is there for some of SQLite's functions and not for others, and most programs that read the file end there.
enum UTF8Text {
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            if first < 0x80 {
                guard first != 0 else { return false }
                index += 1
                continue
            }
            // Length of the sequence, and the bounds of its second byte: no overlong form, no surrogate, no more than U+10FFFF.
            let (length, low, high): (Int, UInt8, UInt8)
            switch first {
            case 0xC2...0xDF: (length, low, high) = (2, 0x80, 0xBF)
            case 0xE0: (length, low, high) = (3, 0xA0, 0xBF)
            case 0xED: (length, low, high) = (3, 0x80, 0x9F)
            case 0xE1...0xEF: (length, low, high) = (3, 0x80, 0xBF)
            case 0xF0: (length, low, high) = (4, 0x90, 0xBF)
            case 0xF1...0xF3: (length, low, high) = (4, 0x80, 0xBF)
            case 0xF4: (length, low, high) = (4, 0x80, 0x8F)
            default: return false
            }
            guard length <= bytes.count - index, (low...high).contains(bytes[index + 1]) else { return false }
            for next in index + 2..<index + length where bytes[next] & 0xC0 != 0x80 { return false }
            index += length
        }
        return true
    }
}
