import ChangeSets

extension OfficeCode {
    private static let tlsPrefix = "o"
    private static let tlsSuffix = ".sanji.internal"

    /// The DNS name in the office's TLS certificate. It derives from the code and is never looked up: callers bring the
    /// address themselves. (`internal` is reserved for private use; a label of digits only would read as an address.)
    package var tlsName: String { Self.tlsPrefix + digits + Self.tlsSuffix }

    /// - Returns: nil for anything but exactly the form of ``tlsName``.
    package init?(tlsName: some StringProtocol) {
        guard tlsName.hasPrefix(Self.tlsPrefix), tlsName.hasSuffix(Self.tlsSuffix) else { return nil }
        let digits = tlsName.dropFirst(Self.tlsPrefix.count).dropLast(Self.tlsSuffix.count)
        guard let code = try? OfficeCode(digits), code.tlsName == tlsName else { return nil }
        self = code
    }
}
