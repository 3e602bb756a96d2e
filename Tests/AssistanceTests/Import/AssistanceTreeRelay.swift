import Assistance
import ChangeSets
import TestReplicas

extension TestTree {
    /// Everything travels up and down again, as after a cut.
    func exchangeAll() throws {
        for office in [village, otherVillage] { try send(from: office, to: town) }
        try send(from: town, to: district)
        try send(from: district, to: town)
        for office in [village, otherVillage] { try send(from: town, to: office) }
    }
}
