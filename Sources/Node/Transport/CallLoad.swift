import ChangeSets
import Hummingbird
import Synchronization

/// Bounds how many calls of one kind are under way: the next is told to come back before it slows the others down.
final class CallLoad: Sendable {
    /// Held as long as the call is under way, also by an answer that nobody reads to its end.
    final class Seat: Sendable {
        private let load: CallLoad
        private let peer: OfficeCode?

        fileprivate init(_ load: CallLoad, _ peer: OfficeCode?) {
            self.load = load
            self.peer = peer
        }

        deinit { load.leave(peer) }
    }

    static let retryAfterSeconds = 5
    private let totalMax: Int
    private let ofOneMax: Int
    private let underWay = Mutex<[OfficeCode?: Int]>([:])

    /// - Parameter ofOneMax: By one office: a call under way, and some whose line was cut and who have not been given
    ///   up yet.
    init(totalMax: Int, ofOneMax: Int) {
        self.totalMax = totalMax
        self.ofOneMax = ofOneMax
    }

    /// - Parameter peer: nil for callers that nobody knows; they share one office's part.
    /// - Throws: 503 with Retry-After.
    func enter(_ peer: OfficeCode?) throws -> Seat {
        let isTaken = underWay.withLock { underWay in
            guard underWay.values.reduce(0, +) < totalMax, underWay[peer, default: 0] < ofOneMax else { return true }
            underWay[peer, default: 0] += 1
            return false
        }
        guard !isTaken else {
            throw Self.overload
        }
        return Seat(self, peer)
    }

    static var overload: HTTPError {
        HTTPError(
            .serviceUnavailable, headers: [.retryAfter: "\(retryAfterSeconds)"],
            message: "too many calls at once; come back later")
    }

    private func leave(_ peer: OfficeCode?) {
        underWay.withLock { underWay in
            let left = underWay[peer, default: 1] - 1
            underWay[peer] = left == 0 ? nil : left
        }
    }
}
