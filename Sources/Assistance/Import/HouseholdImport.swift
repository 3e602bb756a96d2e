import ChangeSets
import GRDB
import Replica

/// Takes a sheet "households with members" into a replica.
package enum HouseholdImport {
    /// Imports a file in one captured transaction: all that the report says, or nothing.
    ///
    /// Importing a file twice changes nothing the second time, and writes no change set. Only columns that differ are
    /// written; a cell that the file leaves empty erases nothing; who is not in the file stays. Households are found by
    /// area and number, people as ``PersonMatching`` says.
    /// - Parameters:
    ///   - file: The whole file, in any encoding that spreadsheets write.
    ///   - defaultArea: The village of all lines, where the file tells no area; a village's own area needs not be given.
    ///   - partial: Whether households none of whose lines is refused are imported when others are refused; else one
    ///     refused line keeps the whole file out.
    ///   - today: The office's day; nobody is born later.
    ///   - encoding: Where a person states it, else it is detected.
    ///   - progress: Told how many of how many rows are written. Called inside the transaction, where it must not touch
    ///     the replica.
    /// - Throws: ``HouseholdSheetError``, ``HouseholdImportError``, or what the replica throws (`RefusedWrite.tooLarge` for
    ///   one village's 16 MiB); then nothing was kept. Refused lines are no error: see ``ImportReport/isImported``.
    package static func `import`(
        _ file: [UInt8], into replica: OfficeReplica, as user: ActingUser, defaultArea: OfficeCode? = nil,
        partial: Bool = false, today: CalendarDate, encoding: TextEncoding? = nil,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> ImportReport {
        let area = defaultArea ?? (replica.office.tier == .village ? replica.office : nil)
        if let area, let reason = reason(against: area, at: replica.office) {
            throw HouseholdImportError.defaultArea(reason)
        }
        let sheet = try HouseholdSheet.read(file, as: encoding, defaultArea: area, today: today)
        var refused = sheet.refused
        var households: [OfficeCode: [ReadHousehold]] = [:]
        for read in sheet.households {
            if let reason = reason(against: read.household.area, at: replica.office) {
                refused += read.lines.map { RefusedLine(line: $0, column: .area, reason: reason) }
            } else {
                households[read.household.area, default: []].append(read)
            }
        }
        guard households.count <= Limits.partsMax else { throw HouseholdImportError.tooManyAreas(households.count) }
        let offices = try replica.directory().offices
        return try replica.write(as: user) { db in
            let plans = try households.sorted { $0.key < $1.key }.map { area, households in
                ImportPlan(households, area: area, stored: try StoredRows(area: area, db))
            }
            refused += plans.flatMap(\.refused)
            refused.sort { ($0.line, $0.column?.order ?? -1) < ($1.line, $1.column?.order ?? -1) }
            let isImported = refused.isEmpty || partial
            if isImported {
                let strangers = try households.keys.map { ($0, try MemberEvents.unplaced(in: $0, db)) }
                try write(plans.flatMap(\.writes), user, db, progress)
                for (area, before) in strangers {
                    let placed = try MemberEvents.unplaced(in: area, db).subtracting(before)
                    try place(placed, on: today, user, db)
                }
            }
            return ImportReport(
                isImported: isImported,
                households: isImported ? plans.reduce(ImportReport.Counts()) { $0 + $1.households } : .init(),
                persons: isImported ? plans.reduce(ImportReport.Counts()) { $0 + $1.persons } : .init(),
                refused: refused,
                areasWithoutOffice: isImported ? households.keys.filter { offices[$0] == nil }.sorted() : [])
        }
    }

    /// - Returns: nil when households of the area may be imported at the office.
    private static func reason(against area: OfficeCode, at office: OfficeCode) -> RefusedLine.Reason? {
        guard householdTable.declaration.areas.contains(area.tier) else { return .noVillage(area) }
        return office.covers(area) ? nil : .outsideOffice(area, office: office)
    }

    /// Whoever imports a sheet knows of the splits that are here.
    private static func place(
        _ newcomers: Set<MemberEvents.Newcomer>, on today: CalendarDate, _ user: ActingUser, _ db: Database
    ) throws {
        for newcomer in newcomers.sorted(by: { $0.person.hex < $1.person.hex }) {
            try MemberEvents.insert(
                .placed, newcomer.person, of: newcomer.household, on: today,
                settles: try MemberEvents.splits(of: newcomer.household, db), by: user, db)
        }
    }

    private static func write(
        _ writes: [RowWrite], _ user: ActingUser, _ db: Database, _ progress: (Int, Int) -> Void
    ) throws {
        // As many as a transaction may change at most: a sheet of ``HouseholdSheet/linesMax`` lines has no more than twice
        // as many rows. (Its bytes are checked at commit.)
        precondition(writes.count <= Limits.changesMax, "a sheet fits into one transaction")
        for (index, write) in writes.enumerated() {
            if index.isMultiple(of: 100) { progress(index, writes.count) }
            try write.execute(by: user, db)
        }
        progress(writes.count, writes.count)
    }
}
