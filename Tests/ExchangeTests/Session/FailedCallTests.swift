import Exchange
import Testing

@Suite struct `A call to the parent that failed` {
    static let states: [ChildSession] = [
        .after(.started), .after(.started, .greeted), .after(.started, .greeted, .directoryPulled), .live(),
        .after(.started, .greeted, .directoryPulled, .pushed(sentEverything: true), .committed),
    ]

    @Test(arguments: states.indices)
    func `is followed by a wait and then by a greeting, whatever was under way`(state: Int) {
        var session = Self.states[state]
        let failed = session.handle(.failed(retryAfterSeconds: nil))
        #expect(failed == [.backOff(milliseconds: 250)])
        #expect(session.handle(.retryDue) == [.greet])
        #expect(session.handle(.greeted) == [.pullDirectory])
    }

    @Test(arguments: [
        ChildSession.Event.started, .greeted, .directoryPulled, .pushed(sentEverything: false), .polled, .committed,
        .failed(retryAfterSeconds: nil), .greetingDue,
    ])
    func `nothing shortens or prolongs the wait`(event: ChildSession.Event) {
        var session = ChildSession.backingOff()
        #expect(session.handle(event) == [])
        #expect(session.handle(.retryDue) == [.greet])
    }

    @Test func `waits grow until an exchange comes through`() {
        var session = ChildSession.after(.started)
        var waits: [ChildSession.Action] = []
        for _ in 0..<9 {
            waits += session.handle(.failed(retryAfterSeconds: nil))
            _ = session.handle(.retryDue)
        }
        #expect(waits == [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].map { .backOff(milliseconds: $0) })
        for event in [ChildSession.Event.greeted, .directoryPulled, .pushed(sentEverything: true), .polled] {
            _ = session.handle(event)
        }
        #expect(session.handle(.failed(retryAfterSeconds: nil)) == [.backOff(milliseconds: 250)])
    }

    @Test func `a parent that answers everything but the poll is not called many times a second`() {
        var session = ChildSession()
        var waits: [ChildSession.Action] = []
        for event in [ChildSession.Event.started] + Array(repeating: .retryDue, count: 6) {
            for event in [event, .greeted, .directoryPulled, .pushed(sentEverything: true)] {
                _ = session.handle(event)
            }
            waits += session.handle(.failed(retryAfterSeconds: nil))
        }
        #expect(waits == [250, 500, 1000, 2000, 4000, 4000, 4000].map { .backOff(milliseconds: $0) })
    }

    @Test func `a call that failed late does not disturb the exchange that replaced it`() {
        var session = ChildSession()
        #expect(session.handle(.failed(retryAfterSeconds: nil)) == [])
        #expect(session.handle(.started) == [.greet])
    }

    @Test func `a wait that the parent asked for is kept`() {
        var session = ChildSession.after(.started)
        #expect(session.handle(.failed(retryAfterSeconds: 5)) == [.backOff(milliseconds: 5250)])
    }

    @Test func `a commit while waiting is pushed with the next exchange`() {
        var session = ChildSession.backingOff()
        #expect(session.handle(.committed) == [])
        #expect(session.handle(.retryDue) == [.greet])
        #expect(session.handle(.greeted) == [.pullDirectory])
        #expect(session.handle(.directoryPulled) == [.push])
    }
}
