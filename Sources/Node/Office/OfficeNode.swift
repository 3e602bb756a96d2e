import ChangeSets
import Exchange
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import Replica
import ServiceLifecycle
import Synchronization

/// The version this program says it is, to its peers and to people.
package let sanjiVersion = "0.1.0"

/// One running office: answers its children, keeps in exchange with its parent, until it is stopped.
package struct OfficeNode: Sendable {
    package struct Options: Sendable {
        package var listen: String?
        package var advertise: String?
        /// Called once with the address listened at, when everything is up.
        package var onReady: @Sendable (HostPort) -> Void

        package init(listen: String?, advertise: String?, onReady: @escaping @Sendable (HostPort) -> Void) {
            self.listen = listen
            self.advertise = advertise
            self.onReady = onReady
        }
    }

    private let folder: OfficeFolder
    private let domain: DomainSchema
    private let logger: Logger
    /// A caller that says nothing for so long in the middle of a request, or between two, is given up.
    private static let silenceMax = TimeAmount.minutes(2)

    package init(folder: OfficeFolder, domain: DomainSchema, logger: Logger) {
        self.folder = folder
        self.domain = domain
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT.
    /// - Throws: ``OfficeProblem/running(_:)`` when a node runs on this folder already.
    package func run(_ options: Options) async throws {
        var settings = try folder.settings()
        let lock = try RunLock(path: folder.lockPath)
        defer { lock.release() }
        let replica = try folder.openReplica(domain: domain)
        let identity = try folder.keys.loadIdentity()
        if let listen = options.listen { settings.listen = listen }
        if let advertise = options.advertise { settings.advertise = advertise }
        let listen = try HostPort(settings.listen ?? "127.0.0.1:0")
        try folder.checkPath()
        let (wanted, advertise) = (settings, settings.advertise)

        let storage = StorageWatch(logger: logger)
        let environment = MachineEnvironment(storage: storage)
        let addresses = OwnAddress(
            replica: replica, office: replica.office, advertise: settings.advertise, environment: environment)
        let status = LinkStatus()
        var services: [any Service] = [
            ForeignCommits(replica: replica),
            ControlSocket(
                path: folder.controlPath, replica: replica, status: status, storage: storage, environment: environment),
        ]
        let isRoot = replica.office == replica.root
        let line = isRoot ? nil : try ParentLine(replica: replica, settings: settings, identity: identity)
        let above = try ParentLine.toRoot(replica, settings, identity)
        let exchange = OfficeExchange(
            replica: replica, environment: environment, transport: line, above: above,
            certificateNotAfter: identity.certificate.notAfter, addresses: { try await addresses.all() },
            status: status, logger: logger)
        if let link = exchange.link { services.append(link) }
        let enrolment: any Enrolling =
            if let line { RelayedEnrolment(office: replica.office, line: line) } else {
                try rootEnrolment(replica, environment)
            }
        let server = ExchangeServer(exchange: exchange.children, enrolment: enrolment)
        let connections = Connections(max: try OpenFiles.makeRoom(), logger: logger)
        let application = Application(
            router: server.router(),
            server: try .tls(
                .http1(
                    configuration: .init(
                        additionalChannelHandlers: [FirstRequestDeadline()], idleTimeout: Self.silenceMax)),
                tlsConfiguration: identity.tlsSettings().server(.optional)),
            configuration: .init(
                address: .hostname(listen.host, port: listen.port), serverName: nil,
                availableConnectionsDelegate: connections),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? listen.port
                let bound = listen.with(port: port)
                status.bound(bound)
                // Remembered when they have proved right.
                do { try folder.save(wanted) } catch { logger.error("\(error)") }
                if advertise == nil, !bound.isReachable {
                    logger.notice(
                        "others cannot call this address; name one in the topology, or give --advertise HOST:PORT",
                        metadata: ["listening": "\(bound)"])
                }
                do {
                    try await addresses.bound(bound)
                } catch {
                    logger.notice("the own address could not be made known", metadata: ["error": "\(error)"])
                }
                options.onReady(bound)
            }, logger: quiet(logger))
        services.append(application)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .ignore) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
        // What hangs on a dead line may not hold up whoever stops the node; nothing of it was acknowledged.
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            try await line?.shutdown()
            try await above?.shutdown()
            if let failure = error as? IOError, status.listen == nil {
                throw OfficeProblem.listen("\(listen)", failure.connectionReason)
            }
            throw error
        }
        try await line?.shutdown()
        try await above?.shutdown()
        try replica.close()
    }

    private func rootEnrolment(_ replica: OfficeReplica, _ environment: any NodeEnvironment) throws -> RootEnrolment {
        let authority = try CertificateAuthority.load(from: folder.url)
        guard let own = replica.own else { throw OfficeProblem.notJoined }
        return RootEnrolment(
            replica: replica, authority: authority,
            rootAuthor: try authority.certify(rootAuthor: own.key.publicKey, ordinal: own.ordinal), now: { Date() },
            environment: environment)
    }

    /// Frameworks speak at `info` of what an operator cannot act on.
    private func quiet(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        return quiet
    }
}

extension HostPort {
    func with(port: Int) -> HostPort { HostPort(host: host, port: port) }
}

/// Only one node runs on a folder.
final class RunLock: Sendable {
    private let file: Int32

    init(path: String) throws {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw OfficeProblem.folder(path, String(cString: strerror(errno))) }
        // A command that asks whether a node runs holds the lock for an instant.
        for _ in 0..<10 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return }
            usleep(10_000)
        }
        close(file)
        throw OfficeProblem.running(path)
    }

    func release() { close(file) }

    /// Whether some node holds it.
    static func isHeld(path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}

/// The address that others should call, and those heard from below: told upward until the root has written them.
actor OwnAddress {
    private let replica: OfficeReplica
    private let office: OfficeCode
    private let environment: any NodeEnvironment
    private var own: String?
    /// Ends when it is known where this node listens.
    private let (isBound, binding) = AsyncStream<Never>.makeStream()

    init(replica: OfficeReplica, office: OfficeCode, advertise: String?, environment: any NodeEnvironment) {
        self.replica = replica
        self.environment = environment
        self.office = office
        own = advertise
    }

    func bound(_ address: HostPort) async throws {
        defer { binding.finish() }
        if own == nil, address.isReachable { own = "\(address)" }
        guard office == replica.root, let own else { return }
        let (replica, office) = (replica, office)
        try await environment.blocking { try replica.noteAddresses([office: own]) }
    }

    /// Waits until the own one is known: the first greeting is to carry it, and the next may be minutes away.
    func all() async throws -> [OfficeCode: String] {
        for await _ in isBound {}
        try Task.checkCancellation()
        let replica = replica
        var addresses = try await environment.blocking { try replica.heardAddresses() }
        if let own { addresses[office] = own }
        return addresses
    }
}

/// Wakes this process when another one of ours has written the replica.
struct ForeignCommits: Service {
    let replica: OfficeReplica

    func run() async throws {
        let probe = try replica.commitProbe()
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
                if try probe.hasChanged() { replica.commits.signal() }
            }
        }
    }
}
