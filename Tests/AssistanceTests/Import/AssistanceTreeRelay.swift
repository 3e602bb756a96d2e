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

    /// What offices say of how far they are goes up too, as in a real exchange.
    func tellUp(from sender: OfficeCode, to receiver: OfficeCode) throws {
        try self[sender].issueStatements()
        var batch = IncomingBatch()
        batch.statements = try self[sender].statementsForParent()
        _ = try self[receiver].accept(batch)
    }
}
