import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `Zero and minus zero` {
    /// A session compares numbers with `==`, so it records no change from one to the other.
    @Test func `cannot be told apart, so a column of any type takes one of them only`() throws {
        let village = "330106109201"
        let tree = try TestTree(["330106", village], domain: OddDomain.schema)
        func write(_ sql: String) throws { try tree[village].write(as: ActingUser("甲")) { try $0.execute(sql: sql) } }
        try write("INSERT INTO odd (area, id, part, a, r) VALUES (office(), 'k', 1, 0.0, -0.0)")
        #expect(throws: DatabaseError.self) { try write("UPDATE odd SET a = -0.0") }
        #expect(throws: RefusedWrite.self) {
            try write("INSERT INTO odd (area, id, part, a) VALUES (office(), 'k', 2, -0.0)")
        }
        try write("UPDATE odd SET a = 1.5, r = -0.0")
        try write("UPDATE odd SET a = 0.0")
        #expect(try tree[village].verify().problems.isEmpty)
    }
}
