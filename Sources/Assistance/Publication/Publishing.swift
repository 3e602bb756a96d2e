import ChangeSets
import GRDB
import Replica

/// What a publication has done to the values that were there.
package struct PublishReport: Hashable, Sendable {
    package internal(set) var new = 0
    package internal(set) var changed = 0
    package internal(set) var unchanged = 0
    /// Values that ended because a later one begins, as they read now.
    package internal(set) var ended: [PublishedValue] = []
}

/// Publishes values of parameters, so that no two of one area hold at once: a value ends the one before it, and is ended by
/// the one after it.
package enum Publishing {
    /// - Parameter values: Of one area each, without two for the same name, registration and first day.
    /// - Throws: ``PublishError``, or what the replica throws; then nothing was published.
    package static func publish(
        _ values: [PublishedValue], in replica: OfficeReplica, as user: ActingUser
    ) throws -> PublishReport {
        for value in values {
            guard let name = ParameterName(rawValue: value.name) else { throw PublishError.unknown(value.name) }
            guard name.accepts(value.text) else { throw PublishError.value(name, value.text) }
            guard !value.document.isEmpty else { throw PublishError.noDocument }
            guard value.validTo.map({ $0 >= value.validFrom }) ?? true else { throw PublishError.endsBefore(value) }
            guard replica.office == replica.root else { throw PublishError.notYours(root: replica.root) }
            guard [.district, .town].contains(value.area.tier), replica.root.covers(value.area) else {
                throw PublishError.outside(value.area, root: replica.root)
            }
        }
        return try replica.write(as: user) { db in
            var report = PublishReport()
            // From the earliest on, so that each finds its neighbours as they will stay.
            for value in values.sorted(by: { $0.validFrom < $1.validFrom }) {
                try publish(value, replica.root, user, db, &report)
            }
            return report
        }
    }

    /// Ends a value that holds until further notice, or later than `last`.
    /// - Parameter last: Its last day.
    /// - Throws: ``PublishError``, or what the replica throws; then nothing has changed.
    package static func end(
        _ name: ParameterName, registration: String, in area: OfficeCode, from first: CalendarDate,
        on last: CalendarDate,
        document: String, in replica: OfficeReplica, as user: ActingUser
    ) throws -> PublishedValue {
        guard replica.office == replica.root else { throw PublishError.notYours(root: replica.root) }
        guard !document.isEmpty else { throw PublishError.noDocument }
        return try replica.write(as: user) { db in
            let known = try PublishedRules.values(db).first {
                $0.area == area && $0.name == name.rawValue && $0.hukouKind == registration && $0.validFrom == first
            }
            guard let known else { throw PublishError.nothingToEnd(name, area, first) }
            guard last >= first else { throw PublishError.endsBefore(known) }
            // To go on longer it is published again, which looks at its neighbours.
            guard known.validTo.map({ last <= $0 }) ?? true else { throw PublishError.endsLater(known) }
            let ended = known.ending(on: last, by: document)
            try write(ended, replica.root, user, db)
            return ended
        }
    }

    private static func publish(
        _ value: PublishedValue, _ root: OfficeCode, _ user: ActingUser, _ db: Database,
        _ report: inout PublishReport
    ) throws {
        let others = try PublishedRules.values(db).filter {
            $0.area == value.area && $0.name == value.name && $0.hukouKind == value.hukouKind
        }
        var value = value
        if let next = others.filter({ $0.validFrom > value.validFrom }).map(\.validFrom).min(),
            let last = next.adding(days: -1), value.validTo.map({ $0 > last }) ?? true
        {
            value = value.ending(on: last, by: value.document)
        }
        if let last = value.validFrom.adding(days: -1) {
            for other in others
            where other.validFrom < value.validFrom && other.validTo.map({ $0 >= value.validFrom }) ?? true {
                let ended = other.ending(on: last, by: other.document)
                try write(ended, root, user, db)
                report.ended.append(ended)
            }
        }
        let known = others.first { $0.validFrom == value.validFrom }
        if known == value {
            report.unchanged += 1
            return
        }
        try write(value, root, user, db)
        if known == nil { report.new += 1 } else { report.changed += 1 }
    }

    private static func write(
        _ value: PublishedValue, _ root: OfficeCode, _ user: ActingUser, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO param (area, name, registration, valid_from, value, valid_to, document, created_by, place)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                ON CONFLICT (area, name, registration, valid_from, place)
                DO UPDATE SET value = ?5, valid_to = ?6, document = ?7, row_state = 'live'
                """
        ).execute(arguments: [
            root.digits, value.name, value.hukouKind, value.validFrom.description, value.text,
            value.validTo?.description, value.document, user.name, value.area == root ? "" : value.area.digits,
        ])
    }
}

extension PublishedValue {
    fileprivate func ending(on last: CalendarDate, by document: String) -> PublishedValue {
        PublishedValue(
            area: area, name: name, hukouKind: hukouKind, validFrom: validFrom, validTo: last, text: text,
            document: document)
    }
}

package enum PublishError: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case value(ParameterName, String)
    case noDocument
    case endsBefore(PublishedValue)
    case endsLater(PublishedValue)
    case notYours(root: OfficeCode)
    case outside(OfficeCode, root: OfficeCode)
    case nothingToEnd(ParameterName, OfficeCode, CalendarDate)

    package var description: String {
        switch self {
        case .unknown(let name): "\(ParameterFault.unknown(name.shortened))"
        case .value(let name, let text):
            "‘\(text.shortened)’ is not \(name.unit.example), which ‘\(name.rawValue)’ takes"
        case .noDocument: "\(ParameterFault.document)"
        case .endsBefore(let value): "‘\(value.name)’ would end before it begins on \(value.validFrom)"
        case .endsLater(let value):
            "‘\(value.name)’ ends on \(value.validTo?.description ?? "?") already; to go on longer it is published again"
        case .notYours(let root): "rules and holidays are the district's to publish; do it at \(root)"
        case .outside(let area, let root): "\(area) is neither \(root) nor one of its towns; rules are of one of them"
        case .nothingToEnd(let name, let area, let first):
            "no value of ‘\(name.rawValue)’ of \(area) begins on \(first); ‘sanji param list’ shows all"
        }
    }
}
