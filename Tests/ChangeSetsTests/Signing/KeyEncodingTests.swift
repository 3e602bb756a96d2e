import ChangeSets
import Testing

@Suite struct `Key encodings` {
    @Test(arguments: Algorithm.allCases)
    func `a key comes back from its bytes`(algorithm: Algorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let again = try SigningKey(algorithm: algorithm, der: try key.privateBytes())
        #expect(again.publicKey == key.publicKey)
        #expect(again.author == key.author)
        #expect(try VerificationKey(key.publicKey).isValid(try again.sign([1]), over: [1]))
    }

    @Test func `a public key is its algorithm's constant and the key's own bytes`() throws {
        #expect(try SigningKey.generate(.ed25519).publicKey.bytes.starts(with: KeyBytes.ed25519Prefix))
        #expect(try SigningKey.generate(.sm2).publicKey.bytes.starts(with: KeyBytes.sm2Prefix + [4]))
    }

    @Test(arguments: Algorithm.allCases)
    func `bytes that are not exactly one key are refused`(algorithm: Algorithm) throws {
        let bytes = try SigningKey.generate(algorithm).publicKey.bytes
        var other = bytes
        other[6] ^= 1
        for wrong in [[], bytes + [0], bytes + bytes, Array(bytes.dropLast()), Array(bytes.dropFirst()), other] {
            #expect(throws: KeyError.notAKey(algorithm)) {
                try VerificationKey(PublicKey(algorithm: algorithm, bytes: wrong))
            }
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a key of the other algorithm is refused`(algorithm: Algorithm) throws {
        let key = try SigningKey.generate(algorithm == .ed25519 ? .sm2 : .ed25519)
        #expect(throws: KeyError.notAKey(algorithm)) {
            try VerificationKey(PublicKey(algorithm: algorithm, bytes: key.publicKey.bytes))
        }
        #expect(throws: KeyError.notAKey(algorithm)) {
            try SigningKey(algorithm: algorithm, der: try key.privateBytes())
        }
    }

    /// One key in two encodings would be two authors. All three are one SM2 key, written by `openssl ec`.
    @Test func `an SM2 key has one encoding: named curve, uncompressed point`() throws {
        let point = "e08f2d243d42bd267f121fbd3c079b9f51cd23b006346f795595ffc5a9e106ff"
        let y = "0bf9234fa90f9bfeb2f75df4f9033d20a2ff694a36ad14acbefef2b14397cc6e"
        let compressed = "3039301306072a8648ce3d020106082a811ccf5501822d03220002" + point
        let hybrid = "3059301306072a8648ce3d020106082a811ccf5501822d03420006" + point + y
        let explicit =
            "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100fffffffeffffffffffffffff"
            + "ffffffffffffffff00000000ffffffffffffffff30440420fffffffeffffffffffffffffffffffffffffffff00000000"
            + "fffffffffffffffc042028e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e9304410432c4ae"
            + "2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a987"
            + "7cc62a474002df32e52139f0a0022100fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"
            + "02010103420004" + point + y
        let good = KeyBytes.sm2Prefix + [UInt8](hex: "04" + point + y)!
        #expect(throws: Never.self) { try VerificationKey(PublicKey(algorithm: .sm2, bytes: good)) }
        for hex in [compressed, hybrid, explicit] {
            #expect(throws: KeyError.notAKey(.sm2)) {
                try VerificationKey(PublicKey(algorithm: .sm2, bytes: [UInt8](hex: hex)!))
            }
        }
    }

    @Test func `a point off the SM2 curve, or a key of another curve, is refused`() throws {
        var bytes = try SigningKey.generate(.sm2).publicKey.bytes
        bytes[90] ^= 1
        #expect(throws: KeyError.notAKey(.sm2)) { try VerificationKey(PublicKey(algorithm: .sm2, bytes: bytes)) }
        let p256 =
            "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0"
            + "f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        #expect(throws: KeyError.notAKey(.sm2)) {
            try VerificationKey(PublicKey(algorithm: .sm2, bytes: [UInt8](hex: p256)!))
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a private key with bytes after it, or cut short, is refused`(algorithm: Algorithm) throws {
        let bytes = try SigningKey.generate(algorithm).privateBytes()
        for wrong in [[], bytes + [0], Array(bytes.dropLast())] {
            #expect(throws: KeyError.notAKey(algorithm)) { try SigningKey(algorithm: algorithm, der: wrong) }
        }
    }
}
