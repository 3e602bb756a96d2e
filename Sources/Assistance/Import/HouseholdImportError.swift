import ChangeSets

/// Why a whole sheet is not imported although it can be read.
package enum HouseholdImportError: Error, Hashable, CustomStringConvertible {
    case defaultArea(RefusedLine.Reason)
    case tooManyAreas(Int)

    package var description: String {
        switch self {
        case .defaultArea(let reason): "the area for the whole file: \(reason)"
        case .tooManyAreas(let areas):
            "the file has households of \(areas) villages, and one import may have \(Limits.partsMax); "
                + "split it between villages"
        }
    }
}
