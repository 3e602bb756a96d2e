import ChangeSets

/// What a relay does to somebody else's change sets on their way.
enum Spoiling: String, CaseIterable, Sendable {
    case firstHeader, middleHeader, lastHeader, signature, anothersSignature
    case droppedHeader, reorderedHeaders, repeatedHeader
    case body, emptyBody, longerBody, droppedBody, reorderedBodies, repeatedBody
    case repeatedRun, overlappingRun

    /// What the refusal says.
    var reason: String {
        switch self {
        case .firstHeader, .middleHeader: "does not continue the chain"
        case .lastHeader, .signature, .anothersSignature: "is not its author's"
        case .droppedHeader, .reorderedHeaders, .repeatedHeader: "skips from number"
        case .body, .emptyBody, .longerBody, .droppedBody, .reorderedBodies, .repeatedBody:
            "does not match its signed hash"
        case .repeatedRun, .overlappingRun: "does not go on where the first ended"
        }
    }

    /// How many of the three change sets are whole all the same.
    var stored: UInt64 {
        switch self {
        case .droppedBody, .repeatedBody, .body: 1
        case .repeatedRun, .overlappingRun: 3
        default: 0
        }
    }

    func spoil(_ delivery: inout Delivery, _ index: Int) {
        func flip(_ bytes: inout [UInt8]) { bytes[bytes.count / 2] ^= 1 }
        var part = delivery.parts[index]
        switch self {
        // The time, a field of its own in the middle, where any value can be read.
        case .firstHeader: Self.changeTime(&part.headers[0])
        case .middleHeader: Self.changeTime(&part.headers[1])
        case .lastHeader: Self.changeTime(&part.headers[2])
        case .signature: flip(&part.signature)
        case .anothersSignature: part.signature = delivery.parts[(index + 1) % delivery.parts.count].signature
        case .droppedHeader: part.headers.remove(at: 1)
        case .reorderedHeaders: part.headers.swapAt(0, 1)
        case .repeatedHeader: part.headers.insert(part.headers[0], at: 1)
        case .body: flip(&part.bodies[1])
        case .emptyBody: part.bodies[0] = []
        case .longerBody: part.bodies[0] += [0]
        case .droppedBody: part.bodies.remove(at: 1)
        case .reorderedBodies: part.bodies.swapAt(0, 2)
        case .repeatedBody: part.bodies.insert(part.bodies[0], at: 1)
        case .repeatedRun: delivery.parts.append(part)
        case .overlappingRun:
            var second = part
            second.headers.removeFirst()
            second.bodies.removeFirst()
            delivery.parts.append(second)
        }
        delivery.parts[index] = part
    }

    private static func changeTime(_ header: inout [UInt8]) {
        guard var changed = try? ChangeSetHeader(parsing: header) else { return }
        changed.wallClock_ms += 1
        header = changed.encoded()
    }
}
