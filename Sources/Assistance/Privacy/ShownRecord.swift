import ChangeSets
import GRDB
import Replica

/// The values of one record as they may be shown: masked as on a work list, and whole as far as its family's file is opened (domain 4.9).
/// The engine knows nothing of this; whoever prints what it hands out asks here.
package struct ShownRecord: Sendable {
    private let table: String
    private let fields: Set<HouseholdFile.Field>
    /// The directory and what else is no table of the domain says nothing of a family.
    private let isOfDomain: Bool

    package init(_ table: String, opening fields: Set<HouseholdFile.Field> = []) {
        self.table = table
        self.fields = fields
        isOfDomain = AssistanceSchema.version1.table(named: table) != nil
    }

    /// Whether its values stand as they are.
    package func isWhole(_ column: String) -> Bool {
        guard isOfDomain else { return true }
        guard let shown = ShownColumn.of(table, column) else { return false }
        return shown == .free || shown.field.map(fields.contains) ?? false
    }

    /// Nothing stays nothing.
    package func value(_ value: CellValue, of column: String) -> CellValue {
        if value == .null || value == .text("") || isWhole(column) { return value }
        guard case .text(let text) = value, let shown = ShownColumn.of(table, column) else { return .text("**") }
        let masked =
            switch shown {
            case .identity: Mask.identityNumber(text, .workList)
            case .phone: Mask.phone(text, .workList)
            case .address: Mask.address(text, .workList)
            case .account: Mask.account(text, .workList)
            // Of what is no date nothing.
            case .birth: CalendarDate(written: text).map { "\($0.year)" }
            case .free, .hidden: nil as String?
            }
        return .text(masked ?? "**")
    }

    /// Whether somebody has typed in again what they were shown, for want of the whole.
    package func isMask(_ text: String, of column: String) -> Bool {
        let isMasked = isOfDomain && ShownColumn.of(table, column) != .free
        return isMasked && text.contains("**")
    }
}

package enum RecordOpeningError: Error, CustomStringConvertible {
    case ofNoHousehold(RecordID)
    case masked(column: String, String)

    package var description: String {
        switch self {
        case .ofNoHousehold(let record):
            "\(record.table) \(record.keyText) belongs to no household, so that no file can be opened for it; without --purpose it is shown masked"
        case .masked(let column, let text):
            "‘\(text)’ is masked, and no \(column); type the whole, or keep what an office wrote with --keep OFFICE"
        }
    }
}
