/// Every list that somebody opens at a district.
struct WorkLists {
    /// A household that is paid, its head, and the list by which it is.
    let family: String
    let name: String
    let batch: String

    var all: [[String]] {
        [
            ["household", "find", name], ["household", "show", family], ["household", "changes", family],
            ["household", "access", family], ["household", "access", "--by-relatives"], ["fact", "list", family],
            ["account", "list", family], ["account", "list"],
            ["list", family, "--purpose", "payment", "--reason", "试", "--as", "甲一"],
            ["alert", "list"], ["alert", "list", "--overdue"], ["alert", "list", "--audit"],
            ["case", "list"], ["case", "list", "--stage", "03"], ["case", "list", "--all"],
            ["case", "list", "--overdue"], ["case", "board"],
            ["referral", "list"], ["referral", "list", "--overdue"], ["duplicate", "list"],
            ["duplicate", "list", "--all"], ["review", "list"],
            ["roster", "list"], ["roster", "show", batch], ["recovery", "due"], ["recovery", "list"],
            ["relief", "list"], ["complaint", "list"], ["exports"], ["conflicts", "list"],
            ["param", "list"], ["stats"], ["stats", "--indicators"],
        ]
    }
}
