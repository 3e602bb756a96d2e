import Assistance
import Testing

private let sample = "姓名,户编号\r\n甲一,㐀𠮷\r\n€,x\r\n"

@Suite struct `Encodings of a file` {
    @Test(arguments: TextEncoding.allCases)
    func `each is detected and read`(encoding: TextEncoding) throws {
        let decoded = try TextEncoding.decode(try encoding.encode(sample))
        #expect(decoded.text == sample)
        #expect(decoded.encoding == encoding)
    }

    @Test func `an empty file is UTF-8`() throws {
        #expect(try TextEncoding.decode([]).encoding == .utf8)
        #expect(try TextEncoding.decode([]).text == "")
    }

    @Test func `the bytes are those of the standards`() throws {
        #expect(try TextEncoding.utf8.encode("中") == [0xE4, 0xB8, 0xAD])
        #expect(try TextEncoding.utf8WithMark.encode("中") == [0xEF, 0xBB, 0xBF, 0xE4, 0xB8, 0xAD])
        #expect(try TextEncoding.utf16LittleEndian.encode("中𠮷") == [0xFF, 0xFE, 0x2D, 0x4E, 0x42, 0xD8, 0xB7, 0xDF])
        #expect(try TextEncoding.utf16BigEndian.encode("中") == [0xFE, 0xFF, 0x4E, 0x2D])
        // Two bytes as in GBK; four for the rest of the basic plane (U+3400) and the planes above (U+10000).
        #expect(
            try TextEncoding.gb18030.encode("a中€㐀\u{10000}")
                == [0x61, 0xD6, 0xD0, 0xA2, 0xE3, 0x81, 0x39, 0xEE, 0x39, 0x90, 0x30, 0x81, 0x30])
    }

    @Test func `GB 18030 holds every character but 24 of private use, which are named with their line`() throws {
        var all = String.UnicodeScalarView()
        var refused = 0
        for value in 1...UInt32(0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if (0xE78D...0xE864).contains(value) {
                do throws(TextEncodingError) {
                    _ = try TextEncoding.gb18030.encode("甲\r\n乙\n丙\r\(scalar)丁")
                } catch {
                    #expect(error == .unencodable(scalar, line: 4))
                    refused += 1
                    continue
                }
            }
            all.append(scalar)
        }
        #expect(refused == 24)
        let bytes = try TextEncoding.gb18030.encode(String(all))
        #expect(try TextEncoding.decode(bytes, as: .gb18030).text.unicodeScalars.elementsEqual(all))
    }

    @Test func `a byte order mark in GB 18030 is taken off`() throws {
        #expect(try TextEncoding.decode([0x84, 0x31, 0x95, 0x33, 0xD6, 0xD0], as: .gb18030).text == "中")
    }

    @Test(
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x61, 0xD6, 0xD0], .malformed(.utf8WithMark, offset: 4)),
            ([0xFF, 0xFE, 0x61, 0x00, 0x00, 0xDC], .malformed(.utf16LittleEndian, offset: 4)),
            ([0xFE, 0xFF, 0x00, 0x61, 0xD8, 0x00], .malformed(.utf16BigEndian, offset: 4)),
            ([0xFE, 0xFF, 0x00, 0x61, 0x4E], .malformed(.utf16BigEndian, offset: 4)),
            ([0xFF, 0xFE, 0x61, 0x00, 0x00, 0x00], .notText(offset: 4)),
            ([0x61, 0xD6, 0xD0, 0xFF, 0x61], .unknown(utf8Offset: 1, gb18030Offset: 3)),
            ([0x61, 0xD6, 0xD0, 0xD6], .unknown(utf8Offset: 1, gb18030Offset: 3)),
            ([0x61, 0x2C, 0x00], .notText(offset: 2)),
            ([0xD6, 0xD0, 0x00], .notText(offset: 2)),
            ([0x50, 0x4B, 0x03, 0x04, 0x14], .workbook),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], .workbook),
        ] as [([UInt8], TextEncodingError)])
    func `what is no text is refused with the offset of its first bad byte`(bytes: [UInt8], error: TextEncodingError) {
        #expect(throws: error) { try TextEncoding.decode(bytes) }
    }

    @Test func `UTF-8 with a damaged byte is not taken for GB 18030`() throws {
        var bytes = try TextEncoding.utf8.encode("甲一乙二丙三丁四")
        bytes[4] = 0xC3
        // GB 18030 would accept these very bytes, with other names in them.
        #expect(throws: Never.self) { try TextEncoding.decode(bytes, as: .gb18030) }
        #expect(throws: TextEncodingError.damagedUTF8(offset: 3)) { try TextEncoding.decode(bytes) }
    }

    @Test func `a stated encoding is not second-guessed`() throws {
        // 一 in GB 18030 is a Cyrillic letter in UTF-8.
        #expect(try TextEncoding.decode([0xD2, 0xBB]).text == "\u{4BB}")
        #expect(try TextEncoding.decode([0xD2, 0xBB], as: .gb18030).text == "一")
        #expect(throws: TextEncodingError.malformed(.utf8, offset: 0)) {
            try TextEncoding.decode([0xD6, 0xD0], as: .utf8)
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `Chinese text in GB 18030 is never taken for damaged UTF-8`(seed: UInt64) throws {
        var random = TableRandom(seed: seed)
        // The 3,755 commonest characters, at the places where GB 2312 has them.
        var bytes = try TextEncoding.gb18030.encode("户编号,姓名\n")
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            bytes.append(UInt8.random(in: 0xB0...0xD6, using: &random))
            bytes.append(UInt8.random(in: 0xA1...0xFE, using: &random))
        }
        #expect(try TextEncoding.decode(bytes).encoding == .gb18030)
    }

    @Test func `an error says what happened and what to do`() {
        let errors: [TextEncodingError] = [
            .workbook, .malformed(.utf16BigEndian, offset: 4), .damagedUTF8(offset: 3),
            .unknown(utf8Offset: 1, gb18030Offset: 3), .notText(offset: 2),
            .unencodable("\u{E78D}", line: 4), .converterMissing,
        ]
        #expect(
            errors.map(\.description) == [
                "this is a spreadsheet's own file, not text; open it and save it as ‘CSV UTF-8’",
                "byte 4 is not UTF-16; save the file again as ‘CSV UTF-8’",
                "the file is UTF-8, but damaged at byte 3; save it again as ‘CSV UTF-8’ or copy it anew",
                "the file is neither UTF-8 (byte 1) nor GB 18030 (byte 3); save it again as ‘CSV UTF-8’",
                "byte 2 is a zero, which text does not have; save the file again as ‘CSV UTF-8’",
                "line 4: GB 18030 has no character U+E78D; write UTF-8 instead",
                "this system cannot convert GB 18030; install glibc's converters "
                    + "(libc-gconv-modules-extra, glibc-gconv-extra), or save the file as ‘CSV UTF-8’",
            ])
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `random bytes are text or refused within the file`(seed: UInt64) {
        var random = TableRandom(seed: seed)
        let marks: [[UInt8]] = [[], [], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
        var bytes = random.pick(marks)
        for _ in 0..<Int.random(in: 0...40, using: &random) { bytes.append(UInt8.random(in: 0...255, using: &random)) }
        do throws(TextEncodingError) {
            let decoded = try TextEncoding.decode(bytes)
            #expect(try decoded.encoding.encode(decoded.text) == bytes)
        } catch {
            switch error {
            case .malformed(_, let offset), .damagedUTF8(let offset), .notText(let offset):
                #expect(bytes.indices.contains(offset))
            case .unknown(let utf8Offset, let gb18030Offset):
                #expect(bytes.indices.contains(utf8Offset) && bytes.indices.contains(gb18030Offset))
            case .workbook, .unencodable, .converterMissing:
                Issue.record("\(error)")
            }
        }
    }
}
