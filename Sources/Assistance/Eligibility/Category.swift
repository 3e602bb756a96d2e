/// 类别: what a family is found to be (domain 3.2).
package enum Category: String, Sendable, CaseIterable, Codable {
    /// 最低生活保障
    case dibao = "DB"
    /// 特困人员, dispersed 分散供养
    case destituteAtHome = "TK_D"
    /// 特困人员, in an institution 集中供养
    case destituteInInstitution = "TK_J"
    /// 最低生活保障边缘家庭
    case edge = "BY"
    /// 刚性支出困难家庭
    case rigidExpense = "GX"
    /// 防止返贫监测对象
    case povertyReturn = "FP"
    /// 其他困难
    case other = "QT"
    /// 未认定
    case none = "NONE"

    package var chinese: String {
        switch self {
        case .dibao: "最低生活保障"
        case .destituteAtHome: "特困人员分散供养"
        case .destituteInInstitution: "特困人员集中供养"
        case .edge: "低保边缘家庭"
        case .rigidExpense: "刚性支出困难家庭"
        case .povertyReturn: "防止返贫监测对象"
        case .other: "其他困难"
        case .none: "未认定"
        }
    }
}
