import Assistance
import ChangeSets
import Exchange
import Node

/// What a peer, a file or a person hands to this program, read as the program reads it.
///
/// Whatever the bytes: a value or an error, never a trap; and what was read says the same once it is written again.
package enum FuzzTarget: String, CaseIterable, Sendable {
    // The signed bytes.
    case header, body, statement
    // What peers say.
    case hello, down, upReply, join, joinReply, digestQuestion, digestAnswer, frames, stream
    // Certificates and keys, of peers and in files.
    case certificate, ownFile
    // Lines and files of people.
    case token, address, topology, sheet, parameters, holidays, departmentData, grants

    /// - Throws: Why the bytes are refused; ``FuzzFinding`` where what was read is not what was written.
    package func run(_ bytes: [UInt8]) throws {
        switch self {
        case .header: try Self.again(bytes, { try ChangeSetHeader(parsing: $0) }, { $0.encoded() })
        case .body: try SignedBytes.body(bytes)
        case .statement: _ = try SignedStatement(parsing: bytes, signature: [])
        case .hello: try Self.again(bytes, { try HelloMessage(parsing: $0) }, { $0.encoded() })
        case .down: try Self.again(bytes, { try DownMessage(parsing: $0) }, { $0.encoded() })
        case .upReply: try Self.again(bytes, { try UpReplyMessage(parsing: $0) }, { $0.encoded() })
        case .join: try Self.again(bytes, { try JoinMessage(parsing: $0) }, { $0.encoded() })
        case .joinReply: try Self.again(bytes, { try JoinReplyMessage(parsing: $0) }, { $0.encoded() })
        case .digestQuestion: try Self.again(bytes, { try DigestQuestion(parsing: $0) }, { $0.encoded() })
        case .digestAnswer: try Self.again(bytes, { try DigestAnswer(parsing: $0) }, { $0.encoded() })
        case .frames: try Streams.frames(bytes)
        case .stream: try Streams.compressed(bytes)
        case .certificate: try Certificates.read(bytes)
        case .ownFile: try OwnFiles.read(bytes)
        case .token: try Self.again(bytes, { try JoinToken(parsing: Self.text($0)) }, { Array($0.text.utf8) })
        case .address: try Self.again(bytes, { try HostPort(Self.text($0)) }, { Array("\($0)".utf8) })
        case .topology: _ = try Topology.parse(yaml: Self.text(bytes))
        case .sheet: try Sheets.households(bytes)
        case .parameters: try Sheets.parameters(bytes)
        case .holidays: try Sheets.holidays(bytes)
        case .departmentData: try Sheets.departmentData(bytes)
        case .grants: try Sheets.grants(bytes)
        }
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Reads, writes, reads, writes: the same value again, and the same bytes.
    static func again<Value: Equatable>(
        _ bytes: [UInt8], _ read: ([UInt8]) throws -> Value, _ write: (Value) throws -> [UInt8]
    ) throws {
        let value = try read(bytes)
        let once = try write(value)
        let again: Value
        do { again = try read(once) } catch {
            throw FuzzFinding(what: "what was read is refused when it is written again: \(error)")
        }
        guard again == value else {
            throw FuzzFinding(what: "what was read says something else when it is written again")
        }
        guard try once == write(again) else { throw FuzzFinding(what: "what was read is written in two ways") }
    }
}

/// A defect, where a refusal would be none.
package struct FuzzFinding: Error, CustomStringConvertible {
    package let what: String
    package var description: String { what }
}
