import ChangeSets

/// What a file in the sheet format "households with members" holds: one line per person, as ``HouseholdColumn`` says.
///
/// Lines with the same area and household number are one household. It is imported whole or not at all: a household
/// that silently lacked a member would get another amount.
package struct HouseholdSheet: Sendable {
    /// In the order of their first lines.
    package let households: [ReadHousehold]
    /// By line, then by column. A line is in `households` or here, never in both and never in neither.
    package let refused: [RefusedLine]

    /// Four times the people on assistance in an average district; a hostile file would fill the memory with refusals.
    /// With one household for each, just as many rows as one transaction may change (`Limits.changesMax`).
    package static let linesMax = 100_000

    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - encoding: Where a person states it, else it is detected.
    ///   - defaultArea: Where the households live when the file tells it of none: it has no column for it, or no line
    ///     has anything in it. Once one line has, an empty cell may be a merged one, and is refused.
    ///   - today: Nobody is born later.
    /// - Throws: ``HouseholdSheetError`` when the file as a whole cannot be read; single lines never throw.
    package static func read(
        _ bytes: [UInt8], as encoding: TextEncoding? = nil, defaultArea: OfficeCode? = nil, today: CalendarDate,
        limits: CsvLimits = .standard
    ) throws(HouseholdSheetError) -> HouseholdSheet {
        guard bytes.count <= limits.fileBytes else {
            throw .csv(.fileTooLarge(sizeBytes: bytes.count, limitBytes: limits.fileBytes))
        }
        let text: String
        do throws(TextEncodingError) { text = try TextEncoding.decode(bytes, as: encoding).text } catch {
            throw .encoding(error)
        }
        return try read(text, defaultArea: defaultArea, today: today, limits: limits)
    }

    /// As the other `read`, of a text.
    package static func read(
        _ text: String, defaultArea: OfficeCode? = nil, today: CalendarDate, limits: CsvLimits = .standard,
        linesMax: Int = linesMax
    ) throws(HouseholdSheetError) -> HouseholdSheet {
        var records = try SheetRecords(text, limits: limits)
        guard let first = try records.next() else { throw .empty }
        let header = try SheetHeader(first, needsArea: defaultArea == nil)
        var all: [CsvRecord] = []
        while let record = try records.next() {
            guard all.count < linesMax else { throw .tooManyLines(limit: linesMax) }
            all.append(record)
        }
        let tellsArea = all.contains { header.cell(.area, of: $0)?.isEmpty == false }
        var refused: [RefusedLine] = []
        let lines = all.map { record in
            SheetLine(
                record, header: header, defaultArea: tellsArea ? nil : defaultArea, today: today, refused: &refused)
        }
        var assembly = HouseholdAssembly(lines, refused: refused)
        return assembly.sheet()
    }
}

/// The records of a text that hold anything; spreadsheets save empty rows between and after the others.
private struct SheetRecords {
    private var reader: CsvReader

    init(_ text: String, limits: CsvLimits) throws(HouseholdSheetError) {
        do throws(CsvError) { reader = try CsvReader(text, limits: limits) } catch { throw .csv(error) }
    }

    mutating func next() throws(HouseholdSheetError) -> CsvRecord? {
        do throws(CsvError) {
            while let record = try reader.next() {
                if SheetHeader.filledCells(of: record) > 0 { return record }
            }
            return nil
        } catch {
            throw .csv(error)
        }
    }
}
