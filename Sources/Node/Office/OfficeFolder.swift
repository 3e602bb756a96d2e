import ChangeSets
import Foundation
import Replica

/// One office's data folder: settings, keys, replica.
package struct OfficeFolder: Sendable {
    package let url: URL

    package init(path: String) { url = URL(fileURLWithPath: path, isDirectory: true) }

    package var replicaPath: String { url.appendingPathComponent("replica.sqlite").path }
    package var controlPath: String { url.appendingPathComponent("control.sock").path }
    package var lockPath: String { url.appendingPathComponent("run.lock").path }
    package var keys: KeyFolder { KeyFolder(dataFolder: url) }
    private var settingsURL: URL { url.appendingPathComponent("office.json") }

    package var exists: Bool { FileManager.default.fileExists(atPath: settingsURL.path) }

    package func create() throws {
        try PrivateFile.makeFolder(url)
    }

    package func settings() throws -> OfficeSettings {
        guard exists else { throw OfficeProblem.noOffice(url.path) }
        do {
            return try JSONDecoder().decode(OfficeSettings.self, from: try Data(contentsOf: settingsURL))
        } catch is DecodingError {
            throw OfficeProblem.damagedSettings(settingsURL.path)
        }
    }

    /// Written aside and renamed: a cut leaves the old settings.
    package func save(_ settings: OfficeSettings) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(settings).write(to: settingsURL, options: .atomic)
    }

    /// Opens the office's replica with its keys.
    package func openReplica(domain: DomainSchema) throws -> OfficeReplica {
        try openReplica(domain: domain, settings())
    }

    func openReplica(domain: DomainSchema, _ settings: OfficeSettings) throws -> OfficeReplica {
        let keys = try keys.loadKeys()
        let halves = keys.publicHalves
        return try OfficeReplica(
            path: replicaPath, office: settings.officeCode(), root: settings.rootCode(), domain: domain,
            own: OwnAuthor(
                key: keys.author, ordinal: settings.ordinal, tlsKey: halves.tls, sealingKey: halves.sealing),
            environment: .system)
    }
}

/// What the operator, or joining, has set. `sanji run`'s options override and are remembered here.
package struct OfficeSettings: Codable, Sendable {
    package var office: String
    package var root: String
    package var name: String
    /// Which of the office's authors this machine's key is.
    package var ordinal: UInt32
    /// HOST:PORT of the parent where the operator gave it at joining: it holds against the directory's.
    package var parentAddress: String?
    /// HOST:PORT of the parent by the token: until the directory has told a newer one.
    package var tokenAddress: String?
    package var listen: String?
    package var advertise: String?
    /// Random, made once per machine.
    package var machine: String

    package init(
        office: OfficeCode, root: OfficeCode, name: String, ordinal: UInt32, parentAddress: String?,
        tokenAddress: String?,
        listen: String?, machine: String
    ) {
        self.office = office.digits
        self.root = root.digits
        self.name = name
        self.ordinal = ordinal
        self.parentAddress = parentAddress
        self.tokenAddress = tokenAddress
        self.listen = listen
        self.machine = machine
    }

    package func officeCode() throws -> OfficeCode { try OfficeCode(office) }
    package func rootCode() throws -> OfficeCode { try OfficeCode(root) }
}

package enum OfficeProblem: Error, CustomStringConvertible {
    case noOffice(String)
    case damagedSettings(String)
    case alreadyOffice(String)
    case running(String)
    case noParentAddress
    case notRoot(OfficeCode)
    case address(String)
    case notJoined

    package var description: String {
        switch self {
        case .noOffice(let path): "no office at \(path); run `sanji district create` or `sanji join` first"
        case .damagedSettings(let path): "\(path) cannot be read; put back a copy of it"
        case .alreadyOffice(let path): "there is an office at \(path) already; choose another --data folder"
        case .running(let path): "a node is already running on \(path); stop it, or choose another folder"
        case .noParentAddress: "the parent's address is unknown; join again with --parent HOST:PORT"
        case .notRoot(let office): "only the district does this; \(office) is not one"
        case .address(let text): "‘\(text)’ is no HOST:PORT; for example 127.0.0.1:8443"
        case .notJoined: "this office has not joined yet; run `sanji join TOKEN`"
        }
    }
}

extension ReplicaEnvironment {
    package static let system = ReplicaEnvironment(
        now_ms: { Int64(Date().timeIntervalSince1970 * 1000) },
        random: { count in (0..<count).map { _ in UInt8.random(in: .min ... .max) } })
}

/// HOST:PORT.
package struct HostPort: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw OfficeProblem.address(text) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw OfficeProblem.address(text) }
        self.host = host
        self.port = port
    }

    /// Whether others could call it: no free port yet to be taken, and no "any address" of this machine.
    var isReachable: Bool { port != 0 && !["0.0.0.0", "::", "*", ""].contains(host) }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
