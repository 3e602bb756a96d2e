import Foundation

/// `chaos SANJI CLOCK-LIBRARY WORK-FOLDER MINUTES`: real processes of the small district under everything that befalls such
/// machines, and afterwards the question whether anything was lost. With a fifth word, `sabotaged`, some of it is lost on purpose
/// at the end, and it is a failure when the verdict does not see that. scripts/chaos builds what it needs.
@main enum Chaos {
    static func main() throws {
        let words = CommandLine.arguments
        if words.count == 7, words[1] == "relay" {
            return try DelayLink.run(
                address: words[2], port: UInt16(words[3])!, to: (words[4], UInt16(words[5])!),
                delay_ms: UInt32(words[6])!)
        }
        guard (5...6).contains(words.count), let minutes = Double(words[4]) else {
            throw ChaosFailure(what: "run scripts/chaos")
        }
        let district = try District(work: words[3], sanji: words[1], clockLibrary: words[2], delay_ms: 15)
        let ledger = Ledger()
        let experiment = Experiment(district, ledger, minutes: minutes)
        let befallen = experiment.run()
        var sabotage: Sabotage?
        let verdict = Verdict(district, ledger, within: .seconds(300)) {
            if words.last == "sabotaged" { sabotage = try Sabotage(district, ledger) }
        }
        district.end()
        report(befallen, ledger, verdict, minutes: minutes)
        // A trouble that never came about says nothing: the tool for it failed, mostly.
        let missing = minutes >= 30 ? Disturbance.possible.filter { befallen[$0] ?? 0 < 10 } : []
        for one in missing { print("FAILED: \(one) befell \(befallen[one] ?? 0) times only") }
        guard let sabotage else { exit(verdict.failures.isEmpty && missing.isEmpty ? 0 : 1) }
        let overlooked = sabotage.overlooked(verdict.failures)
        for one in overlooked { print("OVERLOOKED: \(one)") }
        if overlooked.isEmpty { print("every loss made on purpose was seen: \(sabotage.expected.count) of them") }
        exit(overlooked.isEmpty ? 0 : 1)
    }

    private static func report(_ befallen: [Disturbance: Int], _ ledger: Ledger, _ verdict: Verdict, minutes: Double) {
        let counts = ledger.counts
        print(
            "\(minutes) minutes; " + Disturbance.possible.map { "\($0) \(befallen[$0] ?? 0)" }.joined(separator: ", "))
        print(
            "writes: \(counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")); "
                + "\(verdict.ownChangeSets) change sets; drained \(Int(verdict.drained_s)) s after healing")
        for failure in verdict.failures.prefix(50) { print("FAILED: \(failure)") }
        if verdict.failures.isEmpty { print("nothing lost, nothing waiting, all replicas equal to their parents'") }
    }
}

/// The time in which things befall the offices while people write.
final class Experiment: @unchecked Sendable {
    private let district: District
    private let ledger: Ledger
    private let end: ContinuousClock.Instant
    private let minutes: Double

    init(_ district: District, _ ledger: Ledger, minutes: Double) {
        (self.district, self.ledger, self.minutes) = (district, ledger, minutes)
        end = .now + .milliseconds(Int64(minutes * 60_000))
    }

    /// - Returns: How often each befell an office.
    func run() -> [Disturbance: Int] {
        let writers = district.offices.map { $0.writer(ledger) }
        let done = DispatchGroup()
        for writer in writers {
            done.enter()
            Thread.detachNewThread { [end] in
                var number = 0
                while ContinuousClock.now < end {
                    number += 1
                    do { try writer.writeOnce(number) } catch { say("\(writer.office.code): \(error)") }
                    usleep(.random(in: 0...1_500_000))
                }
                done.leave()
            }
        }
        let befallen = disturb()
        done.wait()
        return befallen
    }

    private func disturb() -> [Disturbance: Int] {
        var befallen: [Disturbance: Int] = [:]
        var under: [(office: Office, what: Disturbance, until: ContinuousClock.Instant)] = []
        var nextReport = ContinuousClock.now + .seconds(60)
        // One moment for both: what became due in between would be forgotten without having been ended.
        func heal(dueBy moment: ContinuousClock.Instant?) {
            let due = under.indices.filter { index in moment.map { under[index].until <= $0 } ?? true }
            for index in due { attempt { try under[index].what.end(under[index].office) } }
            for index in due.reversed() { under.remove(at: index) }
        }
        while ContinuousClock.now < end {
            let office = district.offices.randomElement()!
            let what = Disturbance.random()
            // One at a time of what concerns the process, or one would end the other.
            let isProcess = [.killed, .stopped, .wrongClock, .fullDisk].contains(what)
            let isTaken = under.contains { one in
                one.office === office
                    && (one.what == what
                        || isProcess && [.killed, .stopped, .wrongClock, .fullDisk].contains(one.what))
            }
            if !isTaken {
                under.append((office, what, .now + .milliseconds(Int64(Double.random(in: what.seconds) * 1000))))
                attempt {
                    try what.begin(office)
                    befallen[what, default: 0] += 1
                }
            }
            usleep(.random(in: 200_000...1_500_000))
            heal(dueBy: .now)
            if nextReport <= .now {
                nextReport += .seconds(60)
                say(ledger.counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ") + " so far")
            }
        }
        heal(dueBy: nil)
        return befallen
    }

    private func attempt(_ body: () throws -> Void) { do { try body() } catch { say("\(error)") } }
}

/// Progress: the report alone goes to standard output.
func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
