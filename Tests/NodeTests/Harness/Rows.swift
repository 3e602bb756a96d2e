import ChangeSets

/// SQL for made-up rows.
enum Rows {
    /// - Parameters:
    ///   - number: Ids and household numbers count on from here.
    ///   - remarks: Length of text that hardly compresses.
    static func households(_ count: Int, at area: OfficeCode, from number: Int, remarks length: Int = 0) -> String {
        (number..<number + count).map { number in
            "INSERT INTO household (area, id, household_no, address, phone, remarks) VALUES ('\(area)', \(id(number)), "
                + "'\(number)', '样例路\(number % 20)组\(number)号', '0000-\(1_000_000 + number * 7_919 % 9_000_000)', "
                + "'\(noise(length, seed: number))');"
        }.joined()
    }

    static func announcement(at area: OfficeCode, _ number: Int, length: Int = 20) -> String {
        "INSERT INTO announcement (area, id, title, body) VALUES "
            + "('\(area)', \(id(number)), '通知\(number)', '\(noise(length, seed: number))');"
    }

    private static func noise(_ length: Int, seed: Int) -> String {
        var random = SeededRandom(seed: UInt64(seed))
        return (0..<length / 16).map { _ in String(random.next(), radix: 16) }.joined()
    }

    /// A key of 16 bytes.
    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "x'\(String(repeating: "0", count: 32 - digits.count))\(digits)'"
    }
}
