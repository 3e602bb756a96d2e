/// Keeps a spreadsheet from running a cell of ours as a formula ("CSV injection"), without losing a character.
///
/// A cell that begins with `=` `+` `-` `@`, their full-width forms, tab, CR or LF is written with an apostrophe before
/// it. So is one that begins with apostrophes and then such a character: only so does taking one apostrophe away
/// again give back every cell exactly. An apostrophe before anything else is left alone, both ways. A person who
/// types `'+86…` into a CSV file by hand therefore gets `+86…`, which is what a spreadsheet makes of it too.
enum FormulaGuard {
    static func guarded(_ cell: String) -> String { isFormula(cell) ? "'" + cell : cell }

    static func unguarded(_ cell: String) -> String {
        guard cell.utf8.first == apostrophe, isFormula(cell) else { return cell }
        return String(cell.unicodeScalars.dropFirst())
    }

    private static let apostrophe = UInt8(ascii: "'")
    // The full-width forms, because an input method writes them and some versions take them for the plain ones.
    private static let openers: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
    ]

    /// Whether the first character after any apostrophes opens a formula.
    private static func isFormula(_ cell: String) -> Bool {
        cell.unicodeScalars.first { $0 != "'" }.map(openers.contains) ?? false
    }
}
