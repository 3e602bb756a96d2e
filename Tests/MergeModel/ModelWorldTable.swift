/// A table of a random history: its declaration, and what authors may write to it.
package struct ModelWorldTable: Sendable, Hashable {
    package var declaration: ModelTable
    /// Per column that is not key, the values to pick from; not asked for a counter's columns.
    package var choices: [[ModelValue]]
    /// The rows that authors contend for.
    package var keys: [[UInt8]]

    package init(declaration: ModelTable, choices: [[ModelValue]], keys: [[UInt8]]) {
        precondition(choices.count == declaration.defaults.count, "every column has its choices")
        self.declaration = declaration
        self.choices = choices
        self.keys = keys
    }

    var hasCounter: Bool { declaration.cells.contains { $0.rule == .counter } }
}

extension ModelWorldTable {
    /// Tables that use every rule, with groups and with cells that name their writers.
    package static let examples: [ModelWorldTable] = [household, stock]

    /// To keep the mixed values as they are, the columns of a real table like this one have no affinity.
    private static let household = ModelWorldTable(
        declaration: ModelTable(
            name: "household",
            cells: [
                ModelCell(columns: [0], rule: .nearest),
                ModelCell(columns: [1, 2], rule: .nearest),
                ModelCell(columns: [3], rule: .highest),
                ModelCell(columns: [4], rule: .highest, writers: [6]),
                ModelCell(columns: [5], rule: .minimum),
                ModelCell(columns: [6, 7], rule: .maximum),
                ModelCell(columns: [8, 9], rule: .minimum, writers: [9, 12]),
            ],
            defaults: [
                .null, .text(""), .null, .integer(0), .text("open"), .null, .null, .integer(0), .null, .integer(1),
            ]),
        choices: [
            words, words, numbers, mixed, [.text("open"), .text("granted"), .text("declined"), .null], mixed, mixed,
            numbers, numbers, [.integer(1), .integer(2), .null],
        ],
        keys: [[1], [2], [2, 0]])

    private static let stock = ModelWorldTable(
        declaration: ModelTable(
            name: "stock",
            cells: [
                ModelCell(columns: [0], rule: .counter),
                ModelCell(columns: [1], rule: .nearest),
                ModelCell(columns: [2], rule: .counter, writers: [6]),
            ],
            defaults: [.integer(0), .text(""), .integer(0)]),
        choices: [[], words, []],
        keys: [[1], [7]])

    /// An append-only table that villages do not add to: of its cells that name writers, one names them and one does not.
    /// It isn't among the examples, so that who plays those need not know of such tables.
    package static let visit = ModelWorldTable(
        declaration: ModelTable(
            name: "visit",
            cells: [
                ModelCell(columns: [0], rule: .nearest),
                ModelCell(columns: [1, 2], rule: .maximum),
                ModelCell(columns: [3], rule: .counter, writers: [6, 9, 12]),
                ModelCell(columns: [4], rule: .highest, writers: [6, 9]),
            ],
            defaults: [.text(""), .null, .integer(0), .integer(0), .text("open")],
            appendOnly: true),
        choices: [words, mixed, numbers, [], [.text("open"), .text("granted"), .text("declined"), .null]],
        keys: [[1], [3], [3, 0]])

    /// An append-only table that all tiers add to, so that the three contend for its rows.
    package static let note = ModelWorldTable(
        declaration: ModelTable(
            name: "note",
            cells: [
                ModelCell(columns: [0], rule: .nearest),
                ModelCell(columns: [1, 2], rule: .minimum),
                ModelCell(columns: [3], rule: .counter),
            ],
            defaults: [.text(""), .null, .integer(0), .integer(0)],
            appendOnly: true),
        choices: [words, mixed, numbers, []],
        keys: [[2], [5, 1]])

    private static let words: [ModelValue] = [.null, .text(""), .text("a"), .text("B"), .text("乙"), .text("甲")]

    private static let numbers: [ModelValue] = [
        .null, .integer(0), .integer(-3), .integer(7), .real(7), .real(7.5), .real(-3.5),
    ]

    private static let mixed: [ModelValue] = [
        .null, .integer(1), .real(1), .integer(9_007_199_254_740_993), .real(9_007_199_254_740_992),
        .text("1"), .text("ab"), .blob([]), .blob([0x31]),
    ]
}
