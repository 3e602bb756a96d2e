import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Logging
import Node
import Replica

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run the node until SIGTERM or SIGINT.",
        discussion: "Ready when it prints `ready` with its addresses on standard error. Port 0 takes a free one.")
    @OptionGroup var options: ReplicaOptions
    @Option(help: "HOST:PORT to listen at; remembered.", transform: HostPort.argument) var listen: HostPort?
    @Option(
        help: "HOST:PORT that others should call, where it is not the one listened at; remembered.",
        transform: HostPort.argument)
    var advertise: HostPort?
    @Flag(help: "Log every exchange that fails.") var verbose = false
    @Option(help: "At a town or the district: monitors as well, as this user, as ‘sanji monitor’ does.")
    var monitorAs: String?
    @Option(help: "How often, in seconds.") var monitorEvery = 60

    struct Report: Encodable { let office: String, listen: String, pid: Int32 }

    func validate() throws {
        if let monitorAs { try UserOption.check(monitorAs) }
        guard monitorEvery >= 1 else { throw ValidationError("--monitor-every is a second or more") }
    }

    func run() async throws {
        var logger = Logger(label: "sanji") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .notice
        let folder = try options.folder()
        let (node, office) = (
            OfficeNode(folder: folder, domain: AssistanceSchema.domain, logger: logger), try folder.settings().office
        )
        let json = options.json
        let watch = try monitorAs.map {
            try MonitoringBeside(options, as: ActingUser($0), every: .seconds(monitorEvery), logger: logger)
        }
        try await node.run(
            .init(
                listen: listen?.description, advertise: advertise?.description,
                onReady: { address in
                    Output.note("ready \(address)")
                    watch?.start()
                    guard json else { return }
                    // Of these fields nothing can fail to be encoded.
                    try? Output.json(Report(office: office, listen: "\(address)", pid: getpid()))
                    Output.flush()
                }))
    }
}
