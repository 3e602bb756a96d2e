import ChangeSets
import Testing

@Suite struct `Signatures` {
    /// RFC 8032, section 7.1, tests 1 to 3: secret, public key, message, signature.
    static let rfc8032 = [
        [
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b",
        ],
        [
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00",
        ],
        [
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a",
        ],
    ]

    @Test(arguments: rfc8032)
    func `Ed25519 signs and verifies as RFC 8032 prints`(example: [String]) throws {
        let bytes = example.map { [UInt8](hex: $0)! }
        let key = try SigningKey(algorithm: .ed25519, der: KeyBytes.ed25519PrivatePrefix + bytes[0])
        #expect(key.publicKey.bytes == KeyBytes.ed25519Prefix + bytes[1])
        #expect(try key.sign(bytes[2]) == bytes[3])
        #expect(try VerificationKey(key.publicKey).isValid(bytes[3], over: bytes[2]))
    }

    /// GB/T 32918.5, A.2: user id 1234567812345678.
    @Test func `SM2 verifies the example of GB/T 32918`() throws {
        let point =
            "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
            + "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
        let (r, s) = (
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
            "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
        )
        let key = try VerificationKey(
            PublicKey(algorithm: .sm2, bytes: KeyBytes.sm2Prefix + [UInt8](hex: point)!))
        let signature = [UInt8](hex: "3046" + "022100" + r + "022100" + s)!
        #expect(key.isValid(signature, over: Array("message digest".utf8)))
        #expect(!key.isValid(signature, over: Array("message digesu".utf8)))
    }

    @Test(arguments: Algorithm.allCases)
    func `a signature holds for its message and its key alone`(algorithm: Algorithm) throws {
        let (key, other) = (try SigningKey.generate(algorithm), try SigningKey.generate(algorithm))
        let message: [UInt8] = [1, 2, 3]
        let signature = try key.sign(message)
        let verification = try VerificationKey(key.publicKey)
        #expect(verification.isValid(signature, over: message))
        #expect(!verification.isValid(signature, over: [1, 2, 4]))
        #expect(!verification.isValid(signature, over: []))
        #expect(!(try VerificationKey(other.publicKey)).isValid(signature, over: message))
    }

    @Test(arguments: Algorithm.allCases)
    func `a signature is valid in one form only`(algorithm: Algorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let verification = try VerificationKey(key.publicKey)
        let signature = try key.sign([1])
        #expect(!verification.isValid([], over: [1]))
        #expect(!verification.isValid(signature + [0], over: [1]))
        #expect(!verification.isValid(Array(signature.dropLast()), over: [1]))
        for bit in 0..<signature.count * 8 {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!verification.isValid(changed, over: [1]))
        }
    }

    @Test func `SM2 signatures are often shorter than announced, and whole`() throws {
        let key = try SigningKey.generate(.sm2)
        let verification = try VerificationKey(key.publicKey)
        for message in 0..<50 as Range<UInt8> {
            let signature = try key.sign([message])
            #expect(signature.count == Int(signature[1]) + 2)
            #expect(verification.isValid(signature, over: [message]))
        }
    }

    @Test func `no signature serves for two purposes`() {
        let hash = Digest([UInt8](repeating: 5, count: 32))!
        #expect(SignedMessage.header(hash) == Array("sanji 1 header\0".utf8) + hash.bytes)
        #expect(SignedMessage.statement(hash) == Array("sanji 1 statement\0".utf8) + hash.bytes)
    }
}
