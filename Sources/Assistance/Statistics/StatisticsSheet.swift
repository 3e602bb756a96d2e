import ChangeSets
import Foundation
import GRDB
import Replica

extension Statistics {
    /// As a file that leaves the office: figures under five as `<5`, no sum of fewer than five lines; marked, and on record.
    package func export(from replica: OfficeReplica, as user: ActingUser, today: CalendarDate) throws -> [UInt8] {
        try replica.write(as: user) { db in
            try ExportLog.record(
                .statistics, replica.office.digits, purpose: "statistics", reason: "\(month)", at: replica.office,
                by: user, on: today, db
            ) { code in
                let (text, lines) = sheet(mark: code)
                return (Array(text.utf8), lines)
            }.bytes
        }
    }

    private func sheet(mark: String) -> (text: String, lines: Int) {
        var writer = CsvWriter(mark: mark)
        writer.append(["figure", "area", "month", "what", "detail", "count", "people", "yuan"])
        for line in categories {
            writer.append([
                "category", line.area.digits, "\(month)", line.category.rawValue, "", Mask.cell(line.households),
                Mask.cell(line.people), "",
            ])
        }
        for line in warnings {
            writer.append([
                "warning", line.area.digits, "", line.kind.rawValue, "\(line.colour.rawValue) \(line.age.rawValue)",
                Mask.cell(line.count), "", "",
            ])
        }
        for line in spending {
            // Under five lines the sum would say what one family gets.
            let isFew = line.lines < 5
            writer.append([
                "spending", line.area.digits, "\(line.month)", line.programme, line.department, Mask.cell(line.lines),
                "",
                isFew ? "" : "\(line.amount)",
            ])
        }
        for line in punctuality {
            writer.append([
                "visits", line.area.digits, "", "on time", "of \(Mask.cell(line.due)) due", Mask.cell(line.onTime), "",
                "",
            ])
            writer.append(["cases", line.area.digits, "", "overdue", "", Mask.cell(line.casesLate), "", ""])
        }
        for office in included {
            writer.append([
                "included", office.office.digits, "", office.upTo ?? "never", "", "\(office.missing)", "", "",
            ])
        }
        return (
            writer.text, categories.count + warnings.count + spending.count + 2 * punctuality.count + included.count
        )
    }
}

extension Statistics.Included {
    /// ISO 8601, UTC; nil where the office has never said anything.
    package var upTo: String? { upTo_ms.map { Date(timeIntervalSince1970: Double($0) / 1000).ISO8601Format() } }
}
