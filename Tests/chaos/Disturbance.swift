import Foundation

/// What befalls an office for a while. Each is begun and ended by itself; several may befall one office at a time.
enum Disturbance: String, CaseIterable {
    case killed, stopped, loss, cutIn, cutOut, slowLine, fullDisk, wrongClock

    /// How often one is chosen beside the others.
    var weight: Int { self == .killed ? 4 : self == .stopped ? 2 : 1 }

    func begin(_ office: Office) throws {
        switch self {
        case .killed: office.end()
        case .stopped: office.send(SIGSTOP)
        case .loss: try office.place.drop(20, Bool.random() ? "input" : "output", .loss)
        case .cutIn: try office.place.drop(100, "input", .inward)
        case .cutOut: try office.place.drop(100, "output", .outward)
        case .slowLine: try office.place.limit(kilobits: 256)
        case .fullDisk: try office.fillDisk()
        case .wrongClock:
            office.end(SIGTERM)
            let year = 365 * 86_400
            try office.start(offset_s: [-10 * year, -7_200, 7_200, 10 * year].randomElement()!)
            try office.checkClock()
        }
    }

    func end(_ office: Office) throws {
        switch self {
        case .killed: if !office.isRunning { try office.start() }
        case .stopped: office.send(SIGCONT)
        case .loss: try office.place.mend(.loss)
        case .cutIn: try office.place.mend(.inward)
        case .cutOut: try office.place.mend(.outward)
        case .slowLine: try office.place.unlimit()
        case .fullDisk:
            office.emptyDisk()
            // Where the node did not survive the full disk, somebody starts it again.
            if !office.isRunning { try office.start() }
        case .wrongClock:
            office.end(SIGTERM)
            try office.start(offset_s: 0)
        }
    }

    var seconds: ClosedRange<Double> {
        switch self {
        case .killed: 0...6
        case .stopped: 1...8
        case .wrongClock: 3...12
        default: 2...15
        }
    }

    /// What can befall an office of this run.
    static let possible: [Disturbance] = Network.isIsolated ? allCases : [.killed, .stopped, .wrongClock]

    static func random() -> Disturbance { possible.flatMap { Array(repeating: $0, count: $0.weight) }.randomElement()! }
}
