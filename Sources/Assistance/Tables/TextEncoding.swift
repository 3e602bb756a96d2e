/// The encodings in which spreadsheets in China save text.
package enum TextEncoding: Sendable, CaseIterable {
    case utf8
    /// UTF-8 after a byte order mark, by which spreadsheets tell it from GB 18030.
    case utf8WithMark
    /// With a byte order mark; what spreadsheets call "Unicode text".
    case utf16LittleEndian
    case utf16BigEndian
    /// GB 18030, which contains GBK and GB 2312: "CSV" as a Chinese spreadsheet saves it.
    case gb18030

    /// The text of a file, without its byte order mark.
    ///
    /// A byte order mark decides; then valid UTF-8; then valid GB 18030. A file that is mostly UTF-8 with a damaged
    /// byte is refused, although it may be valid GB 18030 too: names would silently become other characters.
    /// - Parameter stated: The encoding where a person states it; then nothing is detected.
    /// - Throws: ``TextEncodingError`` with the offset in bytes from the start of the file.
    package static func decode(
        _ bytes: [UInt8], as stated: TextEncoding? = nil
    ) throws(TextEncodingError) -> DecodedText {
        for signature in workbookSignatures where bytes.starts(with: signature) { throw .workbook }
        let encoding = if let stated { stated } else { try detect(bytes) }
        let body = bytes.starts(with: encoding.mark) ? Array(bytes.dropFirst(encoding.mark.count)) : bytes
        return DecodedText(text: try encoding.text(body, offset: bytes.count - body.count), encoding: encoding)
    }

    /// The bytes of a file, with a byte order mark where the encoding has one.
    /// - Throws: `.unencodable` for GB 18030, which in glibc lacks 24 characters of the private use area;
    ///   `.converterMissing`.
    package func encode(_ text: String) throws(TextEncodingError) -> [UInt8] {
        switch self {
        case .utf8, .utf8WithMark: return mark + text.utf8
        case .utf16LittleEndian: return mark + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .utf16BigEndian: return mark + text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        case .gb18030:
            let utf8 = Array(text.utf8)
            switch try IconvConverter(from: "UTF-8", to: "GB18030").convert(utf8) {
            case .done(let bytes): return bytes
            case .stopped(let offset): throw unencodable(at: offset, of: utf8)
            }
        }
    }

    /// GB 18030 has none here: hardly a program knows its four bytes, so they would show. Reading takes them off.
    private var mark: [UInt8] {
        switch self {
        case .utf8, .gb18030: []
        case .utf8WithMark: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        }
    }

    /// A zip archive (xlsx, ods) and an OLE file (xls).
    private static let workbookSignatures: [[UInt8]] = [[0x50, 0x4B, 0x03, 0x04], [0xD0, 0xCF, 0x11, 0xE0]]

    private static func detect(_ bytes: [UInt8]) throws(TextEncodingError) -> TextEncoding {
        for marked in allCases where !marked.mark.isEmpty && bytes.starts(with: marked.mark) { return marked }
        let survey = UnicodeSurvey(bytes, as: UTF8.self)
        guard let utf8Offset = survey.firstError else { return .utf8 }
        guard survey.errors >= survey.longScalars else { throw .damagedUTF8(offset: utf8Offset) }
        switch try IconvConverter(from: "GB18030", to: "UTF-8").convert(bytes) {
        case .done: return .gb18030
        case .stopped(let offset): throw .unknown(utf8Offset: utf8Offset, gb18030Offset: offset)
        }
    }

    /// - Parameter start: Offset of `body` in the file.
    private func text(_ body: [UInt8], offset start: Int) throws(TextEncodingError) -> String {
        switch self {
        case .utf8, .utf8WithMark:
            if let zero = body.firstIndex(of: 0) { throw .notText(offset: start + zero) }
            if let text = String(validating: body, as: UTF8.self) { return text }
            let offset = UnicodeSurvey(body, as: UTF8.self).firstError ?? 0
            throw .malformed(self, offset: start + offset)
        case .utf16LittleEndian, .utf16BigEndian:
            let high = self == .utf16BigEndian ? 0 : 1
            let units = stride(from: 0, to: body.count - 1, by: 2).map {
                UInt16(body[$0 + high]) << 8 | UInt16(body[$0 + 1 - high])
            }
            if let zero = units.firstIndex(of: 0) { throw .notText(offset: start + 2 * zero) }
            if let unit = UnicodeSurvey(units, as: UTF16.self).firstError {
                throw .malformed(self, offset: start + 2 * unit)
            }
            if body.count % 2 == 1 { throw .malformed(self, offset: start + body.count - 1) }
            return String(decoding: units, as: UTF16.self)
        case .gb18030:
            if let zero = body.firstIndex(of: 0) { throw .notText(offset: start + zero) }
            switch try IconvConverter(from: "GB18030", to: "UTF-8").convert(body) {
            case .done(let utf8):
                let text = String(decoding: utf8, as: UTF8.self)
                return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
            case .stopped(let offset): throw .malformed(self, offset: start + offset)
            }
        }
    }

    /// Lines are counted as ``CsvReader`` counts them.
    private func unencodable(at offset: Int, of utf8: [UInt8]) -> TextEncodingError {
        let before = String(decoding: utf8[..<offset], as: UTF8.self).unicodeScalars
        var line = 1
        var previous: Unicode.Scalar?
        for scalar in before {
            if scalar == "\r" || (scalar == "\n" && previous != "\r") { line += 1 }
            previous = scalar
        }
        let rest = String(decoding: utf8[offset...].prefix(4), as: UTF8.self)
        return .unencodable(rest.unicodeScalars.first ?? "\u{FFFD}", line: line)
    }
}

package struct DecodedText: Hashable, Sendable {
    package let text: String
    package let encoding: TextEncoding
}
