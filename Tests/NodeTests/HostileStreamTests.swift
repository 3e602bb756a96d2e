import ChangeSets
import Exchange
import Foundation
import NIOCore
import Replica
import Synchronization
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(4))) struct `A hostile stream` {
        @Test func `ends with a reason, whatever it is, and memory stays bounded`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (above, town) = (tree[Tree.district], tree[Tree.town])
                let hostile = try HostileOffice(town)
                try tree[Tree.village].write(Rows.households(3, at: Tree.village, from: 1))
                try tree.carry(from: tree[Tree.village], to: town)
                let honest = try Delivery(from: try town.replica(), to: Tree.district, known: [:])
                try town.replica().issueStatements()
                let statement = try #require(try town.replica().statementsForParent().first)
                let first = try await hostile.upload(honest.stream, to: above)
                #expect(first.reply?.rejected.isEmpty == true, "\(first.reason)")
                let vector = try above.replica().vector(with: above.code)
                let pid = try #require(above.node).pid
                for stream in HostileStream.allCases {
                    let before = try ProcessMemory.residentBytes(pid)
                    @Sendable func peer() throws -> PeerRecord? {
                        try above.replica().peers().first { $0.office == town.code }
                    }
                    let refused = try peer()?.refused ?? 0
                    let answer = try await hostile.upload(try stream.buffers(honest, statement), to: above)
                    let grown = try ProcessMemory.peakBytes(pid) - before
                    #expect(grown < 256 << 20, "\(stream): \(grown >> 20) MiB more")
                    #expect(above.isRunning, "\(stream): \(above.node!.sofar.errorText)")
                    // A sender that never stops may miss the answer; the operator does not.
                    if case .ok = answer {
                        #expect(answer.reason.contains(stream.reason), "\(stream): \(answer.reason)")
                    } else if case .refused(let status, let said) = answer {
                        #expect(status == 400 && said.contains(stream.reason), "\(stream): \(status) \(said)")
                    }
                    try await tree.until("\(stream) is noted") {
                        // Of this one, and not of the one before it with the same reason.
                        guard let noted = try peer(), noted.refused > refused else { return false }
                        return noted.lastRefusal?.contains(stream.reason) == true
                    }
                    #expect(try above.replica().vector(with: above.code) == vector, "\(stream)")
                }
                // It still serves whoever is honest.
                try await tree.start(tree[Tree.otherTown])
                try await tree.until("another town is in exchange") {
                    try above.replica().peers().contains { $0.office == Tree.otherTown }
                }
                try await above.sanji("verify").expecting(0)
            }
        }

        @Test func `loses nothing that arrived whole before it`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (above, town) = (tree[Tree.district], tree[Tree.town])
                let hostile = try HostileOffice(town)
                for (number, tail) in [[0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 1], []].enumerated()
                    as EnumeratedSequence<[[UInt8]]>
                {
                    try tree[Tree.village].write(Rows.households(1, at: Tree.village, from: number))
                    try tree.carry(from: tree[Tree.village], to: town)
                    let honest = try Delivery(
                        from: try town.replica(), to: Tree.district, known: try above.replica().vector(with: town.code))
                    let frames = honest.frames.dropLast().flatMap { $0.encoded() }
                    let answer = try await hostile.upload(ZstdCompressor().finish(frames + tail), to: above)
                    #expect(answer.status == 400, "\(answer)")
                    #expect(try above.count("SELECT count(*) FROM household") == number + 1)
                }
            }
        }
    }
}
