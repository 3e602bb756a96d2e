import Assistance
import Testing

@Suite struct `Amounts in Chinese capitals` {
    @Test(arguments: [
        ("2344", "贰仟叁佰肆拾肆元整"),  // Domain 4.5.
        ("0", "零元整"),
        ("10", "壹拾元整"),
        ("1004", "壹仟零肆元整"),
        ("1040", "壹仟零肆拾元整"),
        ("10000", "壹万元整"),
        ("10004", "壹万零肆元整"),
        ("100400", "壹拾万零肆佰元整"),
        ("425699", "肆拾贰万伍仟陆佰玖拾玖元整"),
        ("610000000", "陆亿壹仟万元整"),
        ("100000001", "壹亿零壹元整"),
        ("1500000000", "壹拾伍亿元整"),
        ("1894.50", "壹仟捌佰玖拾肆元伍角整"),
        ("1894.05", "壹仟捌佰玖拾肆元零伍分"),
        ("1894.56", "壹仟捌佰玖拾肆元伍角陆分"),
        ("0.50", "伍角整"),
        ("0.05", "伍分"),
    ])
    func `are written as papers of account have them`(yuan: String, capitals: String) {
        #expect(Money(yuan: yuan)?.chineseCapitals == capitals)
    }

    @Test func `say every amount so that it can be read back`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let fen = Int64.random(in: 0...999_999_999_999, using: &random) >> Int64.random(in: 0...39, using: &random)
            let text = Money(fen: fen).chineseCapitals
            #expect(read(text) == fen, "\(fen): \(text)")
        }
    }

    /// Reads capitals by the value of each sign, as a person does.
    private func read(_ text: String) -> Int64 {
        let digits = Array("零壹贰叁肆伍陆柒捌玖")
        let units: [Character: Int64] = ["拾": 10, "佰": 100, "仟": 1000]
        var total: Int64 = 0
        var section: Int64 = 0
        var digit: Int64 = 0
        var fen: Int64 = 0
        for sign in text {
            if let value = digits.firstIndex(of: sign) {
                digit = Int64(value)
            } else if let unit = units[sign] {
                section += digit * unit
                digit = 0
            } else {
                switch sign {
                case "万", "亿":
                    total += (section + digit) * (sign == "万" ? 10_000 : 100_000_000)
                    (section, digit) = (0, 0)
                case "元":
                    total += section + digit
                    (section, digit) = (0, 0)
                case "角":
                    fen += digit * 10
                    digit = 0
                case "分":
                    fen += digit
                    digit = 0
                default: break
                }
            }
        }
        return total * 100 + fen
    }
}
