import ChangeSets
import Exchange
import Foundation
import NIOCore
import NIOSSL
import Replica
import Testing

@testable import Node

extension `Offices as processes` {
    @Suite(.timeLimit(.minutes(3))) struct `A hostile peer` {
        @Test func `says nothing without a certificate but that it wants to join`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let above = tree[Tree.district]
                let hostile = try HostileOffice(tree[Tree.town])
                let without = try TLSSettings.joiningClient(authority: hostile.identity.authority)
                for path in ["/v1/hello", "/v1/up", "/v1/down", "/v1/digest"] {
                    let answer = try await hostile.say(path, [], to: above, tls: without)
                    #expect(answer.status == 401, "\(path): \(answer)")
                }
                #expect(try await hostile.say("/v1/join", [1, 2, 3], to: above, tls: without).status == 400)
                let long = try await hostile.say(
                    "/v1/join", Array(repeating: 0, count: 100_000), to: above, tls: without)
                #expect(long.status == 413, "\(long)")
                // A certificate of an authority that is not the district's does not even get that far.
                let foreign = try CertificateAuthority.create(district: Tree.district, now: Date())
                let keys = hostile.identity.keys
                let forged = try TLSSettings(
                    certificate: try foreign.issue(for: Tree.town, publicKey: keys.publicHalves.tls, now: Date()),
                    key: keys.tls, authority: hostile.identity.authority)
                guard case .dropped = try await hostile.say("/v1/join", [], to: above, tls: forged.client()) else {
                    Issue.record("a certificate of another authority was taken")
                    return
                }
            }
        }

        @Test func `is served by its certificate only`() async throws {
            try await Tree.with(starting: [Tree.district, Tree.town]) { tree in
                let (town, sibling) = (tree[Tree.town], tree[Tree.village2])
                try tree[Tree.village].write(Rows.households(5, at: Tree.village, from: 1))
                try await tree[Tree.village].sanji("sync").expecting(0)
                let hostile = try HostileOffice(sibling)
                let other = try HostileOffice(tree[Tree.otherVillage])
                // Not below this office at all.
                for path in ["/v1/hello", "/v1/up", "/v1/down", "/v1/digest"] {
                    let answer = try await other.say(path, [], to: town)
                    #expect(answer.status == 403 && answer.reason.contains("is not below"), "\(path): \(answer)")
                }
                // A child that says it is its sibling.
                var hello = HelloMessage(
                    office: Tree.village, author: hostile.identity.keys.author.author, software: "evil", schema: 1,
                    wallClock_ms: 0, vectorDigest: .zero)
                let lie = try await hostile.say("/v1/hello", hello.encoded(), to: town)
                #expect(lie.status == 403 && lie.reason.contains("is not \(Tree.village)'s"), "\(lie)")
                // And one that asks for its sibling's rows, with heads that it made up.
                let scope = Scope(area: Tree.village, audience: .village)
                let author = try HostileOffice(tree[Tree.village]).identity.keys.author.author
                for heads in [[:], [FeedID(author: author, scope: scope): FeedHead(number: 1, hash: .zero)]]
                    as [FeedVector]
                {
                    let message = DownMessage(heads: heads, knownStatements: [], waitSeconds: 0, directoryOnly: false)
                    let frames = try await hostile.calling(town) { client in
                        var (reading, frames) = (StreamReading(), [StreamFrame]())
                        for try await buffer in try await client.stream("/v1/down", message.encoded()) {
                            frames += try reading.frames(in: buffer)
                        }
                        return frames
                    }
                    var scopes: Set<Scope> = []
                    for case .run(let headers, _) in frames {
                        for header in headers { scopes.insert(try ChangeSetHeader(parsing: header).feed.scope) }
                    }
                    for case .statement(let bytes, let signature) in frames {
                        scopes.insert(try SignedStatement(parsing: bytes, signature: signature).statement.scope)
                    }
                    #expect(!scopes.isEmpty && scopes.allSatisfy { $0.reaches(Tree.village2) }, "\(scopes)")
                }
                for scope in [scope, Scope(area: Tree.otherTown, audience: .village)] {
                    let digest = try await hostile.say("/v1/digest", DigestQuestion(scope: scope).encoded(), to: town)
                    #expect(digest.status == 403, "\(digest)")
                }
                let mine = Scope(area: Tree.village2, audience: .village)
                for question in [
                    DigestQuestion(scope: mine, table: "sanji_meta", ranges: [KeyRange(after: nil, through: nil)]),
                    DigestQuestion(
                        scope: mine, table: "household", ranges: [KeyRange(after: [255, 255], through: nil)]),
                ] {
                    let odd = try await hostile.say("/v1/digest", question.encoded(), to: town)
                    #expect(odd.status == 400 && !odd.reason.isEmpty, "\(odd)")
                }
                // Numbers that no feed has: no crash, nothing believed.
                hello.office = Tree.village2
                let own = FeedID(author: author, scope: Scope(area: Tree.village2, audience: .village))
                hello.heads = [own: FeedHead(number: Limits.numberMax, hash: .zero)]
                #expect(try await hostile.say("/v1/hello", hello.encoded(), to: town).status == 200)
                hello.heads = [own: FeedHead(number: .max, hash: .zero)]
                let absurd = try await hostile.say("/v1/hello", hello.encoded(), to: town)
                #expect(absurd.status == 400 && absurd.reason.contains("a vector"), "\(absurd)")
                hello.heads = [:]
                for clock in [Int64.min, .max] {
                    hello.wallClock_ms = clock
                    #expect(try await hostile.say("/v1/hello", hello.encoded(), to: town).status == 400, "\(clock)")
                }
                #expect(town.isRunning)
                try await town.sanji("tree").expecting(0, 2)
            }
        }

        @Test func `cannot say for the district that it has a change`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (above, town, village) = (tree[Tree.district], tree[Tree.town], tree[Tree.village])
                let hostile = try HostileOffice(town)
                try village.write(Rows.households(1, at: Tree.village, from: 1))
                try village.replica().issueStatements()
                let scope = Scope(area: Tree.village, audience: .village)
                let feed = FeedID(author: try HostileOffice(village).identity.keys.author.author, scope: scope)
                let head = try #require(try village.replica().vector(with: Tree.town)[feed])
                let districtAuthor = try HostileOffice(above).identity.keys.author.author
                let said = Statement(
                    algorithm: .ed25519, author: districtAuthor, scope: scope, ordinal: 1 << 50, wallClock_ms: 0,
                    schema: 1,
                    feeds: [FeedProgress(author: feed.author, stored: head, applied: head)])
                let forged = try SignedStatement(said, signedBy: hostile.identity.keys.author)
                var batch = IncomingBatch()
                batch.statements = [forged]
                _ = try village.replica().accept(batch)
                #expect(try village.replica().fates().waiting == 1)
                // Upward: the district's own words of itself, as a town would have them.
                let answer = try await hostile.upload(
                    Delivery.stream([
                        .statement(bytes: forged.bytes, signature: forged.signature), .end(more: false),
                    ]), to: above)
                #expect(answer.status == 200)
                try await tree.until("the forgery is noted") {
                    try above.replica().peers().first { $0.office == Tree.town }?.lastRefusal?.contains("statement")
                        == true
                }
                // A village's own statement may lie about itself, absurdly: it must not take the district's views down.
                let boast = Statement(
                    algorithm: .ed25519, author: hostile.identity.keys.author.author, scope: scope, ordinal: 1 << 50,
                    wallClock_ms: .max, schema: .max,
                    feeds: [
                        FeedProgress(
                            author: hostile.identity.keys.author.author,
                            stored: FeedHead(number: Limits.numberMax, hash: head.hash), applied: .start)
                    ])
                var second = boast
                second.scope = Scope(area: Tree.town, audience: .village)
                let signed = try [boast, second].map { try SignedStatement($0, signedBy: hostile.identity.keys.author) }
                let boasting = try await hostile.upload(
                    Delivery.stream(
                        signed.map { .statement(bytes: $0.bytes, signature: $0.signature) } + [.end(more: false)]),
                    to: above)
                #expect(boasting.status == 200)
                for command in ["tree", "status", "log"] { try await above.sanji(command, "--json").expecting(0, 2) }
            }
        }

        @Test func `may date its changes as it likes, within what can be printed`() async throws {
            try await Tree.with(starting: [Tree.district]) { tree in
                let (above, town) = (tree[Tree.district], tree[Tree.town])
                let hostile = try HostileOffice(town)
                var head = FeedHead.start
                func forge(_ clock: Int64) throws -> Delivery.Part {
                    try HostileOffice.forge(
                        [Bodies.announcement(area: Tree.town)], by: hostile.identity.keys.author,
                        in: Scope(area: Tree.town, audience: .village), after: head
                    ) { $0.wallClock_ms = clock }
                }
                for clock in [Int64.min, .max, 253_402_300_800_000] {
                    #expect(try await hostile.upload(Delivery([forge(clock)]).stream, to: above).status == 400)
                }
                let range = Limits.clockRange_ms
                for (clock, shown) in [(-1, "1969"), (range.lowerBound, "0001"), (range.upperBound, "9999")] {
                    let part = try forge(clock)
                    head = try SealedHeader(parsing: part.headers[0]).head
                    #expect(try await hostile.upload(Delivery([part]).stream, to: above).reply?.stored == 1)
                    for command in ["tree", "status"] { try await above.sanji(command, "--json").expecting(0, 2) }
                    let log = try await above.sanji("log", "--json", "--limit", "1").expecting(0).object()
                    let entry = try #require((log["changeSets"] as? [[String: Any]])?.last)
                    #expect((entry["time"] as? String)?.hasPrefix("\(shown)-") == true)
                    try await above.sanji("why", "announcement", "\(Tree.town)/" + String(repeating: "09", count: 16))
                        .expecting(0)
                }
            }
        }
    }
}
