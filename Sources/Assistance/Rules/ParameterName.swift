/// Everything that a district may set about the rules, for itself or for one of its towns. The values are data with dates; none
/// of them stands in this program, but for what no district may set: who is a minor (``PublicNotices/isOfMinor``), from which age on somebody
/// agrees for themselves (``Consents``), how long a decision of a rigid-expense family holds at most (``Decision/rigidMonthsMax``), and
/// under how many people a statistic names no figure (``Mask/cell(_:)``).
///
/// The raw values are what files and the table hold; they are never renamed or used for something else.
package enum ParameterName: String, Sendable, CaseIterable {
    // 低保: minimum living guarantee.
    /// S, a month and head, by kind of registration.
    case dibaoStandard = "dibao.standard"
    /// What amounts are rounded up to, once, at the end.
    case dibaoRounding = "dibao.rounding"
    /// `difference` or `band`.
    case dibaoMode = "dibao.mode"
    /// Amounts a head by income in `band` mode: `0.3:900 0.6:600 1:300` means that below 0.3 S a head gets 900 yuan.
    case dibaoBands = "dibao.bands"
    /// Whether rigid expense is deducted when income is compared (R3).
    case rigidDeducted = "rigid.deducted"
    /// Kinds of rigid expense that count, with the most that counts of each in twelve months: `medical education:30000`.
    case rigidKinds = "rigid.kinds"

    // 低保边缘家庭: edge families; and 单人保 in them.
    case edgeFactor = "edge.factor"
    /// Whether an income of exactly the factor still is one of an edge family.
    case edgeTopIncluded = "edge.top_included"
    case singleDisabilities = "single.disabilities"
    /// What a person alone gets: money, or a share of S.
    case singleAmount = "single.amount"

    // 刚性支出困难家庭: rigid-expense families.
    /// Months that such a decision holds.
    case rigidMonths = "rigid.months"
    case rigidRatio = "rigid.ratio"
    /// Last year's local disposable income a head, a year.
    case disposableIncome = "income.disposable"

    // 特困人员: the destitute.
    case destituteElderlyAge = "destitute.elderly_age"
    /// Below it a child counts.
    case destituteMinorAge = "destitute.minor_age"
    /// Whether a child counts as one while in secondary school.
    case destituteSecondarySchool = "destitute.secondary_school"
    case destituteDisabilities = "destitute.disabilities"
    /// Income up to this share of S counts as no source of income.
    case destituteIncome = "destitute.income"
    case destituteBasic = "destitute.basic"
    case careFull = "care.full"
    case carePartial = "care.partial"
    case careNone = "care.none"

    // 分类施保: supplements a person, money or a share of S.
    case supplementElderlyAge = "supplement.elderly_age"
    case supplementElderly = "supplement.elderly"
    case supplementMinorAge = "supplement.minor_age"
    case supplementMinor = "supplement.minor"
    case supplementIll = "supplement.ill"
    case supplementDisabled = "supplement.disabled"
    case supplementDisabilities = "supplement.disabilities"

    /// 渐退: months that a family keeps what it had.
    case graceMonths = "grace.months"

    // Property, which is tested before any category.
    case assetVehicles = "asset.vehicles_max"
    case assetHomes = "asset.homes_max"
    case assetBusinesses = "asset.businesses_max"
    /// Deposits, securities and insurance that do not count, a head, in months of S.
    case assetMonths = "asset.months_max"

    // 办理: who decides, and how long each step may take.
    /// Whether towns confirm category and amount themselves.
    case decisionDelegated = "decision.delegated"
    /// From the day an application is at the town until it is accepted, or its family told which papers are missing.
    case caseAccept = "case.accept"
    /// From acceptance to the beginning of the investigation.
    case caseInvestigate = "case.investigate"
    /// From acceptance to the home visit; and for families that are known already.
    case caseVisit = "case.visit"
    case caseVisitKnown = "case.visit_known"
    /// How long a notice hangs.
    case caseNotice = "case.notice"
    /// From the forwarding to the district's decision.
    case caseConfirm = "case.confirm"
    /// From acceptance to the decision; and where it is complex.
    case caseWhole = "case.whole"
    case caseWholeComplex = "case.whole_complex"
    /// Until a refusal is handed over in writing.
    case caseRefusal = "case.refusal"
    /// Temporary relief, from acceptance to the end.
    case caseWholeRelief = "case.whole_relief"
    /// How long the answer to a check of economic circumstances holds.
    case caseCheckValid = "case.check_valid"
    /// What happened on paper is typed in at most so many days later.
    case caseLateDays = "case.late_days"
    /// On which day of the month after it became known a death is verified at the latest.
    case deathVerifyDay = "case.death_day"
    /// Whoever visits a family for a case: so many at least.
    case caseVisitors = "case.visitors"

    /// Colours of all warnings that no share decides: `A3:3 A2:2 A2.severe:3` (``WarningColour``).
    case warnColours = "warning.colours"
    // 预警: what raises a warning of which colour (1 yellow, 2 orange, 3 red).
    /// By the share of the yearly disposable income a head that was paid oneself in twelve months: `0.25:1 0.5:2 1:3`.
    case warnMedical = "warning.medical"
    /// Categories, and `child`, whose medical warnings are one colour heavier.
    case warnMedicalRaised = "warning.medical.raised_by"
    /// Days before the end of a certificate of disability.
    case warnCertificateDays = "warning.certificate.days"
    /// Heaviest grades, which are red when they are new: up to this one.
    case warnSevereGrade = "warning.disability.severe"
    /// By the share that counted income has fallen: `30%:1 50%:2`.
    case warnIncome = "warning.income"
    /// Ages at which a child must be at school: `6-15`.
    case warnSchoolAges = "warning.school.ages"
    /// Days before grace or schooling ends.
    case warnEndingDays = "warning.ending.days"
    /// Days without contact with a person who lives alone.
    case warnContactDays = "warning.contact.days"
    /// So often nobody was at home within so many days: nobody is in contact any more (A11).
    case warnAbsentTimes = "warning.absent.times"
    case warnAbsentDays = "warning.absent.days"
    /// Which part of the warnings that towns have closed the district looks at once more.
    case warnAudit = "warning.audit"
    /// Days after a verdict ‘not real’ in which only a new fact opens a warning again.
    case warnReopenDays = "warning.reopen.days"

    // How long an office has, by colour.
    case redAcknowledge = "warning.red.acknowledge"
    case redVisit = "warning.red.visit"
    case redVerdict = "warning.red.verdict"
    /// After so long a red one that nobody has visited is the district's business.
    case redDistrict = "warning.red.district"
    case orangeAcknowledge = "warning.orange.acknowledge"
    case orangeVisit = "warning.orange.visit"
    case orangeVerdict = "warning.orange.verdict"
    case yellowAcknowledge = "warning.yellow.acknowledge"
    case yellowVisit = "warning.yellow.visit"
    case yellowVerdict = "warning.yellow.verdict"

    // 转介: how long, and what each department is told: `housing:household+address education:name`.
    case referralSend = "referral.send"
    case referralReceive = "referral.receive"
    case referralResult = "referral.result"
    case referralFields = "referral.fields"

    // 临时救助: in months of S, what a town gives at most and what anybody does; and when the papers of what was paid first are due.
    case reliefTownMonths = "relief.town_months"
    case reliefMostMonths = "relief.most_months"
    case reliefPapers = "relief.papers"
    /// 过渡期: a day and head after a disaster, and for how many days at most.
    case reliefTransition = "relief.transition"
    case reliefTransitionDays = "relief.transition_days"

    /// 查重: points for each thing in common, and from how many on a pair is shown (``DuplicateWeights``).
    case duplicateWeights = "duplicate.weights"
    /// Kinds of aid that exclude each other in one month, such as `TK+DB`.
    case exclusionPairs = "exclusion.pairs"
    case complaintAnswer = "complaint.answer"
    /// More or less by this share than the month before is looked at before a list is frozen.
    case rosterChange = "roster.change"
    /// Months until a family is looked at again: `stable:12 work:6`, where somebody of `work.ages` can work.
    case reviewMonths = "review.months"
    case workAges = "work.ages"
    /// So many days ahead a review is named on a family's list.
    case listPendingDays = "list.pending_days"
    /// By which day of a month its list has been paid.
    case rosterPayDay = "roster.pay_day"
    /// The telephone on a family's list.
    case contactPhone = "contact.phone"
    /// What of a file each purpose opens, and what each tier may open at all: `visit:phone village:phone+identity`.
    case accessFields = "access.fields"
}

/// What a parameter's text says.
package enum ParameterUnit: Sendable {
    case yuan
    /// `1.5` or `60%`.
    case ratio
    case number
    /// `yes` or `no`.
    case flag
    /// `5 working` or `7 calendar`.
    case period
    /// `120` yuan, or `20%` of the standard.
    case amount
    /// `5:1-3 6:1`: kinds of disability with their grades.
    case disabilities
    case words

    /// How such a value is written, for messages.
    package var example: String {
        switch self {
        case .yuan: "yuan, such as 1172 or 99.50"
        case .ratio: "a ratio, such as 1.5 or 60%"
        case .number: "a whole number"
        case .flag: "yes or no"
        case .period: "a period, such as ‘5 working’ or ‘7 calendar’"
        case .amount: "yuan, or a share of the standard such as 20%"
        case .disabilities: "kinds with grades, such as ‘5:1-3 6:1’"
        case .words: "words with spaces between them, each with a number after a colon where it has one"
        }
    }
}

extension ParameterName {
    package var unit: ParameterUnit {
        switch self {
        case .dibaoStandard, .dibaoRounding, .disposableIncome, .reliefTransition: .yuan
        case .edgeFactor, .rigidRatio, .destituteIncome, .warnAudit, .rosterChange: .ratio
        case .destituteElderlyAge, .destituteMinorAge, .supplementElderlyAge, .supplementMinorAge, .graceMonths,
            .rigidMonths,
            .assetVehicles, .assetHomes, .assetBusinesses, .assetMonths, .warnCertificateDays, .warnSevereGrade,
            .warnEndingDays, .warnContactDays, .warnAbsentTimes, .warnAbsentDays, .warnReopenDays, .deathVerifyDay,
            .rosterPayDay, .listPendingDays,
            .caseLateDays,
            .caseVisitors, .reliefTownMonths,
            .reliefMostMonths, .reliefTransitionDays:
            .number
        case .redAcknowledge, .redVisit, .redVerdict, .redDistrict, .orangeAcknowledge, .orangeVisit, .orangeVerdict,
            .yellowAcknowledge, .yellowVisit, .yellowVerdict, .caseAccept, .caseInvestigate, .caseVisit,
            .caseVisitKnown,
            .caseNotice,
            .caseConfirm, .caseWhole, .caseWholeComplex, .caseWholeRelief, .caseCheckValid, .caseRefusal, .referralSend,
            .referralReceive, .referralResult,
            .reliefPapers, .complaintAnswer:
            .period
        case .rigidDeducted, .edgeTopIncluded, .destituteSecondarySchool, .decisionDelegated: .flag
        case .singleAmount, .destituteBasic, .careFull, .carePartial, .careNone, .supplementElderly, .supplementMinor,
            .supplementIll, .supplementDisabled:
            .amount
        case .singleDisabilities, .destituteDisabilities, .supplementDisabilities: .disabilities
        case .dibaoMode, .dibaoBands, .rigidKinds, .warnMedical, .warnMedicalRaised, .warnIncome, .warnSchoolAges,
            .warnColours,
            .referralFields, .duplicateWeights, .exclusionPairs, .accessFields, .contactPhone,
            .reviewMonths, .workAges:
            .words
        }
    }
}
