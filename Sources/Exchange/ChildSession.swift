/// The order of what a child does with its parent. Events in, actions out; the shell only executes.
///
/// The directory first (without it no signature can be checked), then up, then down; then live: one idle poll is kept
/// open downward, and every local commit is pushed at once.
package struct ChildSession: Sendable {
    package enum Event: Sendable, Equatable {
        case started
        case greeted
        case directoryPulled
        /// `sentEverything` is false when the stream stopped at its limit.
        case pushed(sentEverything: Bool)
        case polled
        /// Something was committed here.
        case committed
        /// `retryAfterSeconds` is what an overloaded parent asked for.
        case failed(retryAfterSeconds: UInt32?)
        case retryDue
        /// Time to greet again although nothing failed.
        case greetingDue
    }

    package enum Action: Sendable, Equatable {
        case greet
        case pullDirectory
        case push
        case poll
        /// Ends whatever is under way and waits.
        case backOff(milliseconds: Int64)
    }

    private enum State: Sendable, Equatable {
        case idle
        case greeting
        case pullingDirectory
        case firstPush(again: Bool)
        case live(pushing: Bool, again: Bool)
        case backingOff
    }

    private var state = State.idle
    private var failures = 0
    /// Kept until a poll has come through: a parent that answers all but polls is called every few seconds, not many
    /// times in each, and a line that cuts every idle poll is up again as soon.
    private static let failuresKeptMax = 4
    private let backOff: BackOff

    package init(backOff: BackOff = BackOff()) { self.backOff = backOff }

    /// - Parameter random: A fresh number in 0..<1, for the jitter.
    package mutating func handle(_ event: Event, random: Double) -> [Action] {
        switch (state, event) {
        // A commit while backing off shortens nothing: the parent is not reached sooner for it.
        case (.idle, .started), (.backingOff, .retryDue):
            state = .greeting
            return [.greet]
        case (.greeting, .greeted):
            state = .pullingDirectory
            return [.pullDirectory]
        case (.pullingDirectory, .directoryPulled):
            state = .firstPush(again: false)
            return [.push]
        case (.firstPush(let again), .pushed(let sentEverything)):
            guard sentEverything else {
                state = .firstPush(again: false)
                return [.push]
            }
            failures = min(failures, Self.failuresKeptMax)
            state = .live(pushing: again, again: false)
            return again ? [.push, .poll] : [.poll]
        case (.firstPush, .committed):
            // The push under way may have read the log's end already.
            state = .firstPush(again: true)
            return []
        case (.live(let pushing, _), .committed):
            state = .live(pushing: true, again: pushing)
            return pushing ? [] : [.push]
        case (.live(_, let again), .pushed(let sentEverything)):
            let goesOn = again || !sentEverything
            state = .live(pushing: goesOn, again: false)
            return goesOn ? [.push] : []
        case (.live, .polled):
            failures = 0
            return [.poll]
        case (.live, .greetingDue):
            state = .greeting
            failures = 0
            return [.greet]
        case (.greeting, .failed(let after)), (.pullingDirectory, .failed(let after)), (.firstPush, .failed(let after)),
            (.live, .failed(let after)):
            failures += 1
            state = .backingOff
            return [
                .backOff(milliseconds: backOff.delay_ms(failures: failures, retryAfterSeconds: after, random: random))
            ]
        case (.greeting, .committed), (.pullingDirectory, .committed):
            return []  // The push that is to come reads the log when it runs.
        case (.idle, _), (.greeting, _), (.pullingDirectory, _), (.firstPush, _), (.live, _), (.backingOff, _):
            return []  // Possible after a failure: an answer to a call that was given up.
        }
    }
}

/// Capped exponential back-off with jitter, so that 600 offices do not come back in the same second.
package struct BackOff: Sendable {
    package let first_ms: Int64
    package let max_ms: Int64

    package init(first_ms: Int64 = 500, max_ms: Int64 = 60_000) {
        self.first_ms = first_ms
        self.max_ms = max_ms
    }

    /// Between half and the whole of the doubled delay, after what the parent asked for (five minutes at most): those whom
    /// it sent away together do not come back together.
    package func delay_ms(failures: Int, retryAfterSeconds: UInt32?, random: Double) -> Int64 {
        let doubled = min(max_ms, first_ms << Int64(min(max(failures - 1, 0), 20)))
        let jittered = doubled / 2 + Int64(Double(doubled / 2) * random)
        return Int64(min(retryAfterSeconds ?? 0, 300)) * 1000 + jittered
    }
}
