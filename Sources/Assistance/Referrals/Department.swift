import ChangeSets

/// 部门: who helps besides civil affairs (domain 3.2).
package enum Department: String, Sendable, CaseIterable {
    case civilAffairs = "civil_affairs"
    case medicalInsurance = "medical_insurance"
    case education, housing
    case humanResources = "human_resources"
    case rural, emergency, health
    case disabledFederation = "disabled_federation"
    case womensFederation = "womens_federation"
    case youthLeague = "youth_league"
    case charity
    case publicSecurity = "public_security"
    case finance

    package var chinese: String {
        switch self {
        case .civilAffairs: "民政"
        case .medicalInsurance: "医保"
        case .education: "教育"
        case .housing: "住建"
        case .humanResources: "人社"
        case .rural: "农业农村"
        case .emergency: "应急"
        case .health: "卫健"
        case .disabledFederation: "残联"
        case .womensFederation: "妇联"
        case .youthLeague: "共青团"
        case .charity: "慈善总会"
        case .publicSecurity: "公安"
        case .finance: "财政"
        }
    }

    /// 谁发出: what a town has itself it sends to, the district to its departments (domain 3.3). Whoever is below asks.
    package var sender: Tier {
        switch self {
        case .civilAffairs, .womensFederation, .youthLeague, .disabledFederation, .charity: .town
        default: .district
        }
    }

    /// Whether a family must have agreed before it is named: those that are no organs of the state (domain 4.12).
    package var needsAgreement: Bool { self == .charity }
}
