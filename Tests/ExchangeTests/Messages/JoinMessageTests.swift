import ChangeSets
import Exchange
import Testing

@Suite struct `A request to join` {
    @Test(arguments: Algorithm.allCases)
    func `comes back from its bytes, and proves that the key is its own`(algorithm: Algorithm) throws {
        let join = try TestMessages.join(algorithm)
        let read = try JoinMessage(parsing: join.encoded())
        #expect(read.office == join.office)
        #expect(read.authorKey == join.authorKey)
        #expect(read.tlsKey == join.tlsKey)
        #expect(read.sealingKey == join.sealingKey)
        #expect(read.machine == join.machine)
        #expect(read.isProven() && read.isVouched(by: TestMessages.tokenKey))
        #expect(!read.isVouched(by: [1, 2, 4]))
    }

    static let changes: [@Sendable (inout JoinMessage) -> Void] = [
        { $0.office = try! OfficeCode("330106110") }, { $0.tlsKey[0] ^= 1 },
        { $0.sealingKey[0] ^= 1 }, { $0.machine[0] ^= 1 }, { $0.proof[0] ^= 1 }, { $0.proof = [] },
        // Bytes moved from one field to the next.
        {
            $0.tlsKey.append(contentsOf: $0.sealingKey)
            $0.sealingKey = []
        },
        { $0.authorKey = try! SigningKey.generate($0.authorKey.algorithm).publicKey },
        { $0.authorKey = PublicKey(algorithm: .sm2, bytes: $0.authorKey.bytes) },
        { $0.authorKey = PublicKey(algorithm: .ed25519, bytes: []) },
    ]

    @Test(arguments: changes.indices)
    func `proves nothing once anything in it is changed`(index: Int) throws {
        var join = try TestMessages.join()
        Self.changes[index](&join)
        #expect(try !JoinMessage(parsing: join.encoded()).isProven())
    }

    @Test func `cannot be made by who only relays one: its keys are those the token's holder chose`() throws {
        let join = try TestMessages.join()
        let own = try SigningKey.generate(.ed25519)
        var forged = try JoinMessage(
            office: join.office, tokenKey: [9], authorKey: own.publicKey, tlsKey: join.tlsKey,
            sealingKey: join.sealingKey, machine: join.machine, signedBy: own)
        #expect(forged.isProven() && !forged.isVouched(by: TestMessages.tokenKey))
        forged.code = join.code
        #expect(!forged.isVouched(by: TestMessages.tokenKey))
    }

    @Test func `is refused when it is too large or its fields are impossible`() throws {
        var large = try TestMessages.join()
        large.tlsKey = [UInt8](repeating: 0, count: 16 * 1024)
        var code = try TestMessages.join()
        code.code = [UInt8](repeating: 0, count: 31)
        var machine = try TestMessages.join()
        machine.machine = []
        for join in [large, code, machine] {
            #expect(throws: InvalidMessage.self) { try JoinMessage(parsing: join.encoded()) }
        }
    }

    @Test func `is answered with what an office needs, or with a reason`() throws {
        let reply = TestMessages.joinReply()
        let read = try JoinReplyMessage(parsing: reply.encoded())
        #expect(read.certificate == [1])
        #expect(read.authority == [2])
        #expect(read.rootAuthor == [3])
        #expect(read.ordinal == 4)
        #expect(read.root == "330106")
        #expect(read.name == "西湖区")
        #expect(read.refused.isEmpty)
        #expect(try JoinReplyMessage(parsing: JoinReplyMessage.refused("no").encoded()).refused == "no")
        #expect(throws: InvalidMessage.self) { try JoinReplyMessage(parsing: [UInt8](repeating: 0, count: 65 * 1024)) }
    }
}
