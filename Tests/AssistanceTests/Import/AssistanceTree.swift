import Assistance
import ChangeSets
import Foundation
import GRDB
import Replica
import TestReplicas
import Testing

let district = try! OfficeCode("990000")
let town = try! OfficeCode("990000105")
let village = try! OfficeCode("990000105007")
let otherVillage = try! OfficeCode("990000105008")

let clerk = ActingUser("甲一")

/// A district, a town and its two villages, with the tables of the domain.
func assistanceTree() throws -> TestTree {
    try TestTree([district, town, village, otherVillage].map(\.digits), domain: AssistanceSchema.domain)
}

/// A sheet's bytes: lines under ``sheetHeader``, of which the first is line 2.
func sheetFile(_ lines: String..., header: String = sheetHeader) -> [UInt8] {
    Array(([header] + lines).joined(separator: "\r\n").utf8)
}

extension OfficeReplica {
    @discardableResult
    func importSheet(
        _ file: [UInt8], defaultArea: OfficeCode? = nil, partial: Bool = false, as user: ActingUser = clerk
    ) throws -> ImportReport {
        try HouseholdImport.import(
            file, into: self, as: user, defaultArea: defaultArea, partial: partial, today: try #require(sheetToday))
    }

    /// Every row of a query: its values as SQL shows them, with `|` between and nothing for NULL.
    func rows(_ sql: String) throws -> [String] {
        try read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { value in
                    switch value.storage {
                    case .null: ""
                    case .int64(let number): "\(number)"
                    case .double(let number): "\(number)"
                    case .string(let text): text
                    case .blob(let data): [UInt8](data).hex
                    }
                }.joined(separator: "|")
            }
        }
    }

    var changeSets: [String] { get throws { try rows("SELECT count(*) FROM sanji_change_set") } }

    func run(_ sql: String, as user: ActingUser = clerk) throws { try write(as: user) { try $0.execute(sql: sql) } }
}

extension [RefusedLine] {
    /// As a person reads them.
    var texts: [String] { map(\.description) }
}
