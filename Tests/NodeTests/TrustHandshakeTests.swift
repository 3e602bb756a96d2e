import ChangeSets
import Foundation
import NIOCore
import NIOSSL
import Node
import Synchronization
import Testing

// Real handshakes on loopback. NIOSSL looks at the machine's clock, so these do too.
@Suite(.timeLimit(.minutes(2))) struct `A TLS handshake between offices` {
    private let now = Date()
    private let town = TrustDistrict.town
    private let village = TrustDistrict.village

    @Test func `shows each side who the other is`() async throws {
        let district = try TrustDistrict(now: now)
        let (above, below) = (try district.identity(town, now: now), try district.identity(village, now: now))
        for clients in [TLSSettings.ClientCertificates.required, .optional] {
            let server = try await TrustServer(above.tlsSettings().server(clients))
            let ends = try await server.called(town, with: below.tlsSettings().client())
            #expect(ends.client == .trusted(above.certificate))
            #expect(ends.server == .trusted(below.certificate))
            try await server.close()
        }
    }

    @Test func `without a client certificate succeeds only where one is optional`() async throws {
        let district = try TrustDistrict(now: now)
        let above = try district.identity(town, now: now)
        let stranger = try TLSSettings.joiningClient(authority: district.authority.certificate)
        let strict = try await TrustServer(above.tlsSettings().server(.required))
        #expect(try await strict.called(town, with: stranger) == (.refused, .refused))
        try await strict.close()
        let open = try await TrustServer(above.tlsSettings().server(.optional))
        #expect(try await open.called(town, with: stranger) == (.trusted(above.certificate), .trusted(nil)))
        try await open.close()
    }

    @Test func `is refused by the server for an expired, early or foreign certificate, wherever it is optional`()
        async throws
    {
        let (district, foreign) = (try TrustDistrict(now: now - 1_000 * 86_400), try TrustDistrict(now: now))
        let callers = [
            "expired": try district.settings(village, now: now - 46 * 86_400),
            "early": try district.settings(village, now: now + 2 * 86_400),
            "foreign": try foreign.settings(village, now: now),
        ]
        for clients in [TLSSettings.ClientCertificates.required, .optional] {
            let server = try await TrustServer(district.settings(town, now: now).server(clients))
            let good = try district.identity(village, now: now)
            let control = try await server.called(town, with: good.tlsSettings().client())
            #expect(control.server == .trusted(good.certificate))
            for (what, caller) in callers {
                var tls = caller.client()
                tls.trustRoots = try roots(of: district)
                let ends = try await server.called(town, with: tls)
                #expect(ends == (.refused, .refused), "\(what), \(clients)")
            }
            try await server.close()
        }
    }

    @Test func `is refused by the client for an expired, early, foreign or other office's certificate`() async throws {
        let (district, foreign) = (try TrustDistrict(now: now - 1_000 * 86_400), try TrustDistrict(now: now))
        let client = try district.settings(village, now: now).client()
        let joining = try TLSSettings.joiningClient(authority: district.authority.certificate)
        let servers = [
            "expired": try district.settings(town, now: now - 46 * 86_400),
            "early": try district.settings(town, now: now + 2 * 86_400),
            "foreign": try foreign.settings(town, now: now),
            "other": try district.settings(TrustDistrict.otherTown, now: now),
        ]
        let good = try district.identity(town, now: now)
        let control = try await TrustServer(good.tlsSettings().server(.optional))
        for tls in [client, joining] {
            #expect(try await control.called(town, with: tls).client == .trusted(good.certificate))
        }
        try await control.close()
        for (what, settings) in servers {
            let server = try await TrustServer(settings.server(.optional))
            for tls in [client, joining] {
                #expect(try await server.called(town, with: tls).client == .refused, "\(what)")
            }
            try await server.close()
        }
    }

    @Test func `speaks nothing older than TLS 1_3`() async throws {
        let district = try TrustDistrict(now: now)
        let (above, below) = (try district.settings(town, now: now), try district.settings(village, now: now))
        var oldClient = below.client()
        oldClient.minimumTLSVersion = .tlsv12
        oldClient.maximumTLSVersion = .tlsv12
        for clients in [TLSSettings.ClientCertificates.required, .optional] {
            let server = try await TrustServer(above.server(clients))
            #expect(try await server.called(town, with: oldClient) == (.refused, .refused))
            try await server.close()
        }
        var oldServer = above.server(.optional)
        oldServer.minimumTLSVersion = .tlsv12
        oldServer.maximumTLSVersion = .tlsv12
        let server = try await TrustServer(oldServer)
        #expect(try await server.called(town, with: below.client()) == (.refused, .refused))
        let port = server.port
        await #expect(throws: TrustProblem.self) {
            try await pinned(district).fetch(host: "127.0.0.1", port: port, now: now)
        }
        try await server.close()
    }

    @Test func `uses a renewed certificate without a restart`() async throws {
        let district = try TrustDistrict(now: now)
        let (first, second) = (try district.identity(town, now: now), try district.identity(town, now: now))
        let client = try district.settings(village, now: now).client()
        let current = Current(try first.tlsSettings())
        let server = try await TrustServer(first.tlsSettings().server(.required) { current.settings })
        #expect(try await server.called(town, with: client).client == .trusted(first.certificate))
        current.settings = try second.tlsSettings()
        #expect(try await server.called(town, with: client).client == .trusted(second.certificate))
        // The new one comes with its authority too.
        #expect(
            try await pinned(district).fetch(host: "127.0.0.1", port: server.port, now: now)
                == district.authority.certificate)
        try await server.close()
    }

    @Test func `is learnt although the server has hung up before the caller wakes`() async throws {
        let district = try TrustDistrict(now: now)
        let server = try await TrustServer(district.settings(town, now: now).server(.required))
        let (busy, port, pinned) = (BusyExecutor(), server.port, pinned(district))
        let learnt = Task(executorPreference: busy) { [now] in
            try await pinned.fetch(host: "127.0.0.1", port: port, now: now)
        }
        #expect(await server.nextEnd() == .refused)
        busy.hasTime()
        #expect(try await learnt.value == district.authority.certificate)
        try await server.close()
    }

    private func pinned(_ district: TrustDistrict) -> PinnedAuthority {
        PinnedAuthority(fingerprint: district.authority.fingerprint, office: town)
    }

    private func roots(of district: TrustDistrict) throws -> NIOSSLTrustRoots {
        .certificates([try NIOSSLCertificate(bytes: district.authority.certificate.der, format: .der)])
    }
}

private final class Current: Sendable {
    private let value: Mutex<TLSSettings>
    init(_ settings: TLSSettings) { value = Mutex(settings) }
    var settings: TLSSettings {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// Runs what a task begins with, and what comes after its first wait only when there is time: a machine under load.
private final class BusyExecutor: TaskExecutor {
    private let state = Mutex((begun: false, hasTime: false, waiting: [UnownedJob]()))

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let now = state.withLock { state in
            defer { state.begun = true }
            if !state.begun || state.hasTime { return true }
            state.waiting.append(job)
            return false
        }
        if now { run(job) }
    }

    func hasTime() {
        let waiting = state.withLock { state in
            state.hasTime = true
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach(run)
    }

    private func run(_ job: UnownedJob) {
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
