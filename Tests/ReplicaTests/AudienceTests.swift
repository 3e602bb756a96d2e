import ChangeSets
import Foundation
import GRDB
import TestReplicas
import Testing

@testable import Replica

@Suite struct `A table for the town and above` {
    @Test func `is in no byte of a village's file, and whole at the town and the district`() throws {
        let codes = ["330106", "330106109", "330106109201"]
        let tree = try TestTree(codes, domain: TestDomain.schema)
        let offices = try codes.map { try OfficeCode($0) }
        let mark = "only-for-the-town"
        try tree[offices[1]].write(as: ActingUser("乙")) { db in
            try db.execute(
                sql: "INSERT INTO account (area, id, number) VALUES (?, x'01', ?)", arguments: [codes[2], mark])
        }
        try tree.send(from: offices[1], to: offices[0])
        try tree.send(from: offices[1], to: offices[2])
        for office in offices {
            try tree.close(office)
            let bytes = try ["", "-wal"].map { tree.path(office) + $0 }
                .filter { FileManager.default.fileExists(atPath: $0) }
                .map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            let isThere = bytes.contains { $0.range(of: Data(mark.utf8)) != nil }
            #expect(isThere == (office.tier != .village), "\(office)")
        }
    }
}
