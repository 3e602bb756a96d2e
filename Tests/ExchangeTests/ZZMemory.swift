import ChangeSets
import Exchange
import Foundation
import Testing

func rss() -> Int {
    let s = try! String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return Int(s[1])! * 4096
}
@Suite struct ZZ {
    @Test func memory() throws {
        let feed = try TestFeed(4096)
        let wire = feed.headers.map(\.bytes)
        let before = rss()
        var kept: [[SealedHeader]] = []
        let c = ContinuousClock()
        let t = try c.measure {
        for _ in 0..<20 { kept.append(try wire.map { try SealedHeader(parsing: Array($0.map { $0 })) }) }
        }
        let bytes = wire.reduce(0) { $0 + $1.count }
        print("per header", (rss() - before) / (20 * 4096), "bytes", bytes / 4096, "stride", MemoryLayout<SealedHeader>.stride, t / (20*4096), kept.count)
        let b2 = rss()
        let hostile = [UInt8]([0x0a]) + [0x80, 0x80, 0x80, 0x08] + [UInt8](repeating: 0, count: 0)
        _ = hostile
        var frame = [UInt8]()
        let n = 8 << 20
        var inner = [UInt8](); inner.reserveCapacity(2*n)
        for _ in 0..<(n-100) { inner.append(0x0a); inner.append(0) }
        var len = UInt64(inner.count); var v: [UInt8] = []
        while len >= 0x80 { v.append(UInt8(len & 0x7f) | 0x80); len >>= 7 }
        v.append(UInt8(len))
        frame = [0x0a] + v + inner
        let l = UInt32(frame.count)
        frame = [24,16,8,0].map { UInt8(truncatingIfNeeded: l >> $0) } + frame
        var reader = FrameReader()
        try reader.append(frame)
        let t2 = try c.measure {
        let f = try reader.next()
        print("frame rss", (rss() - b2) >> 20, "MiB")
        _ = f
        }
        print(t2, "peak", try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n").first { $0.hasPrefix("VmHWM") }!)
    }
}
