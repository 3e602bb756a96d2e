import Assistance
import ChangeSets
import Foundation

/// What the demo reads of the commands' JSON, and the made-up households it imports.
enum DemoData {
    struct Status: Decodable {
        struct Changes: Decodable {
            let own: Int
            let waiting: Int
            let reached: [String: Int]
        }
        let changes: Changes
    }

    struct Conflicts: Decodable { let conflicts: [Conflict] }

    struct Conflict: Decodable {
        struct Sibling: Decodable {
            let office: String
            let user: String
        }
        let id: String
        let columns: [String]
        let siblings: [Sibling]
    }

    struct Alerts: Decodable {
        struct Alert: Decodable { let id: String }
        let alerts: [Alert]
    }

    struct Rows: Decodable { let rows: [[Value]] }

    /// A value of any kind, as text.
    struct Value: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                text = ""
            } else if let number = try? container.decode(Int64.self) {
                text = "\(number)"
            } else {
                text = try container.decode(String.self)
            }
        }
    }

    static func csv(area: OfficeCode, count: Int, seed: UInt64) -> Data {
        Data(MadeUpHouseholds.csv(count: count, areas: [area], seed: seed).utf8)
    }
}
