extension Money {
    /// The amount in the capital figures of Chinese papers of account, which nobody alters with a stroke of the pen:
    /// 贰仟叁佰肆拾肆元整 (Rules on basic work of accounting 会计基础工作规范, article 52).
    package var chineseCapitals: String {
        let sign = fen < 0 ? "负" : ""
        let yuan = fen.magnitude / 100
        let jiao = Int(fen.magnitude / 10 % 10)
        let cents = Int(fen.magnitude % 10)
        if yuan == 0, jiao == 0, cents == 0 { return "零元整" }
        var text = yuan == 0 ? "" : Self.integer(yuan) + "元"
        if jiao == 0, cents == 0 { return sign + text + "整" }
        if jiao > 0 {
            text += Self.digits[jiao] + "角"
        } else if yuan > 0 {
            text += "零"
        }
        return sign + text + (cents > 0 ? Self.digits[cents] + "分" : "整")
    }

    private static let digits = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"]

    /// - Parameter number: Above 0.
    private static func integer(_ number: UInt64) -> String {
        var text = ""
        var isZeroPending = false
        for (scale, unit) in [
            (10_000_000_000_000_000, "京"), (1_000_000_000_000, "兆"), (100_000_000, "亿"), (10_000, "万"), (1, ""),
        ]
            as [(UInt64, String)]
        {
            let section = number / scale % 10_000
            if section == 0 {
                isZeroPending = isZeroPending || !text.isEmpty
                continue
            }
            // A gap between sections is read as one zero, however wide.
            if isZeroPending || (!text.isEmpty && section < 1000) { text += "零" }
            text += self.section(section) + unit
            isZeroPending = false
        }
        return text
    }

    /// - Parameter number: 1 to 9999.
    private static func section(_ number: UInt64) -> String {
        var text = ""
        var isZeroPending = false
        for (scale, unit) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] as [(UInt64, String)] {
            let digit = Int(number / scale % 10)
            if digit == 0 {
                isZeroPending = isZeroPending || !text.isEmpty
                continue
            }
            if isZeroPending { text += "零" }
            text += digits[digit] + unit
            isZeroPending = false
        }
        return text
    }
}
