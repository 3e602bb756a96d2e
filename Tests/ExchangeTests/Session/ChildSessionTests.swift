import Exchange
import Testing

@Suite struct `A child's exchange with its parent` {
    @Test func `greets, pulls the directory, pushes, and then keeps one poll open`() {
        var session = ChildSession()
        #expect(session.handle(.started) == [.greet])
        #expect(session.handle(.greeted) == [.pullDirectory])
        #expect(session.handle(.directoryPulled) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [.poll])
        #expect(session.handle(.polled) == [.poll])
    }

    @Test func `a first push that stopped at its limit goes on before anything comes down`() {
        var session = ChildSession.after(.started, .greeted, .directoryPulled)
        #expect(session.handle(.pushed(sentEverything: false)) == [.push])
        #expect(session.handle(.pushed(sentEverything: false)) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [.poll])
    }

    @Test func `a commit during the first push is pushed right after it`() {
        var session = ChildSession.after(.started, .greeted, .directoryPulled)
        #expect(session.handle(.committed) == [])
        #expect(Set(session.handle(.pushed(sentEverything: true)).map(\.name)) == ["push", "poll"])
        #expect(session.handle(.pushed(sentEverything: true)) == [])
    }

    @Test func `a commit before the first push needs no push of its own`() {
        var session = ChildSession.after(.started)
        #expect(session.handle(.committed) == [])
        #expect(session.handle(.greeted) == [.pullDirectory])
        #expect(session.handle(.committed) == [])
        #expect(session.handle(.directoryPulled) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [.poll])
    }

    @Test func `a commit while live is pushed at once`() {
        var session = ChildSession.live()
        #expect(session.handle(.committed) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [])
        #expect(session.handle(.committed) == [.push])
    }

    @Test func `commits during a push are pushed together, once it is done`() {
        var session = ChildSession.live()
        #expect(session.handle(.committed) == [.push])
        #expect(session.handle(.committed) == [])
        #expect(session.handle(.committed) == [])
        #expect(session.handle(.pushed(sentEverything: true)) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [])
    }

    @Test func `a push that stopped at its limit goes on, also with a commit meanwhile`() {
        var session = ChildSession.live()
        #expect(session.handle(.committed) == [.push])
        #expect(session.handle(.pushed(sentEverything: false)) == [.push])
        #expect(session.handle(.committed) == [])
        #expect(session.handle(.pushed(sentEverything: false)) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [])
    }

    @Test func `greeting is repeated now and then, and everything after it`() {
        var session = ChildSession.live()
        #expect(session.handle(.greetingDue) == [.greet])
        #expect(session.handle(.polled) == [])
        #expect(session.handle(.pushed(sentEverything: true)) == [])
        #expect(session.handle(.greeted) == [.pullDirectory])
        #expect(session.handle(.directoryPulled) == [.push])
        #expect(session.handle(.pushed(sentEverything: true)) == [.poll])
    }

    @Test(arguments: [ChildSession(), .after(.started), .after(.started, .greeted), .backingOff()])
    func `a greeting falls due only while live`(session: ChildSession) {
        var session = session
        #expect(session.handle(.greetingDue) == [])
    }

    @Test(arguments: [ChildSession.Event.greeted, .directoryPulled, .pushed(sentEverything: false), .polled, .retryDue])
    func `answers to calls that nobody made start nothing`(event: ChildSession.Event) {
        var session = ChildSession()
        #expect(session.handle(event) == [])
        #expect(session.handle(.started) == [.greet])
    }

    @Test func `a commit starts nothing before the first greeting`() {
        var session = ChildSession()
        #expect(session.handle(.committed) == [])
    }
}

extension ChildSession {
    /// Without jitter.
    mutating func handle(_ event: Event) -> [Action] { handle(event, random: 0) }

    static func after(_ events: Event...) -> ChildSession {
        var session = ChildSession()
        for event in events { _ = session.handle(event) }
        return session
    }

    static func live() -> ChildSession { after(.started, .greeted, .directoryPulled, .pushed(sentEverything: true)) }
    static func backingOff() -> ChildSession { after(.started, .failed(retryAfterSeconds: nil)) }
}

extension ChildSession.Action {
    var name: String { "\(self)" }
}
