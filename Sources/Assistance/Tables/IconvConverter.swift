// The only file that calls iconv.
import Glibc

/// One of glibc's conversions between encodings, exact: it neither leaves characters out nor replaces them.
struct IconvConverter: ~Copyable {
    private let descriptor: iconv_t

    /// - Throws: `.converterMissing`: some distributions package all but the commonest encodings separately.
    init(from source: String, to target: String) throws(TextEncodingError) {
        guard let descriptor = iconv_open(target, source), Int(bitPattern: descriptor) != -1 else {
            throw .converterMissing
        }
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    enum Conversion {
        case done([UInt8])
        /// The offset of the first character that is malformed, cut off, or unknown to the target.
        case stopped(offset: Int)
    }

    consuming func convert(_ input: [UInt8]) -> Conversion {
        var output: [UInt8] = []
        output.reserveCapacity(input.count + input.count / 2)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var consumed = 0
        while consumed < input.count {
            let step = step(input[consumed...], into: &chunk)
            consumed += step.read
            output += chunk[..<step.written]
            // A full chunk is no fault, as long as the turn moved on.
            guard step.fault == 0 || (step.fault == E2BIG && step.read > 0) else { return .stopped(offset: consumed) }
        }
        return .done(output)
    }

    /// - Returns: bytes read and written, and the error number that stopped it, or 0.
    private func step(
        _ input: ArraySlice<UInt8>, into chunk: inout [UInt8]
    ) -> (read: Int, written: Int, fault: Int32) {
        input.withUnsafeBytes { source in
            chunk.withUnsafeMutableBytes { target in
                // iconv moves the pointer and never writes through it; its type is older than `const`.
                var from = UnsafeMutableRawBufferPointer(mutating: source).bindMemory(to: CChar.self).baseAddress
                var to = target.bindMemory(to: CChar.self).baseAddress
                var unread = source.count
                var room = target.count
                let result = iconv(descriptor, &from, &unread, &to, &room)
                let fault = result == -1 ? errno : 0
                return (source.count - unread, target.count - room, fault)
            }
        }
    }
}
