import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `A one-time token` {
    private let tree: TestTree
    private let root: OfficeReplica
    private let office = try! OfficeCode("330106109202")
    private let tokenKey: [UInt8] = [1, 2, 3]

    init() throws {
        tree = try TestTree(["330106", "330106109"], domain: TestDomain.schema)
        root = tree["330106"]
        try root.enrol(
            [Enrolment(office: OfficeEntry(code: office, name: "甲村"), author: nil)], as: ActingUser("setup"))
        try root.invite(office, tokenKey: tokenKey, expires_ms: 1_000)
    }

    private struct Machine {
        let key = try! SigningKey.generate(.ed25519)
        let name: [UInt8]
        let tlsKey: [UInt8]

        init(_ number: UInt8) { (name, tlsKey) = ([UInt8](repeating: number, count: 16), [number]) }
    }

    private func ask(
        _ machine: Machine, at now_ms: Int64 = 500, with key: [UInt8] = [1, 2, 3], for code: OfficeCode? = nil
    ) throws -> Admission {
        let request = JoinRequest(
            office: code ?? office, machine: machine.name, author: machine.key.publicKey, tlsKey: machine.tlsKey,
            sealingKey: [9])
        return try root.redeem(request, now_ms: now_ms) { $0 == key }
    }

    private func refusal(_ admission: Admission) -> String {
        if case .refused(let reason) = admission { reason } else { "" }
    }

    private func isAdmitted(_ admission: Admission) -> Bool {
        if case .admitted(1, "甲村") = admission { true } else { false }
    }

    private func authors() throws -> Int {
        try root.read {
            try Int.fetchOne(
                $0, sql: "SELECT count(*) FROM sanji_author WHERE office = ?", arguments: [office.digits]) ?? 0
        }
    }

    @Test func `makes the first machine the office, and no other`() throws {
        let (first, second) = (Machine(1), Machine(2))
        #expect(isAdmitted(try ask(first)))
        #expect(refusal(try ask(second)).contains("used by another machine"))
        #expect(try authors() == 1)
    }

    @Test func `serves the same machine again, also when the answer was lost and it has ended`() throws {
        let machine = Machine(1)
        #expect(isAdmitted(try ask(machine)))
        #expect(isAdmitted(try ask(machine)))
        #expect(isAdmitted(try ask(machine, at: 5_000)))
        #expect(try authors() == 1)
    }

    @Test func `ends`() throws {
        #expect(refusal(try ask(Machine(1), at: 1_000)).contains("expired"))
        #expect(isAdmitted(try ask(Machine(1), at: 999)))
    }

    @Test func `is void once a newer one was made, and never was another's`() throws {
        try root.invite(office, tokenKey: [7], expires_ms: 1_000)
        #expect(refusal(try ask(Machine(1))).contains("not known"))
        #expect(refusal(try ask(Machine(1), for: try OfficeCode("330106109203"))).contains("not known"))
        #expect(try authors() == 0)
        #expect(isAdmitted(try ask(Machine(1), with: [7])))
    }

    @Test func `never makes two machines one office, however they come together`() throws {
        let entries = try [Machine(1), Machine(2)].map {
            try AuthorEntry(
                office: office, ordinal: 1, publicKey: $0.key.publicKey, tlsKey: $0.tlsKey, sealingKey: [9])
        }
        try root.enrolFirst(entries[0], as: ActingUser("a"))
        // As if it had looked before the other was written.
        #expect(throws: OfficeHasJoined.self) { try root.enrolFirst(entries[1], as: ActingUser("b")) }
        #expect(try authors() == 1)
    }

    @Test func `takes no key that belongs to another office`() throws {
        let machine = Machine(1)
        #expect(isAdmitted(try ask(machine)))
        let other = try OfficeCode("330106109204")
        try root.enrol(
            [Enrolment(office: OfficeEntry(code: other, name: "乙村"), author: nil)], as: ActingUser("setup"))
        try root.invite(other, tokenKey: tokenKey, expires_ms: 1_000)
        #expect(refusal(try ask(machine, for: other)).contains("belongs to another office"))
    }
}
