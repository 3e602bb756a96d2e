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

    /// Makes the folder, for one founding or joining at a time.
    /// - Returns: To be released when the office is there, or is not going to be.
    func create() throws -> RunLock {
        try checkPath()
        if isFile() { throw OfficeProblem.noFolder(url.path) }
        guard isFree() else { throw OfficeProblem.foreignFolder(url.path) }
        do {
            try PrivateFile.makeFolder(url)
        } catch let error as CocoaError {
            throw OfficeProblem.folder(url.path, error.reason)
        }
        let lock: RunLock
        do { lock = try RunLock(path: lockPath) } catch OfficeProblem.running {
            throw OfficeProblem.beingMade(url.path)
        }
        // Another may have finished before this one had the lock.
        guard !exists else {
            lock.release()
            throw OfficeProblem.alreadyOffice(url.path, try? settings().officeCode())
        }
        return lock
    }

    /// The node's socket lies in the folder, and the system takes no longer name for one.
    func checkPath() throws {
        // SwiftNIO takes one byte less than the system does.
        let most = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 2
        guard controlPath.utf8.count <= most else {
            throw OfficeProblem.longPath(url.path, most - (controlPath.utf8.count - url.path.utf8.count))
        }
    }

    package func settings() throws -> OfficeSettings {
        guard exists else {
            if isFile() { throw OfficeProblem.noFolder(url.path) }
            if let owner = foreignOwner() { throw OfficeProblem.notOurs(url.path, owner: owner) }
            throw keys.hasJoined ? FolderProblem.noSettings(settingsURL.path) : OfficeProblem.noOffice(url.path)
        }
        // Root could go on, and would leave files behind that the office's own account can no longer open.
        if let owner = otherOwner() { throw OfficeProblem.notOurs(url.path, owner: owner) }
        do {
            return try OfficeSettings(json: [UInt8](try Data(contentsOf: settingsURL)))
        } catch is DecodingError {
            throw OfficeProblem.damagedSettings(settingsURL.path)
        }
    }

    private func isFile() -> Bool {
        var info = stat()
        return stat(url.path, &info) == 0 && info.st_mode & S_IFMT != S_IFDIR
    }

    /// Whether the folder may become, or go on becoming, this office's: not there, or empty, or with nothing but what a founding
    /// or joining that was cut short has left.
    private func isFree() -> Bool {
        var info = stat()
        guard stat(url.path, &info) == 0 else { return true }  // What else is wrong with it shows when it is made.
        guard info.st_uid == geteuid(), let names = try? FileManager.default.contentsOfDirectory(atPath: url.path)
        else {
            return false
        }
        let visible = names.filter { !$0.hasPrefix(".") && !["lost+found", "run.lock"].contains($0) }
        return visible.isEmpty || visible.contains("keys")
    }

    /// - Returns: Whose the folder is, where this account may not look into it.
    private func foreignOwner() -> String? {
        guard access(url.path, X_OK) != 0, errno == EACCES else { return nil }
        return otherOwner() ?? "another account"
    }

    /// - Returns: Whose the folder is, where it is not this account's.
    private func otherOwner() -> String? {
        var info = stat()
        guard stat(url.path, &info) == 0, info.st_uid != geteuid() else { return nil }
        return getpwuid(info.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "account \(info.st_uid)"
    }

    /// Written aside and renamed: a cut leaves the old settings.
    package func save(_ settings: OfficeSettings) throws {
        do {
            try Data(settings.json()).write(to: settingsURL, options: .atomic)
        } catch let error as CocoaError {
            throw OfficeProblem.folder(settingsURL.path, error.reason)
        }
    }

    /// Opens the office's replica with its keys.
    /// - Throws: ``FolderProblem`` where the parts of the folder are not one office's, ``LostReplica`` where the database
    ///   is gone.
    package func openReplica(domain: DomainSchema) throws -> OfficeReplica {
        try openReplica(domain: domain, settings(), isNew: false)
    }

    /// - Parameter isNew: Whether the office is just being made, so that the database may be missing.
    func openReplica(domain: DomainSchema, _ settings: OfficeSettings, isNew: Bool) throws -> OfficeReplica {
        // A certificate that is missing is for whoever needs it to say.
        let identity = keys.hasJoined ? try keys.loadIdentity() : nil
        let keys = try identity?.keys ?? keys.loadKeys()
        let check = FolderCheck(folder: self, settings: settings, keys: keys)
        if let identity { try check.checkCertificate(of: identity) }
        let halves = keys.publicHalves
        let replica = try OfficeReplica(
            path: replicaPath, office: settings.officeCode(), root: settings.rootCode(), domain: domain,
            own: OwnAuthor(
                key: keys.author, ordinal: settings.ordinal, tlsKey: halves.tls, sealingKey: halves.sealing),
            environment: .system, mayBeMade: isNew)
        if isNew { try replica.bind(to: settings.machine) }
        try check.checkMachine(replica)
        try check.checkAuthor(replica)
        return replica
    }
}

/// What the operator, or joining, has set. `sanji run`'s options override and are remembered here.
package struct OfficeSettings: Codable, Sendable, Equatable {
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

    /// - Parameter json: What the file holds.
    package init(json: [UInt8]) throws { self = try JSONDecoder().decode(OfficeSettings.self, from: Data(json)) }

    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    package func officeCode() throws -> OfficeCode { try OfficeCode(office) }
    package func rootCode() throws -> OfficeCode { try OfficeCode(root) }
}

package enum OfficeProblem: Error, CustomStringConvertible {
    case noOffice(String)
    case noFolder(String)
    case beingMade(String)
    /// How many files the process may open, and how many it needs.
    case openFiles(Int, Int)
    /// A folder that holds something else.
    case foreignFolder(String)
    case notOurs(String, owner: String)
    case damagedSettings(String)
    /// The path, and the office where that can be read.
    case alreadyOffice(String, OfficeCode?)
    case running(String)
    case noParentAddress
    case notRoot(OfficeCode, root: OfficeCode)
    case address(String)
    case notJoined
    /// A file or folder that cannot be written, and why.
    case folder(String, String)
    /// And how many bytes a path may have.
    case longPath(String, Int)
    case listen(String, String)
    case noDistrict(OfficeCode)
    /// What is wrong with it, and what to do.
    case name(String, String)

    package var description: String {
        switch self {
        case .noOffice(let path): "no office at \(path); run `sanji district create` or `sanji join` first"
        case .noFolder(let path): "\(path) is a file, not a folder; check --data"
        case .beingMade(let path):
            "another command is making an office at \(path); wait for it, or choose another folder"
        case .openFiles(let limit, let needed):
            "this process may open \(limit) files and needs \(needed); raise the limit (`ulimit -n`, or LimitNOFILE= in the service)"
        case .foreignFolder(let path):
            "\(path) holds other files, or belongs to another account; name a folder that is not there yet, or an empty one of "
                + "this account: an office's folder is closed to everybody else"
        case .notOurs(let path, let owner):
            "\(path) belongs to \(owner), and what another account leaves there that one could not open; run the command as "
                + "that account (`sudo -u \(owner) sanji …`)"
        case .damagedSettings(let path): "\(path) is not the JSON that was written there; put back a copy of it"
        case .alreadyOffice(let path, let office?):
            "\(path) is office \(office) already; start it with `sanji run`, or choose another --data folder"
        case .alreadyOffice(let path, nil): "there is an office at \(path) already; choose another --data folder"
        case .running(let path): "a node is already running on \(path); stop it, or choose another folder"
        case .noParentAddress: "the parent's address is unknown; join again with --parent HOST:PORT"
        case .notRoot(let office, let root): "only the district does this, and this is \(office); run it at \(root)"
        case .address(let text): "‘\(text)’ is no HOST:PORT; for example 127.0.0.1:8443"
        case .folder(let path, let reason):
            "\(path) cannot be written: \(reason); make room, or choose another --data folder"
        case .longPath(let path, let most): "\(path) is too long for a data folder; choose one of at most \(most) bytes"
        case .listen(let address, let reason):
            "this node cannot listen at \(address): \(reason); give an address of this machine and a free port (--listen HOST:PORT)"
        case .noDistrict(let code): "\(code) is a \(code.tier)'s code; a district has six digits"
        case .name(let fault, let remedy): "the name \(fault); \(remedy) (--name)"
        case .notJoined: "this office has not joined yet; run `sanji join TOKEN`"
        }
    }
}

extension ReplicaEnvironment {
    package static let system = ReplicaEnvironment(
        now_ms: {
            let range = Limits.clockRange_ms
            return min(max(Int64(Date().timeIntervalSince1970 * 1000), range.lowerBound), range.upperBound)
        },
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
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            // Port 0, a free one, is for listening only.
            TopologyAddress.fault(in: port == 0 ? "\(text[..<colon]):1" : text) == nil
        else { throw OfficeProblem.address(text) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host
        self.port = Int(port)
    }

    /// Whether others could call it: no free port yet to be taken, and no "any address" of this machine.
    var isReachable: Bool { port != 0 && !["0.0.0.0", "::", "*", ""].contains(host) }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension CocoaError {
    /// What the system says, without the wrapping.
    var reason: String {
        let posix = (userInfo[NSUnderlyingErrorKey] as? NSError).flatMap { $0.domain == NSPOSIXErrorDomain ? $0 : nil }
        if let posix { return String(cString: strerror(Int32(posix.code))) }
        return switch code {
        case .fileWriteOutOfSpace: "the disk is full"
        case .fileWriteNoPermission: "no permission"
        case .fileWriteFileExists: "a file of that name is there"
        case .fileNoSuchFile, .fileReadNoSuchFile: "its folder is not there"
        default: "error \(code.rawValue)"
        }
    }
}
