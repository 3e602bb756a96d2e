import Assistance
import Testing

@Suite struct `Rows of one thing` {
    /// Without the key behind it SQLite reads all rows of the area, as it need not sort them.
    @Test func `are found by their index, in the order of their keys`() throws {
        let tree = try assistanceTree()
        for table in AssistanceSchema.version1.tables {
            for reference in table.references {
                let plan = try tree[district].rows(
                    """
                    EXPLAIN QUERY PLAN SELECT * FROM \(table.name) WHERE area = '' AND \(reference.columns[0]) = x'01' ORDER BY id
                    """)
                let index = "USING INDEX \(table.name)_\(reference.columns[0]) ("
                #expect(plan.count == 1 && plan[0].contains(index), "\(plan)")
            }
        }
    }
}
