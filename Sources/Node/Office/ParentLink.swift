import ChangeSets
import Exchange
import Logging
import NIOCore
import Replica
import ServiceLifecycle

/// Keeps the office in exchange with its parent, for as long as the node runs.
struct ParentLink: Service {
    let replica: OfficeReplica
    let exchange: ParentExchange
    let environment: any NodeEnvironment
    let status: LinkStatus
    let logger: Logger
    /// How long one idle poll may stay open.
    let waitSeconds: UInt32 = 50
    /// A greeting now and then repairs what a lost answer left in the dark.
    let greetingInterval = Duration.seconds(300)
    /// How soon a parent is asked again that sent nothing but what is not taken here, and how often it is looked whether
    /// rows are to be compared.
    let rejectedInterval = Duration.seconds(5)

    func run() async throws {
        let (events, continuation) = AsyncStream<ChildSession.Event>.makeStream()
        let lanes = Lanes(report: continuation)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in replica.commits.stream() { continuation.yield(.committed) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        do { try await environment.sleep(for: greetingInterval) } catch { return }
                        continuation.yield(.greetingDue)
                    }
                }
                group.addTask {
                    while !Task.isCancelled {
                        do { try await environment.sleep(for: rejectedInterval) } catch { return }
                        if await exchange.hasOffer() { continuation.yield(.committed) }
                        await compare()
                    }
                }
                var session = ChildSession()
                continuation.yield(.started)
                for await event in events {
                    for action in session.handle(event, random: environment.jitter()) {
                        await execute(action, lanes)
                    }
                }
                await lanes.cancelAll()
                group.cancelAll()
            }
        }
    }

    private func execute(_ action: ChildSession.Action, _ lanes: Lanes) async {
        switch action {
        case .greet:
            await lanes.cancelAll()
            await lanes.start(.up) {
                try await call { try await exchange.greet() }; return .greeted
            }
        case .pullDirectory:
            await lanes.start(.down) {
                _ = try await call { try await exchange.pullDirectory() }
                return .directoryPulled
            }
        case .push:
            await lanes.start(.up) {
                let moved = try await call {
                    let moved = try await exchange.push()
                    if !moved.hasMore { try await exchange.pushBranches() }
                    return moved
                }
                note(moved)
                return .pushed(sentEverything: !moved.hasMore)
            }
        case .poll:
            await lanes.start(.down) {
                let moved = try await call { try await exchange.poll(waitSeconds: waitSeconds) }
                note(moved)
                // It would send the same again at once; and one that always answers at once is not to be asked without pause.
                if moved.received == 0, !moved.rejected.isEmpty || moved.hasDisbelieved {
                    try await environment.sleep(for: rejectedInterval)
                } else if moved.isEmpty {
                    try await environment.sleep(for: .milliseconds(200))
                }
                return .polled
            }
        case .backOff(let milliseconds):
            await lanes.cancelAll()
            await lanes.start(.up) {
                try await environment.sleep(for: .milliseconds(milliseconds))
                return .retryDue
            }
        }
    }

    /// Beside the calls: reading every row of an area takes its time, and changes are not to wait for it.
    private func compare() async {
        do {
            guard let row = try await exchange.compare() else { return }
            logger.notice("rows differ from the parent's", metadata: ["first": "\(row)"])
        } catch {
            logger.debug("the rows could not be compared", metadata: ["error": "\(error)"])
        }
    }

    private func call<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        do {
            let result = try await body()
            status.reached()
            return result
        } catch {
            if !(error is CancellationError) {
                status.failed("\(error)")
                if case CallFailure.unreachable = error { await exchange.didNotAnswer() }
                logger.debug("exchange failed", metadata: ["error": "\(error)"])
            }
            throw error
        }
    }

    private func note(_ moved: ParentExchange.Moved) {
        for rejected in moved.rejected.prefix(20) {
            logger.notice("change sets were not taken", metadata: ["reason": "\(rejected)"])
        }
        for feed in moved.forked { logger.notice("the parent holds another branch", metadata: ["feed": "\(feed)"]) }
    }
}

/// The calls under way, at most one upward and one downward. What was given up reports nothing.
private actor Lanes {
    enum Lane { case up, down }
    private var tasks: [Lane: Task<Void, Never>] = [:]
    private let report: AsyncStream<ChildSession.Event>.Continuation

    init(report: AsyncStream<ChildSession.Event>.Continuation) { self.report = report }

    func start(_ lane: Lane, _ body: @escaping @Sendable () async throws -> ChildSession.Event) {
        tasks[lane]?.cancel()
        let report = report
        tasks[lane] = Task {
            do {
                let event = try await body()
                if !Task.isCancelled { report.yield(event) }
            } catch {
                if !Task.isCancelled {
                    report.yield(.failed(retryAfterSeconds: (error as? CallFailure)?.retryAfterSeconds))
                }
            }
        }
    }

    func cancelAll() {
        for task in tasks.values { task.cancel() }
        tasks.removeAll()
    }
}
