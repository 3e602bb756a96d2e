/// The form HOST:PORT, where HOST is a name, an IPv4 address, or an IPv6 address in brackets.
enum TopologyAddress {
    /// - Returns: nil when `address` has the form. Nothing is looked up.
    static func fault(in address: String) -> (message: String, remedy: String)? {
        let example = "write HOST:PORT, such as 10.33.1.6:7443 or [fd00::6]:7443"
        // What follows looks at characters, and a mark that joins a bracket would make another one of it.
        guard address.utf8.allSatisfy({ $0 < 0x80 }) else { return ("has characters that no address has", example) }
        guard let colon = address.utf8.lastIndex(of: UInt8(ascii: ":")) else { return ("has no port", example) }
        let host = address[..<colon]
        let port = address[address.index(after: colon)...]
        guard isPort(port) else { return ("has no port from 1 to 65535", example) }
        if host.utf8.first == UInt8(ascii: "["), host.utf8.last == UInt8(ascii: "]"), host.utf8.count > 2 {
            return isIPv6(host.dropFirst().dropLast()) ? nil : ("has no IPv6 address between its brackets", example)
        }
        if host.utf8.contains(UInt8(ascii: ":")) {
            return ("has more than one colon", "write HOST:PORT only, with an IPv6 address in brackets")
        }
        return isIPv4(host) || isName(host) ? nil : ("has no valid host", example)
    }

    private static func isPort(_ text: Substring) -> Bool {
        // Digits only: `UInt16` would also take a sign.
        guard text.utf8.allSatisfy(isDigit), text.utf8.first != UInt8(ascii: "0"), let port = UInt16(text) else {
            return false
        }
        return port > 0
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // A leading zero would mean octal to some resolvers.
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy(isDigit) && UInt8(part).map { String($0) == part } ?? false
            }
    }

    private static func isIPv6(_ text: Substring) -> Bool {
        guard text.utf8.count <= 45 else { return false }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && position == parts.count - 1
                if isLast, part.utf8.contains(UInt8(ascii: ".")) {
                    guard isIPv4(part) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit) else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }

    /// A host name of ASCII letters; a last label of digits only would be a mistyped IPv4 address.
    private static func isName(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, let last = labels.last, !last.utf8.allSatisfy(isDigit) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }
                && label.utf8.first != UInt8(ascii: "-") && label.utf8.last != UInt8(ascii: "-")
        }
    }

    // Setting bit 0x20 makes an ASCII letter lower case, and a letter of nothing else.
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
}
