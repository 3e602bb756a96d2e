import ChangeSets
import Yams

/// What one item of the list says, as far as it could be read.
struct TopologyEntry {
    /// Where the item begins.
    let line: Int
    var code: OfficeCode?
    var codeLine = 0
    var name: String?
    var address: String?
    var alternates: [Alternate] = []

    struct Alternate {
        let code: OfficeCode
        let line: Int
    }

    var office: TopologyOffice? {
        guard let code, let name else { return nil }
        return TopologyOffice(
            code: code, name: name, address: address, alternates: alternates.map(\.code), line: codeLine)
    }
}

/// Reads the items of a topology one by one and collects what is wrong with each. How they fit together is the
/// question of ``TopologyTree``.
struct TopologyReader {
    private(set) var entries: [TopologyEntry] = []
    private(set) var problems: [TopologyProblem] = []
    /// False when an item has no usable code. It may be the very parent that others seem to lack.
    private(set) var readEveryCode = true

    mutating func readFile(_ file: Yams.Node?) {
        guard let file else {
            return report(1, "the file is empty", "begin it with `offices:`, a list")
        }
        guard case .mapping(let keys) = file else {
            return report(file.line, "the file does not begin with a key", "begin it with `offices:`, a list")
        }
        var list: Yams.Node?
        for (key, value) in keys {
            if key.text == "offices" {
                list = value
            } else {
                report(key.line, "unknown key \(key.shown)", "the file has only `offices`")
            }
        }
        guard let list else {
            return report(file.line, "the file has no `offices`", "begin it with `offices:`, a list")
        }
        guard case .sequence(let items) = list else {
            return report(list.line, "`offices` is not a list", "begin each office with `- code:`")
        }
        if items.isEmpty { report(list.line, "`offices` is empty", "list at least the district") }
        for item in items { readOffice(item) }
    }

    private mutating func readOffice(_ item: Yams.Node) {
        guard case .mapping(let keys) = item else {
            readEveryCode = false
            return report(item.line, "\(item.shown) is not an office", "write `code` and `name` with their values")
        }
        var entry = TopologyEntry(line: item.line)
        var hasCode = false
        var hasName = false
        for (key, value) in keys {
            switch key.text {
            case "code":
                hasCode = true
                entry.code = readCode(value, of: "code")
                entry.codeLine = value.line
            case "name":
                hasName = true
                entry.name = readName(value)
            case "address":
                entry.address = readAddress(value)
            case "alternates":
                entry.alternates = readAlternates(value)
            case .some, nil:
                report(key.line, "unknown key \(key.shown)", "an office has `code`, `name`, `address` and `alternates`")
            }
        }
        if !hasCode { report(entry.line, "the office has no `code`", "add its division code, such as \"330106109\"") }
        if !hasName { report(entry.line, "the office has no `name`", "add its name") }
        if entry.code == nil { readEveryCode = false }
        entries.append(entry)
    }

    private mutating func readCode(_ value: Yams.Node, of key: String) -> OfficeCode? {
        // The text as written: a number would lose the zeros it begins with.
        guard let text = value.text else {
            report(value.line, "`\(key)` is not a string", "write a division code in quotes, such as \"330106109\"")
            return nil
        }
        do throws(InvalidOfficeCode) {
            return try OfficeCode(text)
        } catch {
            report(
                value.line, "\(quoted(text)) is no division code",
                "a district has 6 digits, a town 9, a village 12")
            return nil
        }
    }

    private mutating func readName(_ value: Yams.Node) -> String? {
        guard let name = value.text else {
            report(value.line, "`name` is not a string", "write the office's name")
            return nil
        }
        if let fault = OfficeNameFault(in: value.isNull ? "" : name) {
            report(value.line, "`name` \(fault.message)", fault.remedy)
            return nil
        }
        return name
    }

    private mutating func readAddress(_ value: Yams.Node) -> String? {
        guard let address = value.text, !value.isNull else {
            report(value.line, "`address` is not a string", "write HOST:PORT, or leave the key out")
            return nil
        }
        if let fault = TopologyAddress.fault(in: address) {
            report(value.line, "`address` \(quoted(address)) \(fault.message)", fault.remedy)
            return nil
        }
        return address
    }

    private mutating func readAlternates(_ value: Yams.Node) -> [TopologyEntry.Alternate] {
        guard case .sequence(let items) = value else {
            report(value.line, "`alternates` is not a list", "write [\"330106\"], or leave the key out")
            return []
        }
        return items.compactMap { item in
            readCode(item, of: "alternates").map { TopologyEntry.Alternate(code: $0, line: item.line) }
        }
    }

    private mutating func report(_ line: Int, _ message: String, _ remedy: String) {
        problems.append(TopologyProblem(line: line, message: message, remedy: remedy))
    }
}

extension Yams.Node {
    /// Nil for a list or a mapping.
    fileprivate var text: String? { scalar?.string }

    fileprivate var line: Int { mark?.line ?? 1 }

    /// What YAML calls null: nothing at all, or one of four words without quotes.
    fileprivate var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    fileprivate var shown: String {
        switch self {
        case .scalar(let scalar): quoted(scalar.string)
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
