import ChangeSets
import Foundation
import GRDB
import Replica

package struct SignalReport: Hashable, Sendable {
    package internal(set) var new = 0
    /// Lines that were imported before.
    package internal(set) var known = 0
    /// Of the new ones, those about somebody who is in no register here; they are kept, and count once the person is registered.
    package internal(set) var unmatched = 0
    /// Of the new ones, those of so long ago that no rule looks at them (``SignalKind/daysBack``); they are kept.
    package internal(set) var old = 0
    package internal(set) var refused: [RefusedRow<SignalFault>] = []
}

/// Takes what a department knows. Every good line is taken, every other one reported; a line that comes again says nothing new.
package enum SignalImport {
    /// - Parameters:
    ///   - department: Who hands it over; with the kind and the line's number it names the line for good.
    ///   - batch: Which delivery it came with, for whoever asks later.
    /// - Throws: `TextEncodingError`, `CsvError`, ``SignalFault/header(_:)``, or what the replica throws; then nothing was taken.
    package static func `import`(
        _ file: [UInt8], _ kind: SignalKind, department: String, batch: String, into replica: OfficeReplica,
        as user: ActingUser, today: CalendarDate
    ) throws -> SignalReport {
        guard replica.office.tier != .village else { throw SignalImportError.village(replica.office) }
        guard !department.isEmpty, !batch.isEmpty else { throw SignalImportError.unnamed }
        let (lines, refused) = try SignalSheet.read(file, as: kind, today: today)
        return try replica.write(as: user) { db in
            var report = SignalReport()
            report.refused = refused
            for (line, signal) in lines {
                let row = SignalRow(signal, source: "\(department)/\(kind.rawValue)/\(signal.number)", kind: kind)
                if let known = try SignalRow.stored(row.source, db) {
                    if known == row {
                        report.known += 1
                    } else {
                        report.refused.append(RefusedRow(line: line, fault: .saysOtherwise))
                    }
                    continue
                }
                do { try signal.identity.check(db) } catch let fault as InvalidIdentityNumber {
                    report.refused.append(RefusedRow(line: line, fault: .identity(fault)))
                    continue
                }
                try row.insert(batch: batch, today: today, db)
                report.new += 1
                if !kind.isLasting, row.day <= SignalRow.oldest(on: today) { report.old += 1 }
                if try !Monitor.mark(identity: row.identity, db) { report.unmatched += 1 }
            }
            report.refused.sort { $0.line < $1.line }
            return report
        }
    }
}

package enum SignalImportError: Error, Hashable, CustomStringConvertible {
    case village(OfficeCode)
    case unnamed

    package var description: String {
        switch self {
        case .village(let office): "\(office) is a village; departments' data are imported at a town or the district"
        case .unnamed: "name the department and the batch"
        }
    }
}

/// A signal as the local table has it.
struct SignalRow: Hashable {
    let source: String
    let kind: SignalKind
    let identity: String
    let day: CalendarDate
    var fen: Int64?
    var before: Int64?
    var word: String?
    var number: Int?

    init(_ line: SignalLine, source: String, kind: SignalKind) {
        self.source = source
        self.kind = kind
        identity = line.identity.digits
        day = line.day
        switch line.fact {
        case .medical(let paid): fen = paid.fen
        case .certificate(let disability, let validTo):
            number = disability.kind * 10 + disability.grade
            word = validTo?.description
        case .accident(let kind), .asset(let kind): word = kind
        case .wageStopped, .death: break
        case .income(let before, let now): (self.before, fen) = (before.fen, now.fen)
        case .notEnrolled: word = "not_enrolled"
        case .entersSeniorSchool: word = "enters_senior"
        case .disaster(let event, let damaged): (word, number) = (event, damaged ? 1 : 0)
        case .accountReturned(let code): word = code
        }
    }

    private init?(_ row: Row) {
        guard let kind = SignalKind(rawValue: row["kind"]), let day = row.date("day") else { return nil }
        (source, self.kind, identity, self.day) = (row["source"], kind, row["identity"], day)
        (fen, before, word, number) = (row["fen"], row["before_fen"], row["word"], row["number"])
    }

    static func stored(_ source: String, _ db: Database) throws -> SignalRow? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM signal WHERE source = ?"), arguments: [source])
            .flatMap(SignalRow.init)
    }

    /// Of a person, what rules look at on a day, in order of day and source.
    static func all(of identity: String, on today: CalendarDate, _ db: Database) throws -> [SignalRow] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM signal WHERE identity = ? AND (day > ? OR kind IN (\(lasting))) ORDER BY day, source
                    """),
            arguments: [identity, oldest(on: today).description]
        ).compactMap(SignalRow.init)
    }

    private static let lasting = SignalKind.allCases.filter(\.isLasting).map { "'\($0.rawValue)'" }
        .joined(separator: ", ")

    /// After this day is looked at what does not last.
    static func oldest(on today: CalendarDate) -> CalendarDate { today.adding(days: -SignalKind.daysBack) ?? today }

    func insert(batch: String, today: CalendarDate, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO signal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").execute(arguments: [
            source, kind.rawValue, identity, day.description, fen, before, word, number, batch, today.description,
        ])
    }

    /// - Parameter person: Id of the person in the register.
    func signal(of person: [UInt8]) -> Signal? {
        fact.map { Signal(source: source, person: person, date: day, $0) }
    }

    private var fact: Signal.Fact? {
        switch kind {
        case .medical: fen.map { .medical(selfPaid: Money(fen: $0)) }
        case .disability:
            number.flatMap { Disability(kind: $0 / 10, grade: $0 % 10) }.map { disability in
                .certificate(disability, validTo: word.flatMap { CalendarDate(written: $0) })
            }
        case .accident: word.map { .accident($0) }
        case .asset: word.map { .asset($0) }
        case .wage: .wageStopped
        case .death: .death
        case .income:
            if let fen, let before { .income(before: Money(fen: before), now: Money(fen: fen)) } else { nil }
        case .school: word == "not_enrolled" ? .notEnrolled : .entersSeniorSchool
        case .disaster: word.map { .disaster(event: $0, houseDamaged: number == 1) }
        case .account: word.map { .accountReturned(code: $0) }
        }
    }
}
