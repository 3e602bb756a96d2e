// The only file that reads a topology before Yams does. Yams recurses once per level of nesting, and to find
// duplicate keys it hashes each key with everything in it, so a few hundred bytes can overflow its stack or
// keep it busy for hours. Anchors, aliases and deep nesting are therefore refused before it sees them.

/// Tells the tokens of the text apart as libyaml does, so far as nesting and quoting go. Where that would take
/// the whole of libyaml (block scalars, tags, values that may or may not go on in the next line) it refuses.
struct TopologySyntax {
    static let sizeBytesMax = 4 << 20
    /// The format needs 4: the file, its list, an office, its alternates.
    static let flowDepthMax = 8
    /// Block collections nest by indentation, at most two of them at one column.
    static let indentationMax = 64

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    private var lineHasContent = false
    private var flowDepth = 0
    /// Whether a plain scalar of an earlier line may be going on; only the indentation would tell.
    private var plainMayGoOn = false
    /// Whether this line has quotes or brackets that are mere text if the plain scalar does go on.
    private var isAmbiguous = false

    static func check(_ yaml: String) throws(TopologyProblem) {
        guard yaml.utf8.count <= sizeBytesMax else {
            throw TopologyProblem(
                line: 1, message: "the file has \(yaml.utf8.count) bytes, more than \(sizeBytesMax)",
                remedy: "list one district only")
        }
        try TopologyCharacters.check(yaml)
        var syntax = TopologySyntax(bytes: Array(yaml.utf8))
        try syntax.scan()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() throws(TopologyProblem) {
        while let byte = byte(at: position) {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): try endLine()
            case UInt8(ascii: "#"): skipComment()
            default: try scanToken(byte)
            }
        }
    }

    private mutating func scanToken(_ byte: UInt8) throws(TopologyProblem) {
        let column = position - lineStart
        let standsAlone = isBlank(at: position + 1)
        if flowDepth == 0, !lineHasContent, column > Self.indentationMax { throw tooDeep }
        switch byte {
        case UInt8(ascii: "-") where column == 0 && isDocumentMarker(byte),
            UInt8(ascii: ".") where column == 0 && isDocumentMarker(byte):
            position += 3
            plainMayGoOn = false
        case UInt8(ascii: "-") where standsAlone, UInt8(ascii: ","):
            position += 1
        case UInt8(ascii: ":") where standsAlone || flowDepth > 0:
            position += 1
            // On an ambiguous line even this colon may be text.
            if !isAmbiguous { plainMayGoOn = false }
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            if flowDepth == 0 { isAmbiguous = isAmbiguous || plainMayGoOn }
            position += 1
            lineHasContent = true
            flowDepth += 1
            if flowDepth > Self.flowDepthMax { throw tooDeep }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            position += 1
            lineHasContent = true
            flowDepth = max(0, flowDepth - 1)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            if flowDepth == 0 { isAmbiguous = isAmbiguous || plainMayGoOn }
            try scanQuoted(byte)
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
            throw refusal("a YAML anchor or alias", remedy: "write every value out, text in quotes")
        case UInt8(ascii: "!"), UInt8(ascii: "%"):
            throw refusal("a YAML tag or directive", remedy: "leave it out, or put the value in quotes")
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            throw refusal("a YAML block scalar", remedy: "write the value on one line, in quotes")
        case UInt8(ascii: "?") where standsAlone || flowDepth > 0:
            throw refusal("a YAML complex key", remedy: "write `key: value`, with the value in quotes")
        default:
            try scanPlain()
        }
    }

    private mutating func scanQuoted(_ quote: UInt8) throws(TopologyProblem) {
        position += 1
        while let byte = byte(at: position) {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                try endLine(inQuotes: true)
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                position += 1
                if !isBlank(at: position) { position += 1 }
            case quote:
                position += 1
                lineHasContent = true
                // Two single quotes stand for one.
                guard quote == UInt8(ascii: "'"), self.byte(at: position) == quote else { return }
                position += 1
            default:
                position += 1
            }
        }
    }

    private mutating func scanPlain() throws(TopologyProblem) {
        lineHasContent = true
        var isAfterBlank = false
        while let byte = byte(at: position) {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if flowDepth == 0 {
                    plainMayGoOn = true
                    return
                }
                try endLine()
                isAfterBlank = true
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                position += 1
                isAfterBlank = true
            case UInt8(ascii: "#") where isAfterBlank, UInt8(ascii: ":") where isBlank(at: position + 1):
                if flowDepth == 0 { plainMayGoOn = true }
                return
            case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
                if flowDepth > 0 { return }
                position += 1
                isAfterBlank = false
            default:
                position += 1
                isAfterBlank = false
            }
        }
    }

    private mutating func skipComment() {
        while let byte = byte(at: position), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
    }

    private mutating func endLine(inQuotes: Bool = false) throws(TopologyProblem) {
        if isAmbiguous && (inQuotes || flowDepth > 0) {
            throw TopologyProblem(
                line: line, message: "a value that begins on a line of its own does not end on it",
                remedy: "write the value on one line, behind its key")
        }
        isAmbiguous = false
        position += byte(at: position) == UInt8(ascii: "\r") && byte(at: position + 1) == UInt8(ascii: "\n") ? 2 : 1
        line += 1
        lineStart = position
        lineHasContent = false
    }

    private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private func isBlank(at index: Int) -> Bool {
        switch byte(at: index) {
        case nil, UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    private func isDocumentMarker(_ byte: UInt8) -> Bool {
        self.byte(at: position + 1) == byte && self.byte(at: position + 2) == byte && isBlank(at: position + 3)
    }

    private var tooDeep: TopologyProblem {
        TopologyProblem(
            line: line, message: "the file nests too deeply",
            remedy: "write `offices` as a flat list, its nesting is in the codes")
    }

    private func refusal(_ construct: String, remedy: String) -> TopologyProblem {
        TopologyProblem(line: line, message: "\(construct) does not belong in a topology", remedy: remedy)
    }
}
