import ArgumentParser
import Assistance
import ChangeSets
import Foundation
import Node
import Replica

struct District: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "district", abstract: "The root office.", subcommands: [Create.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make the root office: authority, author key, replica.",
            discussion: "The private keys stay in DIR. Back up DIR/authority apart: whoever holds it is the district.")
        @OptionGroup var options: ReplicaOptions
        @Option(help: "Division code, six digits.", transform: OfficeCode.argument) var code: OfficeCode
        @Option(help: "Name of the office.") var name: String
        @Option(help: "HOST:PORT to listen at.", transform: HostPort.argument) var listen: HostPort
        @Option(help: "Algorithm of the author key.") var algorithm: AlgorithmName = .ed25519

        struct Report: Encodable {
            let office: String, name: String, author: String, algorithm: String, listen: String
        }

        func run() throws {
            let folder = try options.folder()
            try Founding.createDistrict(
                folder, code: code, name: name, listen: listen, algorithm: algorithm.algorithm,
                domain: AssistanceSchema.domain, now: Date())
            if options.json {
                let author = try folder.keys.loadKeys().author.author
                try Output.json(
                    Report(
                        office: code.digits, name: name, author: author.description,
                        algorithm: algorithm.rawValue, listen: listen.description))
            }
            Output.note("\(code) \(name) is ready; name its offices with `sanji topology apply FILE`, then `sanji run`")
        }
    }
}

struct Invite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Print a one-time token for an office.",
        discussion: "The first machine that joins with it becomes the office. A newer token voids the one before.")
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "Division code of the office.", transform: OfficeCode.argument) var code: OfficeCode
    @Option(help: "Name, for an office that is not in the topology yet.") var name: String?
    @Option(help: "How long the token is valid: 90m, 72h, 30d.") var valid: String = "72h"

    struct Report: Encodable {
        let office: String, parent: String
        @OrNull var address: String?
        let token: String, expires: String
    }

    func run() throws {
        let folder = try options.folder()
        let replica = try options.replica()
        let token = try Inviting.token(
            for: code, name: name, valid_s: try Self.seconds(valid), folder: folder, replica: replica, now: Date())
        try options.wakeNode()
        if token.address == nil {
            Output.note("the address of \(token.parent) is not known here; join with `--parent HOST:PORT`")
        }
        guard options.json else { return Output.line(token.text) }
        try Output.json(
            Report(
                office: token.office.digits, parent: token.parent.digits, address: token.address, token: token.text,
                expires: Timestamp.rfc3339(token.expires_s * 1000)))
    }

    static func seconds(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...10_000).contains(count)
        else {
            throw ValidationError("‘\(text)’ is no duration from 1m to 10000d; for example 90m, 72h or 30d")
        }
        return count * unit
    }
}

struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Enrol this machine as the office in a token.")
    @OptionGroup var options: ReplicaOptions
    @Argument(help: "The token from `sanji invite`.") var token: String
    @Option(help: "HOST:PORT of the parent, where the token's is not right.", transform: HostPort.argument) var parent:
        HostPort?
    @Option(help: "HOST:PORT to listen at.", transform: HostPort.argument) var listen: HostPort?
    @Option(help: "Algorithm of the author key.") var algorithm: AlgorithmName = .ed25519

    struct Report: Encodable { let office: String, name: String, parent: String, author: String }

    func run() async throws {
        let token = try JoinToken(parsing: token)
        let folder = try options.folder()
        let name = try await Joining.join(
            token, folder, parentAddress: parent, listen: listen, algorithm: algorithm.algorithm,
            domain: AssistanceSchema.domain, now: Date())
        if options.json {
            try Output.json(
                Report(
                    office: token.office.digits, name: name, parent: token.parent.digits,
                    author: try folder.keys.loadKeys().author.author.description))
        }
        Output.note("this machine is \(token.office) \(name); start it with `sanji run`")
    }
}
