import Assistance
import ChangeSets
import Exchange
import Foundation
import NIOCore
import NIOPosix
import Replica
import Synchronization
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct Lines {
        @Test func `a change waits while the line is cut, and is at the district when it is back`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let village = tree[Tree.village]
                // The line is the only way to the town that anybody is told of.
                try await tree.start(tree[Tree.town], "--advertise", "\(village.line!.address)")
                for office in tree.all where !office.isRunning { try await tree.start(office) }
                try await tree.untilQuiet()
                village.line!.cut()
                try await village.sanji(
                    "sql", "INSERT INTO household (area, id, household_no) VALUES (office(), x'01', '1')", "--write",
                    "--as", "甲一"
                ).expecting(0)
                let cutOff = try await village.status()
                #expect(cutOff.running && cutOff.changes.own == 1 && cutOff.changes.waiting == 1)
                #expect(cutOff.changes.reached.isEmpty)
                village.line!.mend()
                try await tree.until("the village has heard that it arrived") {
                    try village.replica().fates().reached == [Tree.district: 1]
                }
                let connected = try await village.status()
                #expect(connected.changes.waiting == 0 && connected.changes.reached == ["330106": 1])
                #expect(try tree[Tree.district].text("SELECT household_no FROM household") == "1")
                // What is decided above comes down, over lines on which nothing was asked for.
                try tree[Tree.district].write(
                    "UPDATE household SET review_every = 'year', review_due = '2027-11-30'", as: "乙二")
                try await tree.until("the decision is at the village") {
                    try village.text("SELECT review_due FROM household") == "2027-11-30"
                }
                #expect(try tree[Tree.village2].count("SELECT count(*) FROM household") == 0)
                try await tree.untilQuiet()
            }
        }

        @Test func `a row for an area that no office has arrives, and its office hears of that`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let town = tree[Tree.town]
                try town.write("INSERT INTO household (area, id) VALUES ('\(Tree.town)555', x'01')")
                try await tree.until("the town has heard that it arrived") {
                    try town.replica().fates().reached == [Tree.district: 1]
                }
            }
        }

        @Test func `a parent that has moved is found, by way of the root`() async throws {
            try await Tree.with { tree in
                let (town, village) = (tree[Tree.town], tree[Tree.village])
                try await tree.untilQuiet()
                // The way that the operator gave ends here; from now on there is only the directory.
                village.line!.cut()
                try await town.kill()
                try await town.start()
                try village.write(Rows.households(1, at: Tree.village, from: 1))
                try await tree.until("the village's change is at the district") {
                    try tree[Tree.district].count("SELECT count(*) FROM household") == 1
                }
            }
        }

        @Test func `a call beside the exchange asks at every address, whatever the exchange finds meanwhile`()
            async throws
        {
            try await Tree.with(starting: [Tree.district]) { tree in
                let town = tree[Tree.town]
                var settings = try town.folder.settings()
                settings.tokenAddress = "\(tree[Tree.district].address)"
                let called = Mutex<ParentLine?>(nil)
                // Hangs up on whoever calls, and by then the exchange has given up address after address.
                let silent = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .childChannelInitializer { channel in
                        channel.eventLoop.makeFutureWithTask {
                            guard let line = called.withLock({ $0 }) else { return }
                            for _ in 1..<(try await line.addressCount()) { await line.didNotAnswer() }
                            channel.close(promise: nil)
                        }
                    }.bind(host: "127.0.0.1", port: 0).get()
                settings.parentAddress = "127.0.0.1:\(silent.localAddress?.port ?? 0)"
                let line = try ParentLine(
                    replica: town.replica(), settings: settings, identity: town.folder.keys.loadIdentity())
                called.withLock { $0 = line }
                let failure = await #expect(throws: CallFailure.self) {
                    try await line.callBeside("/v1/hello", [])
                }
                try await silent.close()
                guard case .refused? = failure else {
                    Issue.record("the district was not asked: \(String(describing: failure))")
                    return
                }
            }
        }

        @Test func `a certificate that is not valid here is told from a line that is down`() async throws {
            try await Tree.with(starting: [Tree.town]) { tree in
                let stranger = try TrustDistrict(now: Date()).settings(Tree.village, now: Date()).client()
                let village = try HostileOffice(tree[Tree.village])
                let failure = await #expect(throws: CallFailure.self) {
                    try await village.calling(tree[Tree.town], tls: stranger) { try await $0.call("/v1/hello", []) }
                }
                guard case .untrusted(Tree.town, _, _)? = failure else {
                    Issue.record("\(String(describing: failure))")
                    return
                }
            }
        }

        @Test(arguments: [1, 2] as [UInt64])
        func `a transfer that is cut at any byte goes on where it was`(seed: UInt64) async throws {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                var random = SeededRandom(seed: seed)
                let (village, town, line) = (tree[Tree.village], tree[Tree.town], tree[Tree.village].line!)
                for number in 1...120 {
                    try village.write(Rows.households(20, at: Tree.village, from: number * 20, remarks: 400))
                }
                // And downward at once.
                for number in 1...60 { try town.write(Rows.announcement(at: Tree.town, number, length: 2_000)) }
                try village.closeReplica()
                func stored(_ office: Office, _ other: Office) throws -> UInt64 {
                    try office.replica().vector(with: other.code).values.reduce(0) { $0 + $1.number }
                }
                var (cuts, idle, before) = (0, 0, (up: UInt64(0), down: UInt64(0)))
                while true {
                    line.mend()
                    line.cuttable.cut(afterBytes: Int.random(in: 0..<150_000, using: &random))
                    let answer = try await village.sanji("sync", "--json").expecting(0, 1)
                    let now = (up: try stored(town, village), down: try stored(village, town))
                    try village.closeReplica()
                    #expect(now.up >= before.up && now.down >= before.down, "nothing that arrived is lost again")
                    idle = now == before ? idle + 1 : 0
                    try #require(idle < 25, "no progress at \(now)")
                    before = now
                    guard answer.end != .exited(0) else { break }
                    cuts += 1
                }
                #expect(cuts >= 4)
                #expect(try town.count("SELECT count(*) FROM household") == 2_400)
                #expect(try village.count("SELECT count(*) FROM announcement") == 60)
                // Nothing twice: every number of a feed is there once, and the chain holds.
                let double =
                    "SELECT count(*) FROM (SELECT feed FROM sanji_change_set GROUP BY feed, number HAVING count(*) > 1)"
                for office in [village, town] {
                    #expect(try office.count(double) == 0)
                    try await office.sanji("verify").expecting(0)
                }
                line.mend()
                try await village.sanji("verify", "--against", "parent").expecting(0)
            }
        }

        @Test func `villages go on while their town is down`() async throws {
            try await Tree.with { tree in
                try await tree[Tree.town].kill()
                for (index, code) in [Tree.village, Tree.village2].enumerated() {
                    for number in 1...20 {
                        try tree[code].write(Rows.households(1, at: code, from: 100 * index + number))
                    }
                    #expect(try tree[code].replica().fates().waiting == 20)
                }
                try tree[Tree.district].write(Rows.announcement(at: Tree.district, 1))
                try await tree.until("the other branch has the announcement") {
                    try tree[Tree.otherVillage].count("SELECT count(*) FROM announcement") == 1
                }
                #expect(try tree[Tree.village].count("SELECT count(*) FROM announcement") == 0)
                try await tree.start(tree[Tree.town])
                try await tree.untilQuiet()
                #expect(try tree[Tree.district].count("SELECT count(*) FROM household") == 40)
                #expect(try tree[Tree.village].count("SELECT count(*) FROM announcement") == 1)
            }
        }

        /// Domain 3.6, C13; the third time from a file, as whoever carries it by hand brings it.
        @Test func `change sets that come three times, once as a file, are there once`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town, Tree.village]) { tree in
                let (village, town, district) = (tree[Tree.village], tree[Tree.town], tree[Tree.district])
                for number in 1...3 { try village.write(Rows.households(2, at: Tree.village, from: number * 2)) }
                try await tree.until("the district has it, and the village knows") {
                    try village.replica().fates().reached == [Tree.district: 3]
                }
                let delivery = try Delivery(from: village.replica(), to: Tree.town, known: [:])
                let file = tree.folder.url.appending(path: "carried")
                try Data(delivery.stream).write(to: file)
                func counts() throws -> [Int] {
                    try [village, town, district].flatMap { office in
                        try ["sanji_change_set", "household", "sanji_refusal", "sanji_conflict"].map {
                            try office.count("SELECT count(*) FROM \($0)")
                        }
                    }
                }
                let (before, fates) = (try counts(), try village.replica().fates())
                let again = try await HostileOffice(village).upload(delivery.stream, to: town)
                #expect(again.reply?.stored == 0 && (again.reply?.known ?? 0) >= 3, "\(again.reason)")
                let bytes = try ByteBuffer(data: Data(contentsOf: file))
                var reading = StreamReading()
                var receiver = StreamReceiver(keys: { [directory = try town.replica().directory()] in
                    directory.authors[$0]?.verificationKey
                })
                for frame in try reading.frames(in: bytes) { try receiver.receive(frame) }
                let outcome = try town.replica().accept(receiver.takeBatch())
                #expect(outcome.stored == 0 && outcome.known >= 3 && outcome.rejected.isEmpty)
                #expect(try counts() == before)
                #expect(try village.replica().fates() == fates)
                for office in [village, town, district] { try await office.sanji("verify").expecting(0) }
            }
        }

        @Test func `several children at once are all taken`() async throws {
            try await Tree.with { tree in
                for office in tree.children { office.line!.cut() }
                for (index, code) in Tree.villages.enumerated() {
                    for number in 1...50 {
                        try tree[code].write(Rows.households(5, at: code, from: 10_000 * index + number * 5))
                    }
                }
                for office in tree.children { office.line!.mend() }
                try await tree.untilQuiet()
                #expect(try tree[Tree.district].count("SELECT count(*) FROM household") == 1_000)
                for code in [Tree.town, Tree.otherTown] {
                    #expect(try tree[code].count("SELECT count(*) FROM household") == 500)
                }
                try await tree.verifyAll()
            }
        }
    }
}
