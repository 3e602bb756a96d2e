// Beside the tables: what of them is masked wherever a record is shown by itself (domain 4.9). A test holds it against the schema, so that
// no new column is forgotten; one that is not named here shows nothing.

/// What a column says of a family, and so how a work list shows it (M2).
enum ShownColumn: Hashable {
    /// As it is: numbers of cases, names, days, and what lists show without a purpose.
    case free
    case identity, phone, address, account
    /// The year of it.
    case birth
    /// Amounts, words and marks, of which nothing is shown.
    case hidden(HouseholdFile.Field)

    /// What has to be opened for it to stand whole; nil for what no purpose opens.
    var field: HouseholdFile.Field? {
        switch self {
        case .free, .account: nil
        case .identity, .birth: .identity
        case .phone: .phone
        case .address: .address
        case .hidden(let field): field
        }
    }

    /// - Returns: nil where the column is not declared, which is no way to show it.
    static func of(_ table: String, _ column: String) -> ShownColumn? {
        everywhere.contains(column) ? .free : tables[table]?[column]
    }

    /// Who entered a row and when, and how it stands to others.
    private static let everywhere: Set = [
        "area", "id", "created_by", "settles", "replaces", "withdrawn", "day", "row_state",
    ]

    private static let tables: [String: [String: ShownColumn]] = [
        "household": free("household_no live_region hukou_region accuracy_m head_person review_every review_due")
            .with(.address, "address").with(.phone, "phone").with(.hidden(.address), "lat lon dwelling")
            .with(.hidden(.health), "cause_main cause_more remarks"),
        "person": free(
            "household relation name sex ethnicity hukou_kind marriage education employment death_date school_stage school"
                + " school_ends in_institution"
        )
        .with(.identity, "id_number").with(.birth, "birth").with(.phone, "phone").with(.hidden(.health), "health"),
        "member_event": free("household person kind other_household text"),
        "announcement": free("title body published_at valid_to"),
        "param": free("name registration valid_from place value valid_to document"),
        "holiday": free("kind"),
        // 经济状况: as ``StoredFact/field`` has them.
        "income_item": free("household person").with(
            .hidden(.income), "kind basis year amount_fen counted reason source"),
        "rigid_item": free("household person").with(.hidden(.income), "kind gross_fen reimbursed_fen receipt"),
        "asset_item": free("household").with(.hidden(.income), "kind value_fen exempt reason"),
        "obligor": free("household").with(.hidden(.income), "name relation able support_fen"),
        "disability": free("person").with(.hidden(.health), "certificate_no kind grade issued valid_to"),
        "care_assessment": free("person assessors").with(
            .hidden(.health), "eating dressing bed toilet walking bathing"),
        "finding": free("household document").with(.hidden(.income), "kind value"),
        "illness": free("person").with(.hidden(.health), "class serious since until proof"),
        "dwelling_check": free("household document").with(.hidden(.address), "grade"),
        "sighting": free("household person kind colour").with(.hidden(.health), "text"),
        "consent": free("person kind purpose from_day to_day guardian text"),
        // 办理
        "application": free("household aid_kind applicant proxy applied_on channel finder consent kin event"),
        // What other departments have answered stands in their reason.
        "case_step": free("application step round number opinion").with(.hidden(.income), "reason"),
        "home_visit": free("household application alert visitors seen signed_by papers")
            .with(.hidden(.health), "findings"),
        "notice": free("application round posted_on ends_on place papers"),
        "objection": free("application text"),
        "appraisal": free("application place present votes_for votes_against votes_abstain conclusion papers"),
        "decision": free(
            "household application predecessor outcome category people from_month to_month grace_to reason document signer members"
        )
        .with(
            .hidden(.income),
            "base_fen care_fen supplements covered_alone total_fen grace_fen grace_supplement_fen trace"),
        "alert": free("household kind episode issued_on"),
        "alert_fact": free("alert colour says person"),
        "alert_action": free("alert action verdict led_to").with(.hidden(.health), "text"),
        "referral": free("household person department need episode application alert agreed text").with(
            .hidden(.income), "gap_fen"),
        "referral_reply": free("referral reply programme basis month").with(.hidden(.income), "amount_fen text"),
        // 发放: amounts are what its lists are about.
        "bank_account": free("household person holder bank guardian told").with(.account, "number"),
        "account_check": free("account"),
        "account_told": free("household person holder bank guardian settles").with(.account, "number"),
        "roster_check": free("aid_kind month household held reason"),
        "pay_batch": free("aid_kind month lines total_fen hash reason"),
        "pay_payee": free("batch number household_no holder bank").with(.identity, "identity")
            .with(.account, "account"),
        "pay_step": free("batch step text"),
        "pay_line": free(
            "batch number household payee payee_name account tail people category base_fen care_fen supplement_fen total_fen"
                + " decision reissues note"),
        "pay_return": free("line code text"),
        "month_decision": free("household month amount_fen document reason"),
        "relief": free(
            "household application kind cause event amount_fen month document signer paid_first papers_due reason"),
        "relief_papers": free("relief text"),
        "relief_withdrawal": free("relief reason"),
        "relief_float": free("kind amount_fen document"),
        "department_grant": free("household person department month paid_on").with(
            .hidden(.income), "kind programme basis amount_fen quantity value_fen"),
        "grant_withdrawal": free("line reason"),
        "recovery": free("household lines amount_fen reason plan document"),
        "recovery_entry": free("recovery kind amount_fen text"),
        "duplicate": free("pair person other_area other_person points reasons"),
        "duplicate_verdict": free("pair verdict survivor survivor_area reason settles"),
        // 信任
        "access_log": access, "access_log_above": access, "access_log_district": access,
        "access_review": review, "access_review_district": review,
        "kin_filing": free("household staff relation"),
        "village_export_log": export, "town_export_log": export, "district_export_log": export,
        "objection_told": free("application objector text"),
        "complaint": complaint, "town_complaint": complaint,
        "complaint_answer": answer, "town_complaint_answer": answer,
    ]

    private static let access = free("household purpose reason related")
    private static let review = free("household access text")
    private static let export = free("content part lines purpose reason hash seconded_by")
    private static let complaint = free("source complainant text")
    private static let answer = free("complaint text satisfied")

    private static func free(_ columns: String) -> [String: ShownColumn] { [:].with(.free, columns) }
}

extension [String: ShownColumn] {
    fileprivate func with(_ shown: ShownColumn, _ columns: String) -> Self {
        columns.split(separator: " ").reduce(into: self) { $0[String($1)] = shown }
    }
}
