import AsyncHTTPClient
import ChangeSets
import Exchange
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Calls one office by HTTPS. The address says where; the certificate's name says who.
final class ParentClient: Sendable {
    let office: OfficeCode
    let address: HostPort
    private let http: HTTPClient
    private let url: String

    /// A line that carries nothing for so long is dead, though nobody has closed it: longer than an idle poll is open.
    static let silenceMax = TimeAmount.seconds(75)

    /// - Parameter tls: With this office's certificate, or without one for joining.
    init(office: OfficeCode, address: HostPort, tls: TLSConfiguration, silenceMax: TimeAmount = silenceMax) {
        self.office = office
        self.address = address
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.dnsOverride = [office.tlsName: address.host]
        configuration.timeout = .init(connect: .seconds(10), read: silenceMax, write: silenceMax)
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        // A lost line shows as a failed call at once; the session backs off, not the pool.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        url = "https://\(office.tlsName):\(address.port)"
    }

    func shutdown() async throws { try await http.shutdown() }

    func call(_ path: String, _ message: [UInt8], timeout: TimeAmount = .seconds(60)) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: message))
        let response = try await send(request, timeout: timeout)
        return Array(try await response.body.collect(upTo: ExchangeLimits.helloBytesMax).readableBytesView)
    }

    /// Sends a stream and returns the whole answer.
    func upload(_ path: String, _ pages: ByteStream) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.body = .stream(pages, length: .unknown)
        let response = try await send(request, timeout: .hours(6))
        return Array(try await response.body.collect(upTo: ExchangeLimits.helloBytesMax).readableBytesView)
    }

    /// Sends a message and returns the answer's body as it comes.
    func stream(_ path: String, _ message: [UInt8]) async throws -> ByteStream {
        var request = HTTPClientRequest(url: url + path)
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: message))
        let body = AnswerBody(try await send(request, timeout: .hours(6)).body)
        return ByteStream { try await body.next() }
    }

    private func send(_ request: HTTPClientRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, timeout: timeout)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if "\(error)".contains("CERTIFICATE_VERIFY_FAILED") {
                throw CallFailure.untrusted(office, address, now: Date())
            }
            throw CallFailure.unreachable(office, address, error.connectionReason)
        }
        guard response.status == .ok else {
            let text = try? await response.body.collect(upTo: 64 * 1024)
            let said = text.map { String(decoding: $0.readableBytesView.prefix(500), as: UTF8.self).printable } ?? ""
            let after = response.headers.first(name: "retry-after").flatMap { UInt32($0) }
            throw CallFailure.refused(office, Int(response.status.code), said, retryAfterSeconds: after)
        }
        return response
    }
}

/// An answer's body, read by one task at a time.
private final class AnswerBody: @unchecked Sendable {
    private var iterator: HTTPClientResponse.Body.AsyncIterator

    init(_ body: HTTPClientResponse.Body) { iterator = body.makeAsyncIterator() }

    func next() async throws -> ByteBuffer? { try await iterator.next() }
}

extension Error {
    /// Why there was no connection, in the system's words where the framework wraps them.
    var connectionReason: String {
        if let failure = self as? NIOConnectionError {
            if let first = failure.connectionErrors.first { return first.error.connectionReason }
            return failure.dnsAError != nil || failure.dnsAAAAError != nil ? "no such host name" : "\(failure)"
        }
        if let failure = self as? IOError { return String(cString: strerror(failure.errnoCode)) }
        if case .unknown? = self as? SocketAddressError { return "no such host name" }
        return "\(self)"
    }
}

/// Why a call did not succeed.
package enum CallFailure: Error, CustomStringConvertible {
    case unreachable(OfficeCode, HostPort, String)
    /// Its certificate is not valid here.
    case untrusted(OfficeCode, HostPort, now: Date)
    case refused(OfficeCode, Int, String, retryAfterSeconds: UInt32?)

    var retryAfterSeconds: UInt32? {
        guard case .refused(_, _, _, let after) = self else { return nil }
        return after
    }

    package var description: String {
        switch self {
        case .unreachable(let office, let address, let why):
            "\(office) does not answer at \(address) (\(why)); check the line, or that it runs"
        case .untrusted(let office, let address, let now):
            "the certificate shown at \(address) is not valid as \(office)'s by this machine's clock, which says "
                + "\(Timestamp.rfc3339(now)); correct the clock, or renew that office's certificate"
        case .refused(let office, let status, let said, _):
            "\(office) refused the call (\(status)): \(said)"
        }
    }
}
