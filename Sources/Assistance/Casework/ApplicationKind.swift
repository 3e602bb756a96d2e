/// 申请类别: what a family applies for, and what stands at the front of a case's number (domain 3.0, 3.2). Other kinds of aid are asked of
/// other departments by a referral.
package enum ApplicationKind: String, Sendable, CaseIterable {
    case dibao = "DB", destitute = "TK", edge = "BY", rigidExpense = "GX"
    case relief = "LS"

    package var chinese: String {
        switch self {
        case .dibao: "最低生活保障"
        case .destitute: "特困人员供养"
        case .edge: "低保边缘家庭"
        case .rigidExpense: "刚性支出困难家庭"
        case .relief: "临时救助"
        }
    }

    /// Decided with category and amount; relief is given.
    var isMonthly: Bool { self != .relief }

    /// What messages and help offer.
    package static var offered: String { allCases.map { "\($0.rawValue) (\($0.chinese))" }.joined(separator: ", ") }
}
