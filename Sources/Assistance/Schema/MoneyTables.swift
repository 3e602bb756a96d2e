// 发放: what is paid to whom. Computed from decisions, frozen, approved by a second person; nothing of it is changed afterwards.

/// 账户: where a household's money goes. Not below the town: whole numbers lie there and at the district only.
let bankAccountTable = DomainTable(
    "bank_account", audience: .town, appendOnly: true, references: ["household": "household"],
    indexes: [["household"]], lookups: ["number"],
    [
        .group(
            "account", .highest, writers: [.town, .district],
            [
                .blob("household"), .blob("person"), .text("holder", default: ""), .text("bank", default: ""),
                .text("number", default: ""), .date("day"),
                // By which paper the holder keeps the payee's money (a guardian, an institution); NULL where it is the payee's own.
                .text("guardian"),
                // The entry of a village that it was taken over from, and the accounts and entries that it takes the place of (``Settled``).
                .blob("told"), .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 账户复核: a second person has compared it with the paper. Nothing is paid to an account before that.
let accountCheckTable = DomainTable(
    "account_check", audience: .town, appendOnly: true, references: ["account": "bank_account"],
    indexes: [["account"]],
    [.group("check", .highest, writers: [.town, .district], [.blob("account"), .date("day")]), .createdBy])

/// 账户登记: an account as a village has taken it down; it counts once the town has taken it over.
let accountToldTable = DomainTable(
    "account_told", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    [
        .group(
            "told", .highest,
            [
                .blob("household"), .blob("person"), .text("holder", default: ""), .text("bank", default: ""),
                .text("number", default: ""), .date("day"), .text("guardian"),
                // What the village had taken down before (``Settled``).
                .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 名册核对: that a village or town agrees to the list of a month, or that a household is to be held back, with the reason.
let rosterCheckTable = DomainTable(
    "roster_check", areas: [.village, .town], appendOnly: true, indexes: [["month"]],
    [
        .group(
            "check", .highest,
            [
                .text("aid_kind", default: ""), .month("month"),
                // NULL: the whole list.
                .blob("household"),
                // Whether it is held back; a row of the same or a higher tier may let those go that it knew of (``Settled``).
                .flag("held"), .date("day"), .text("reason", default: ""), .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 发放批次: the list of a month and kind of aid as it was frozen, with the hash over its lines.
let payBatchTable = DomainTable(
    "pay_batch", areas: [.district], appendOnly: true, indexes: [["month"]],
    [
        .group(
            "batch", .highest, writers: [.district],
            [
                .text("aid_kind", default: ""), .month("month"), .number("lines", 0...1_000_000, default: 0),
                .fen("total_fen", sumOf: 1_000_000), .text("hash", default: ""), .date("day"),
                // Why it was frozen although not every town had agreed.
                .text("reason", default: ""),
            ]),
        .createdBy,
    ])

/// 收款信息: whom and where to a line pays, whole numbers and all, as it was frozen: the bank's file is written from it. Nowhere below the
/// district.
let payPayeeTable = DomainTable(
    "pay_payee", areas: [.district], audience: .district, appendOnly: true, references: ["batch": "pay_batch"],
    indexes: [["batch"]], lookups: ["batch"],
    [
        .group(
            "payee", .highest, writers: [.district],
            [
                .blob("batch"), .number("number", 0...1_000_000, default: 0), .text("household_no", default: ""),
                .text("identity", default: ""), .text("holder", default: ""), .text("bank", default: ""),
                .text("account", default: ""),
            ]),
        .createdBy,
    ])

/// 批次步骤: approve 批准, export 报送银行, settle 结清, cancel 作废.
let payStepTable = DomainTable(
    "pay_step", areas: [.district], appendOnly: true, references: ["batch": "pay_batch"], indexes: [["batch"]],
    [
        .group(
            "step", .highest, writers: [.district],
            [.blob("batch"), .text("step", default: ""), .date("day"), .text("text", default: "")]),
        .createdBy,
    ])

/// 发放明细: one household's line of a batch. The account is named by its row, which villages do not have, and its last digits.
let payLineTable = DomainTable(
    "pay_line", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    lookups: ["id", "batch"],
    [
        .group(
            "line", .highest, writers: [.district],
            [
                .blob("batch"), .number("number", 1...1_000_000), .blob("household"), .blob("payee"),
                .text("payee_name", default: ""), .blob("account"), .text("tail", default: ""),
                .number("people", 0...100, default: 0), .text("category", default: ""), .fen("base_fen"),
                .fen("care_fen"), .fen("supplement_fen"), .fen("total_fen"), .blob("decision"),
                // A line that the bank returned, which this one pays again.
                .blob("reissues"), .text("note", default: ""),
            ]),
        .createdBy,
    ])

/// 退回: what the bank could not pay; and that a return was taken down by mistake, which names those it takes back. A line that came back is paid
/// again, so that this is for the office that pays.
let payReturnTable = DomainTable(
    "pay_return", appendOnly: true, references: ["line": "pay_line"], indexes: [["line"]],
    [
        .group(
            "return", .highest, writers: [.district],
            [
                .blob("line"), .text("code", default: ""), .date("day"), .text("text", default: ""),
                .flag("withdrawn"), .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 月份认定: what a household is due in a month that has begun, as somebody who may decide has said; never more than was decided.
let monthDecisionTable = DomainTable(
    "month_decision", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    [
        .group(
            "month", .highest, writers: [.town, .district],
            [
                .blob("household"), .month("month"), .fen("amount_fen"), .date("day"), .text("document", default: ""),
                .text("reason", default: ""),
                // Events of the household and words on the month that whoever decided knew of (``Settled``).
                .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 临时救助: aid for once, by whoever may give so much.
let reliefTable = DomainTable(
    "relief", appendOnly: true, references: ["household": "household"], indexes: [["household"], ["application"]],
    [
        .group(
            "relief", .highest, writers: [.town, .district],
            [
                .blob("household"), .blob("application"),
                // urgent 急难型, expense 支出型
                .choice("kind", ["urgent", "expense"]),
                // illness, accident, disaster, schooling, other; and what exactly.
                .text("cause", default: ""), .text("event"), .fen("amount_fen"), .month("month"), .date("day"),
                .text("document", default: ""), .text("signer", default: ""),
                // 先行救助: paid before the papers, which are due on a day.
                .flag("paid_first"), .date("papers_due"), .text("reason"),
            ]),
        .createdBy,
    ])

/// 补齐手续: the papers of what was paid first are there.
let reliefPapersTable = DomainTable(
    "relief_papers", appendOnly: true, references: ["relief": "relief"], indexes: [["relief"]],
    [
        .group(
            "papers", .highest, writers: [.town, .district],
            [.blob("relief"), .date("day"), .text("text", default: "")]),
        .createdBy,
    ])

/// 撤销: that relief was given by mistake; it counts where the office that gave it, or one above it, says so.
let reliefWithdrawalTable = withdrawal("relief_withdrawal", of: "relief", reliefTable)

private func withdrawal(_ name: String, of column: String, _ table: DomainTable) -> DomainTable {
    DomainTable(
        name, appendOnly: true, references: [column: table.name], indexes: [[column]],
        [
            .group(
                "withdrawal", .highest, writers: [.town, .district],
                [.blob(column), .date("day"), .text("reason", default: "")]),
            .createdBy,
        ])
}

/// 备用金: what a town has in hand for urgent relief that is paid at once. Entries only: what is left is their sum less what was paid.
let reliefFloatTable = DomainTable(
    "relief_float", areas: [.town], audience: .town, appendOnly: true,
    [
        .group(
            "entry", .highest, writers: [.district],
            [
                .choice("kind", ["given", "returned"], default: "given"), .fen("amount_fen"), .date("day"),
                .text("document", default: ""),
                // By the first what had been paid before the papers until then, from elsewhere (``Settled``).
                .text("settles", default: ""),
            ]),
        .createdBy,
    ])

/// 部门发放: what other departments have given, as they hand it over. Its id follows from the department and its line, so that a file that is
/// imported at two offices is one.
let grantTable = DomainTable(
    "department_grant", appendOnly: true, references: ["household": "household"], indexes: [["household"]],
    lookups: ["id"],
    [
        .group(
            "grant", .highest, writers: [.town, .district], quiet: true,
            [
                .blob("household"), .blob("person"), .text("department", default: ""), .text("kind", default: ""),
                .text("programme", default: ""), .text("basis", default: ""), .month("month"), .fen("amount_fen"),
                // In kind: what it is, and what it is worth, which is never added up.
                .text("quantity"), .fen("value_fen"), .date("paid_on"),
            ]),
        .createdBy,
    ])

/// 撤销: that a line was wrong, likewise.
let grantWithdrawalTable = withdrawal("grant_withdrawal", of: "line", grantTable)

/// 追缴
let recoveryTable = DomainTable(
    "recovery", appendOnly: true, references: ["household": "household"], indexes: [["household"]], lookups: ["id"],
    [
        .group(
            "recovery", .highest, writers: [.town, .district],
            [
                .blob("household"),
                // Ids of the lines that were too much.
                .text("lines", default: ""), .fen("amount_fen"), .text("reason", default: ""),
                .text("plan", default: ""), .text("document", default: ""), .date("day"),
            ]),
        .createdBy,
    ])

/// 追缴记录: the sum of them is what was given back.
let recoveryEntryTable = DomainTable(
    "recovery_entry", appendOnly: true, references: ["recovery": "recovery"], indexes: [["recovery"]],
    [
        .group(
            "entry", .highest, writers: [.town, .district],
            [
                .blob("recovery"), .choice("kind", ["repaid", "waived", "returned"]), .fen("amount_fen"), .date("day"),
                .text("text", default: ""),
            ]),
        .createdBy,
    ])
