import ChangeSets
import Replica

/// The rows that everything is measured with: a household of eleven columns, about 230 bytes, from a fixed seed.
enum Workload {
    static let domain = DomainSchema(versions: [schema], migrations: [("bench 1", table)])

    static let table = """
        CREATE TABLE household (
            area              TEXT    NOT NULL,
            id                BLOB    NOT NULL,
            head_name         TEXT,
            id_number         TEXT,
            category          INTEGER,
            monthly_income    INTEGER,
            rigid_expenditure INTEGER,
            phone             TEXT,
            address           TEXT,
            note              TEXT,
            updated_at        INTEGER,
            PRIMARY KEY (area, id)
        ) STRICT
        """

    static let insert = "INSERT INTO household VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    static let update = "UPDATE household SET monthly_income = ?1 WHERE area = ?2 AND id = ?3"

    private static let schema = SyncedSchema(
        version: 1,
        tables: [
            SyncedTable(
                "household", areas: [.village],
                cells: [
                    .group("head", .nearest, [SyncedColumn("head_name", .text), SyncedColumn("id_number", .text)]),
                    .column("category", .integer, .highest),
                    .column("monthly_income", .integer, .nearest),
                    .column("rigid_expenditure", .integer, .nearest),
                    .column("phone", .text, .nearest, quiet: true),
                    .column("address", .text, .nearest),
                    .column("note", .text, .nearest, quiet: true),
                    .column("updated_at", .integer, .maximum),
                ])
        ])

    struct Row: Sendable {
        let area: String
        let id: [UInt8]
        let headName: String
        let idNumber: String
        let category: Int64
        let income: Int64
        let expenditure: Int64
        let phone: String
        let address: String
        let note: String
        let updatedAt: Int64
    }

    static func rows(_ count: Int, area: String, seed: UInt64 = 42) -> [Row] {
        var random = SplitMix64(state: seed)
        let families = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]
        let places = ["东河", "西山", "南岭", "北坡", "柳树", "石桥", "红旗", "新民", "双沟", "大湾"]
        let notes = ["低保家庭", "大病支出", "残疾补助", "住房安全", "饮水达标", "就业帮扶", "教育资助", "临时救助"]
        return (0..<count).map { index in
            let (a, b, c, d) = (random.next(), random.next(), random.next(), random.next())
            let random10 = (0..<10).map { UInt8(truncatingIfNeeded: (b ^ c) >> UInt64($0 * 6)) }
            let birth = 1920 + Int(a >> 8 & 63)
            return Row(
                area: area, id: UUIDs.version7(now_ms: 1_764_000_000_000 + Int64(index), random: random10),
                headName: families[Int(a % 10)] + families[Int(a >> 4 & 7)],
                idNumber: "990000\(birth)0101" + "\(1000 + d % 9000)", category: Int64(a >> 16 & 7),
                income: Int64(b % 600_000), expenditure: Int64(c % 300_000),
                phone: "1" + "\(1_000_000_000 + d % 9_000_000_000)",
                address: "\(places[Int(b % 10)])镇\(places[Int(c % 10)])村\(d % 20)组\(a % 400)号",
                note:
                    "\(notes[Int(d & 7)]);\(notes[Int(d >> 3 & 7)]);核查\(a % 9)次;\(notes[Int(c & 7)]) \(b % 1_000_000)",
                updatedAt: 1_764_000_000_000 + Int64(index) * 37)
        }
    }
}

/// A fixed sequence of numbers (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
