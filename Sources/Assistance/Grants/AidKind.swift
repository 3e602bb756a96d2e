/// 救助项目 by code (domain 3.2, `aid_kind`), as departments name them and exclusions are told between them.
package enum AidKind: String, Sendable, CaseIterable {
    case dibao = "DB", destitute = "TK"
    case medical, education, housing, employment, disaster
    case temporary, emergencyMedical = "emergency_medical", vagrant
    case disabilityLiving = "disability_living", disabilityCare = "disability_care"
    case orphan, unattendedChild = "unattended_child", oldAge = "old_age"
    case workInjuryNursing = "work_injury_nursing"
    case insurance, charity, service, points

    /// Whether it comes month by month, so that a month without it says something.
    package var isMonthly: Bool {
        switch self {
        case .dibao, .destitute, .housing, .employment, .disabilityLiving, .disabilityCare, .orphan, .unattendedChild,
            .oldAge, .workInjuryNursing, .service:
            true
        case .medical, .education, .disaster, .temporary, .emergencyMedical, .vagrant, .insurance, .charity, .points:
            false
        }
    }

    package var chinese: String {
        switch self {
        case .dibao: "最低生活保障金"
        case .destitute: "特困人员供养金"
        case .medical: "医疗救助"
        case .education: "教育救助"
        case .housing: "住房救助"
        case .employment: "就业救助"
        case .disaster: "受灾人员救助"
        case .temporary: "临时救助"
        case .emergencyMedical: "疾病应急救助"
        case .vagrant: "流浪乞讨人员救助"
        case .disabilityLiving: "困难残疾人生活补贴"
        case .disabilityCare: "重度残疾人护理补贴"
        case .orphan: "孤儿基本生活费"
        case .unattendedChild: "事实无人抚养儿童基本生活费"
        case .oldAge: "高龄津贴"
        case .workInjuryNursing: "工伤护理费"
        case .insurance: "防贫保险"
        case .charity: "慈善救助"
        case .service: "服务类救助"
        case .points: "积分兑换"
        }
    }
}
