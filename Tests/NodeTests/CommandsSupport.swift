import ChangeSets
import Foundation
import Testing

@testable import Node
@testable import Replica

extension Answer {
    /// Every field of the one object on standard output, as paths: `parent.office`, `attention[].code`.
    /// - Parameter open: Paths of objects whose keys are data, written `PATH.*`.
    func fields(open: Set<String> = []) throws -> Set<String> {
        var found: Set<String> = []
        func add(_ value: Any, _ path: String) {
            switch value {
            case let object as [String: Any] where open.contains(path):
                found.insert(path + ".*")
                for value in object.values where value is [String: Any] { add(value, path + ".*") }
            case let object as [String: Any]:
                for (key, value) in object { add(value, path.isEmpty ? key : "\(path).\(key)") }
            case let list as [Any]:
                found.insert(path + "[]")
                for value in list where value is [String: Any] { add(value, path + "[]") }
            default: found.insert(path)
            }
        }
        add(try object(), "")
        return found
    }

    var exitCode: Int32? { if case .exited(let code) = end { code } else { nil } }

    /// Nothing for scripts, something for people.
    func expectError(_ code: Int32, _ text: String, _ place: SourceLocation = #_sourceLocation) {
        #expect(exitCode == code, "\(arguments)", sourceLocation: place)
        #expect(output.isEmpty, "\(arguments)", sourceLocation: place)
        #expect(errors.contains(text), "\(arguments): \(errors)", sourceLocation: place)
    }
}

extension Office {
    var author: SigningKey { get throws { try HostileOffice(self).identity.keys.author } }

    /// Words of this office about what another has written, as if its program had found them.
    func statement(
        on other: Office, applied: UInt64? = nil, _ verdicts: [Verdict], ordinal: UInt64 = 1 << 50
    ) throws -> SignedStatement {
        let scope = Scope(area: other.code, audience: .village)
        let feed = FeedID(author: try other.author.author, scope: scope)
        let stored = try other.replica().vector(with: code)[feed]!
        let head = try applied.map { number in
            number == 0
                ? .start
                : try other.replica().reading { reader in
                    FeedHead(number: number, hash: try reader.header(reader.feed(feed)!.id, number)!.hash)
                }
        }
        let said = Statement(
            algorithm: .ed25519, author: try author.author, scope: scope, ordinal: ordinal, wallClock_ms: 0, schema: 1,
            feeds: [
                FeedProgress(
                    author: feed.author, stored: stored, applied: head ?? stored, verdicts: verdicts,
                    refused: verdicts.filter { $0.state == .refused }.map { $0.number...$0.number })
            ])
        return try SignedStatement(said, signedBy: try author)
    }

    /// Takes in a statement as if the parent had passed it on.
    func hear(_ statement: SignedStatement) throws {
        var batch = IncomingBatch()
        batch.statements = [statement]
        _ = try replica().accept(batch)
    }
}
