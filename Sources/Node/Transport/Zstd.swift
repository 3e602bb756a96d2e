internal import CZstd
import Exchange

/// Compresses one stream; each flush ends on a boundary that the other side can read up to.
struct ZstdCompressor: ~Copyable {
    private let context: OpaquePointer

    /// Level 1: on change sets as large as level 3, in half the time (docs/performance.md).
    init() {
        context = ZSTD_createCCtx()
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1)
        // 1 MiB of window: what a receiver must keep in memory for this stream.
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 20)
    }

    deinit { ZSTD_freeCCtx(context) }

    borrowing func flush(_ bytes: [UInt8]) -> [UInt8] { compress(bytes, ZSTD_e_flush) }
    borrowing func finish(_ bytes: [UInt8]) -> [UInt8] { compress(bytes, ZSTD_e_end) }

    private borrowing func compress(_ bytes: [UInt8], _ directive: ZSTD_EndDirective) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count) + 128)
        var produced = 0
        bytes.withUnsafeBytes { source in
            var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var left = 1
            while left > 0 || input.pos < input.size {
                if output.count - produced < 64 { output.append(contentsOf: [UInt8](repeating: 0, count: 1 << 16)) }
                output.withUnsafeMutableBytes { target in
                    var out = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: produced)
                    left = ZSTD_compressStream2(context, &out, &input, directive)
                    produced = out.pos
                }
                precondition(ZSTD_isError(left) == 0, "zstd cannot fail on memory it was given")
            }
        }
        output.removeLast(output.count - produced)
        return output
    }
}

/// Decompresses one stream in bounded pieces, so that a compressed bomb never becomes memory.
package final class ZstdDecompressor {
    private let context: OpaquePointer
    private var input: [UInt8] = []
    private var position = 0
    private var mayHoldMore = false
    private var output = [UInt8](repeating: 0, count: 1 << 17)

    package init() {
        context = ZSTD_createDCtx()
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23)
    }

    deinit { ZSTD_freeDCtx(context) }

    /// - Precondition: ``next()`` has returned nil since the last feed.
    package func feed(_ bytes: [UInt8]) {
        input = bytes
        position = 0
    }

    /// The next piece, at most 128 KiB; nil when more input is needed.
    package func next() throws(RefusedStream) -> ArraySlice<UInt8>? {
        while position < input.count || mayHoldMore {
            var produced = 0
            let code = input.withUnsafeBytes { source in
                var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                defer { position = from.pos }
                return output.withUnsafeMutableBytes { target in
                    var to = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    defer { produced = to.pos }
                    return ZSTD_decompressStream(context, &to, &from)
                }
            }
            guard ZSTD_isError(code) == 0 else { throw .notCompressed }
            mayHoldMore = produced == output.count
            if produced > 0 { return output[..<produced] }
        }
        return nil
    }
}
