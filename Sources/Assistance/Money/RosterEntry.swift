import ChangeSets
import Foundation
import GRDB
import Replica

package enum RosterError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case notDistrict(Tier)
    case nothing
    case sameUser(String)
    case changed
    case stage(PayBatch.Stage, wanted: PayBatch.Stage)
    case missingAccounts(Int)
    case noLine(Int)
    case returned(Int)
    case notAgreed([OfficeCode])
    case reason
    case notYours(Tier)
    case districtFreezes
    case laterMonth(CalendarMonth)
    case otherPayee(Int)
    case notReturned(Int)
    case paidAgain(String)
    case paidTwice(Int, String)
    case disputed(Int)

    package var description: String {
        switch self {
        case .unknown(let id): "no one batch ‘\(id)’ is here; ‘sanji roster list’ shows all"
        case .notDistrict(let tier):
            "the district freezes, approves and sends; a \(tier) checks (‘sanji roster agree’, ‘hold’)"
        case .nothing: "nobody is to be paid; nothing was frozen"
        case .sameUser(let user): "‘\(user)’ has frozen this list; another person approves it"
        case .changed:
            "the lines are not those that were frozen: their hash is another; cancel the batch, and find out with ‘sanji log’ who "
                + "wrote what"
        case .stage(let stage, let wanted):
            "the batch is \(stage.rawValue) \(stage.chinese), and must be \(wanted.rawValue) \(wanted.chinese) for this"
        case .missingAccounts(let count):
            "\(count) accounts of the list are not here; ‘sanji status’ says what is missing"
        case .noLine(let number): "the batch has no line \(number)"
        case .returned(let number): "line \(number) was returned already"
        case .notAgreed(let offices):
            "not agreed yet: \(offices.map(\.digits).joined(separator: ", ")); ‘--without-them REASON’ freezes all the same"
        case .districtFreezes: "the district agrees to a list by freezing it"
        case .laterMonth(let month): "\(month) is more than a month away; a list is frozen for this month or the next"
        case .otherPayee(let number): "line \(number) pays somebody else; compare the number with the bank's paper"
        case .notReturned(let number): "line \(number) was not returned"
        case .paidAgain(let batch): "batch \(batch.prefix(12)) pays it again; cancel that one first"
        case .paidTwice(let number, let batch):
            "line \(number) is paid by batch \(batch.prefix(12)) as well; cancel one of the two batches"
        case .disputed(let number):
            "two offices name two identity numbers of the payee of line \(number); choose one with ‘sanji conflicts’"
        case .reason: "say the reason"
        case .notYours(let tier): "a \(tier) records no return; its town or the district does"
        }
    }
}

/// Freezes, approves and settles lists (domain 4.6): at the district, each step once, by two people.
package struct RosterEntry {
    private let replica: OfficeReplica
    private let user: ActingUser
    private let today: CalendarDate

    package init(_ replica: OfficeReplica, as user: ActingUser, today: CalendarDate) {
        self.replica = replica
        self.user = user
        self.today = today
    }

    // MARK: Villages and towns

    /// Agrees to the month's list of this office's area.
    package func agree(_ kind: Roster.AidKind, _ month: CalendarMonth, remark: String = "") throws {
        try check(kind, month, nil, isHeld: false, remark)
    }

    /// Holds a household back, or lets it go.
    package func hold(
        _ household: HouseholdID, _ kind: Roster.AidKind, _ month: CalendarMonth, isHeld: Bool, reason: String
    ) throws {
        guard !reason.isEmpty else { throw RosterError.reason }
        try check(kind, month, household, isHeld: isHeld, reason)
    }

    private func check(
        _ kind: Roster.AidKind, _ month: CalendarMonth, _ household: HouseholdID?, isHeld: Bool, _ reason: String
    ) throws {
        guard household != nil || replica.office != replica.root else { throw RosterError.districtFreezes }
        try replica.write(as: user) { db in
            // Whoever lets a household go says what it knows of.
            let settled = isHeld ? nil : try household.map { try RosterHolds.words(on: $0, kind, month, db) }
            try NewRow(
                table: rosterCheckTable, area: household?.area ?? replica.office,
                values: [
                    ("aid_kind", kind.rawValue.databaseValue), ("month", month.description.databaseValue),
                    ("household", (household?.id).databaseValue), ("held", isHeld.databaseValue),
                    ("day", today.description.databaseValue), ("reason", reason.databaseValue),
                    ("settles", (settled ?? Settled([])).databaseValue),
                ]
            ).insert(by: user, db)
        }
    }

    // MARK: The district

    /// Freezes the list as it stands now: from here on nothing of it changes.
    /// - Parameter withoutAgreement: Why it is frozen although not every town has agreed; nil where all must have.
    package func freeze(
        _ kind: Roster.AidKind, _ month: CalendarMonth, withoutAgreement: String? = nil
    ) throws -> (batch: PayBatch, roster: Roster) {
        try atDistrict()
        guard month <= today.calendarMonth.adding(months: 1) ?? today.calendarMonth else {
            throw RosterError.laterMonth(month)
        }
        let disputed = try DisputedIdentities(replica)
        return try replica.write(as: user) { db in
            let roster = try Roster.build(kind, month, in: replica.office, disputed, db)
            guard !roster.lines.isEmpty else { throw RosterError.nothing }
            if withoutAgreement?.isEmpty ?? true {
                let agreed = try RosterHolds.agreed(kind, month, db)
                let towns = Set(roster.lines.compactMap { try? OfficeCode($0.household.area.digits.prefix(9)) })
                let missing = towns.subtracting(agreed).sorted { $0.digits < $1.digits }
                guard missing.isEmpty else { throw RosterError.notAgreed(missing) }
            }
            let batch = [UInt8](try Data.fetchOne(db, sql: "SELECT uuid7()")!)  // A function of the engine's own.
            for (index, line) in roster.lines.enumerated() {
                try row(of: line, number: index + 1, in: batch).insert(by: user, db)
            }
            let lines = try PayBatches.lines(of: batch, db)
            try NewRow(
                table: payBatchTable, area: replica.office,
                values: [
                    ("aid_kind", kind.rawValue.databaseValue), ("month", month.description.databaseValue),
                    ("lines", lines.count.databaseValue), ("total_fen", roster.total.fen.databaseValue),
                    ("hash", PayBatches.hash(lines, of: batch, kind, month).databaseValue),
                    ("day", today.description.databaseValue),
                    ("reason", (withoutAgreement ?? "").databaseValue),
                ]
            ).insert(id: batch, by: user, db)
            try BankSheet.freeze(lines, by: user, db)
            return (try PayBatches.one(batch.hex, db), roster)
        }
    }

    private func row(of line: Roster.Line, number: Int, in batch: [UInt8]) -> NewRow {
        NewRow(
            table: payLineTable, area: line.household.area,
            values: [
                ("batch", batch.databaseValue), ("number", number.databaseValue),
                ("household", line.household.id.databaseValue), ("payee", line.payee.databaseValue),
                ("payee_name", line.payeeName.databaseValue), ("account", line.account.databaseValue),
                ("tail", line.tail.databaseValue), ("people", line.people.databaseValue),
                ("category", line.category.rawValue.databaseValue), ("base_fen", line.parts.base.fen.databaseValue),
                ("care_fen", line.parts.care.fen.databaseValue),
                ("supplement_fen", line.parts.supplement.fen.databaseValue),
                ("total_fen", line.total.fen.databaseValue),
                ("decision", line.decision.databaseValue), ("reissues", line.reissues.databaseValue),
                ("note", line.warnings.map(\.description).joined(separator: "; ").databaseValue),
            ])
    }

    /// 批准: by another person than the one who froze it, and only what was frozen.
    package func approve(_ name: String) throws -> PayBatch {
        let disputed = try DisputedIdentities(replica)
        return try step("approve", on: name, from: [.frozen]) { db, batch in
            guard batch.frozenBy != user.name else { throw RosterError.sameUser(user.name) }
            try checkWhole(batch, disputed, db)
        }
    }

    /// 报送: the bank's file.
    package func export(_ name: String) throws -> (batch: PayBatch, sheet: [UInt8]) {
        let disputed = try DisputedIdentities(replica)
        var sheet: [UInt8] = []
        // Again where the file was lost: each time is written down.
        let batch = try step("export", on: name, from: [.approved, .exported]) { db, batch in
            try checkWhole(batch, disputed, db)
            sheet = try ExportLog.record(
                .bank, batch.id.hex, purpose: AccessPurpose.payment.rawValue,
                reason: "\(batch.kind.chinese) \(batch.month)",
                at: replica.office, by: user, on: today, db
            ) { code in
                (Array(try BankSheet.text(of: batch, mark: code, db).utf8), batch.lineCount)
            }.bytes
        }
        return (batch, sheet)
    }

    package func settle(_ name: String) throws -> PayBatch {
        try step("settle", on: name, from: [.exported]) { _, _ in }
    }

    package func cancel(_ name: String, reason: String) throws -> PayBatch {
        guard !reason.isEmpty else { throw RosterError.reason }
        return try step("cancel", on: name, from: [.frozen, .approved], text: reason) { _, _ in }
    }

    /// 退回: what the bank could not pay. It is paid again by a later batch, once another account is checked.
    /// - Parameter payee: As the bank's paper names them: a number alone is mistyped.
    package func takeBack(
        _ name: String, line number: Int, payee: String, code: String, on day: CalendarDate? = nil
    ) throws -> PayLine {
        try atDistrict()
        guard day.map({ $0 <= today }) ?? true else { throw FactError.later("day of the return") }
        return try replica.write(as: user) { db in
            let batch = try PayBatches.one(name, db)
            guard batch.stage == .exported || batch.stage == .settled else {
                throw RosterError.stage(batch.stage, wanted: .exported)
            }
            guard let line = try PayBatches.lines(of: batch.id, db).first(where: { $0.number == number }) else {
                throw RosterError.noLine(number)
            }
            guard line.payeeName == payee.trimmedCell else { throw RosterError.otherPayee(number) }
            guard line.returned == nil else { throw RosterError.returned(number) }
            try NewRow(
                table: payReturnTable, area: line.household.area,
                values: [
                    ("line", line.id.databaseValue), ("code", code.databaseValue),
                    ("day", (day ?? today).description.databaseValue),
                ]
            ).insert(by: user, db)
            return line
        }
    }

    /// A return was taken down by mistake: the line was paid. Only as long as no other pays it again.
    package func undoReturn(_ name: String, line number: Int, reason: String) throws -> PayLine {
        try atDistrict()
        guard !reason.isEmpty else { throw RosterError.reason }
        return try replica.write(as: user) { db in
            let batch = try PayBatches.one(name, db)
            guard let line = try PayBatches.lines(of: batch.id, db).first(where: { $0.number == number }) else {
                throw RosterError.noLine(number)
            }
            guard line.returned != nil else { throw RosterError.notReturned(number) }
            let again = try PayBatches.live(line, besides: batch, db)
            if let again { throw RosterError.paidAgain(again.hex) }
            let returns = try Data.fetchAll(
                db, sql: "SELECT id FROM pay_return WHERE area = ? AND line = ?",
                arguments: [line.household.area.digits, Data(line.id)])
            try NewRow(
                table: payReturnTable, area: line.household.area,
                values: [
                    ("line", line.id.databaseValue), ("day", today.written), ("text", reason.databaseValue),
                    ("withdrawn", 1.databaseValue), ("settles", Settled(returns.map { [UInt8]($0) }).databaseValue),
                ]
            ).insert(by: user, db)
            return try PayBatches.lines(of: batch.id, db).first { $0.number == number }!  // Just read.
        }
    }

    private func atDistrict() throws {
        guard replica.office == replica.root else { throw RosterError.notDistrict(replica.office.tier) }
    }

    private func step(
        _ word: String, on name: String, from stages: Set<PayBatch.Stage>, text: String = "",
        _ check: (Database, PayBatch) throws -> Void
    ) throws -> PayBatch {
        try atDistrict()
        return try replica.write(as: user) { db in
            let batch = try PayBatches.one(name, db)
            guard stages.contains(batch.stage) else { throw RosterError.stage(batch.stage, wanted: stages.min()!) }
            try check(db, batch)
            try NewRow(
                table: payStepTable, area: replica.office,
                values: [
                    ("batch", batch.id.databaseValue), ("step", word.databaseValue),
                    ("day", today.description.databaseValue), ("text", text.databaseValue),
                ]
            ).insert(by: user, db)
            return try PayBatches.one(batch.id.hex, db)
        }
    }

    private func checkWhole(_ batch: PayBatch, _ disputed: DisputedIdentities, _ db: Database) throws {
        let lines = try PayBatches.lines(of: batch.id, db)
        let total = lines.reduce(Money.zero) { $0 + $1.total }
        guard lines.count == batch.lineCount, total == batch.total,
            PayBatches.hash(lines, of: batch.id, batch.kind, batch.month) == batch.hash
        else {
            throw RosterError.changed
        }
        _ = try BankSheet.payees(of: batch, db)
        if let line = lines.first(where: { disputed.contains($0.payee ?? [], in: $0.household.area) }) {
            throw RosterError.disputed(line.number)
        }
        // Two machines may have frozen one month, or one has cancelled what another approved.
        for line in lines {
            if let other = try PayBatches.live(line, besides: batch, db) {
                throw RosterError.paidTwice(line.number, other.hex)
            }
        }
    }
}
