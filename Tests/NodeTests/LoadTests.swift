import ChangeSets
import Exchange
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Node
@testable import Replica

@Suite struct `Calls under way` {
    private let one = try! OfficeCode("330106109")
    private let other = try! OfficeCode("330106110")

    @Test func `are bounded, of one office and of all, and make room when they end`() throws {
        let load = CallLoad(totalMax: 3, ofOneMax: 2)
        var seats = [try load.enter(one), try load.enter(one)]
        let error = #expect(throws: HTTPError.self) { _ = try load.enter(one) }
        #expect(error?.status == .serviceUnavailable && error?.headers[.retryAfter] == "5")
        seats.append(try load.enter(other))
        #expect(throws: HTTPError.self) { _ = try load.enter(nil) }
        seats.removeFirst()
        seats.append(try load.enter(nil))
        seats.removeAll()
        _ = try (0..<2).map { _ in try load.enter(one) }
    }

    @Test func `share their memory, and give back what they held`() {
        let budget = MemoryBudget(bytesMax: 100)
        let first = budget.share()
        do {
            let second = budget.share()
            #expect(first.hold(60) && second.hold(40) && !second.hold(41))
            #expect(first.hold(50) && second.hold(50))
        }
        #expect(first.hold(100) && !first.hold(101))
    }

    @Test func `end that have not asked anything in time, and stay when they have`() throws {
        let limit = TimeAmount.seconds(20)
        let (silent, asking) = (EmbeddedChannel(), EmbeddedChannel())
        for channel in [silent, asking] {
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            try channel.pipeline.syncOperations.addHandler(FirstRequestDeadline(limit: limit))
        }
        try asking.writeInbound("a request's head")
        for channel in [silent, asking] { channel.embeddedEventLoop.advanceTime(by: limit) }
        #expect(!silent.isActive && asking.isActive)
        #expect(try asking.readInbound(as: String.self) == "a request's head")
    }

    @Test func `that met a full disk are remembered for a while, and other errors are not`() {
        let watch = StorageWatch(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        watch.note(CancellationError(), elapsed: .seconds(1))
        #expect(watch.failure(elapsed: .seconds(1)) == nil)
        watch.note(SQLiteFailure(code: 13, message: "full", doing: ""), elapsed: .seconds(2))
        #expect(watch.failure(elapsed: .seconds(100))?.contains("disk is full") == true)
        #expect(watch.failure(elapsed: .seconds(400)) == nil)
    }

    @Test func `of addresses pass on those that can be called, and not every change for ever`() {
        let book = AddressBook()
        let heard = [one: "10.0.0.1:7443", other: "10.0.0.2:7443"]
        #expect(book.believable(heard, by: one, 0) == [one: "10.0.0.1:7443"])
        for odd in ["0.0.0.0:7443", "[::]:7443", "10.0.0.1:0", "x", "a b:1"] {
            #expect(book.believable([one: odd], by: one, 0).isEmpty, "\(odd)")
        }
        // Said twice each, too.
        let passed = (1...100).filter { number in
            [0, 1].contains { _ in !book.believable([one: "10.0.0.\(number):7443"], by: one, Int64(number)).isEmpty }
        }
        #expect(passed.count <= 10)
        #expect(!book.believable([one: "10.0.1.1:7443"], by: one, 4_000_000).isEmpty)
    }
}

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(2))) struct `Questions that never end` {
        @Test func `are few of one office, and another office is answered`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                let (hostile, other) = (try HostileOffice(village), try HostileOffice(tree[Tree.village2]))
                try await withThrowingTaskGroup(of: Int?.self) { group in
                    var open: [ByteStream.Continuation] = []
                    for _ in 0..<12 {
                        let (question, feeding) = ByteStream.makeStream()
                        feeding.yield(ByteBuffer(bytes: [UInt8](repeating: 0, count: 1 << 16)))
                        open.append(feeding)
                        group.addTask { try await hostile.upload(question, to: town, path: "/v1/hello").status }
                    }
                    // Those beyond the bound are sent away at once; the others wait for the rest of theirs.
                    for _ in 0..<4 { #expect(try await group.next() == 503) }
                    let answer = try await other.say("/v1/hello", other.greeting().encoded(), to: town)
                    #expect(answer.status == 200, "\(answer)")
                    for feeding in open { feeding.finish() }
                    for _ in 0..<8 { #expect(try await group.next() == 400) }
                }
            }
        }
    }

    @Suite(.timeLimit(.minutes(2))) struct `An idle poll` {
        @Test func `ends in time, however often something is committed that is nothing to the child`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (district, town) = (tree[Tree.district], tree[Tree.town])
                let asking = try HostileOffice(town)
                let message = DownMessage(
                    heads: try district.replica().vector(with: town.code),
                    knownStatements: try district.replica().statements(forChild: town.code, known: [:]).map {
                        StatementMark(
                            author: $0.statement.author, scope: $0.statement.scope, ordinal: $0.statement.ordinal)
                    }, waitSeconds: 1, directoryOnly: false)
                let over = Over()
                async let answer = poll(district, asking, message, over)
                var writes = 0
                while !over.isSet {
                    writes += 1
                    try district.write(Rows.households(1, at: Tree.otherVillage, from: writes))
                    await Task.yield()
                }
                #expect(try await answer == [.end(more: false)])
                #expect(writes > 3)
            }
        }

        private func poll(
            _ district: Office, _ asking: HostileOffice, _ message: DownMessage, _ over: Over
        ) async throws -> [StreamFrame] {
            defer { over.set() }
            return try await asking.calling(district) { client in
                var (reading, frames) = (StreamReading(), [StreamFrame]())
                for try await buffer in try await client.stream("/v1/down", message.encoded()) {
                    frames += try reading.frames(in: buffer)
                }
                return frames
            }
        }
    }
}

private final class Over: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
