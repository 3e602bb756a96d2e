import ChangeSets
import Foundation
import Node

/// One office of the demo: a data folder, and a process of this very program.
final class DemoOffice {
    let code: OfficeCode
    let name: String
    let folder: String
    private(set) var address: HostPort?

    init(code: OfficeCode, name: String, in parent: URL) {
        self.code = code
        self.name = name
        folder = parent.appendingPathComponent(code.digits).path
    }

    /// Starts `sanji run` and waits until it says where it listens.
    /// - Parameter advertise: Where others are to call it, if not where it listens.
    func start(advertise: HostPort? = nil) throws {
        var arguments = ["run", "--data", folder, "--listen", "127.0.0.1:\(address?.port ?? 0)"]
        if let advertise { arguments += ["--advertise", "\(advertise)"] }
        address = try ChildProcesses.startOffice(arguments).address
    }
}

struct DemoFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { "the demo stopped: \(what)" }
}
