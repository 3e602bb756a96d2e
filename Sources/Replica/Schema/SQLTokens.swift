/// Words, symbols and quoted names of one SQL statement: as much of SQL's lexical rules as the schema check needs.
struct SQLTokens {
    struct Token: Hashable {
        /// Lower case; for a quoted name, what the quotes hold.
        let text: String
        let isWord: Bool
        let range: Range<String.Index>
    }
    let tokens: [Token]
    let sql: String

    init(_ sql: String) {
        self.sql = sql
        var tokens: [Token] = []
        var index = sql.startIndex
        func advance(past closing: Character, from start: String.Index) -> String.Index {
            var at = start
            while at < sql.endIndex {
                let next = sql.index(after: at)
                if sql[at] == closing {
                    if next < sql.endIndex, sql[next] == closing { at = sql.index(after: next); continue }
                    return next
                }
                at = next
            }
            return at
        }
        while index < sql.endIndex {
            let start = index
            let character = sql[index]
            let rest = sql[index...]
            if character.isWhitespace {
                index = sql.index(after: index)
            } else if rest.hasPrefix("--") {
                index = sql[index...].firstIndex(where: \.isNewline) ?? sql.endIndex
            } else if rest.hasPrefix("/*") {
                index = sql.range(of: "*/", in: index)?.upperBound ?? sql.endIndex
            } else if let closing = Self.closing[character] {
                index = advance(past: closing, from: sql.index(after: index))
                if character != "'" {
                    let inner = sql[sql.index(after: start)..<index].dropLast()
                    tokens.append(Token(text: inner.lowercased(), isWord: true, range: start..<index))
                } else {
                    tokens.append(Token(text: "'", isWord: false, range: start..<index))
                }
            } else if character.isLetter || character == "_" || character.isNumber {
                while index < sql.endIndex, sql[index].isLetter || sql[index].isNumber || sql[index] == "_" {
                    index = sql.index(after: index)
                }
                tokens.append(Token(text: sql[start..<index].lowercased(), isWord: true, range: start..<index))
            } else {
                index = sql.index(after: index)
                tokens.append(Token(text: String(character), isWord: false, range: start..<index))
            }
        }
        self.tokens = tokens
    }

    /// Tables that a trigger's body writes.
    var writtenTables: Set<String> {
        guard let body = tokens.firstIndex(where: { $0.text == "begin" && $0.isWord }) else { return [] }
        var written: Set<String> = []
        let words = tokens[body...].filter(\.isWord).map(\.text)
        for (index, word) in words.enumerated() {
            switch word {
            case "into", "update": if index + 1 < words.count { written.insert(words[index + 1]) }
            case "from":
                if index > 0, words[index - 1] == "delete", index + 1 < words.count { written.insert(words[index + 1]) }
            case "replace", "ignore", "abort", "fail", "rollback":
                // UPDATE OR REPLACE t
                if index > 1, words[index - 1] == "or", words[index - 2] == "update", index + 1 < words.count {
                    written.insert(words[index + 1])
                }
            default: continue
            }
        }
        return written
    }

    private static let closing: [Character: Character] = ["'": "'", "\"": "\"", "`": "`", "[": "]"]
}

/// The CHECK expressions of a CREATE TABLE statement, with the names each mentions.
struct CheckConstraints {
    struct Expression: Hashable {
        let sql: String
        /// Lower case.
        let names: Set<String>
    }
    let expressions: [Expression]
    /// Collations of the columns; lower case.
    let collations: [String]

    init(createTable sql: String) {
        let tokens = SQLTokens(sql).tokens
        var found: [Expression] = []
        var checked: Set<Int> = []
        for (index, token) in tokens.enumerated() where token.isWord && token.text == "check" {
            guard index + 1 < tokens.count, tokens[index + 1].text == "(" else { continue }
            var depth = 0
            for end in (index + 1)..<tokens.count {
                if tokens[end].text == "(" { depth += 1 }
                if tokens[end].text == ")" { depth -= 1 }
                if depth == 0 {
                    checked.formUnion(index..<end)
                    let inside = tokens[(index + 2)..<end]
                    let text = sql[tokens[index + 1].range.upperBound..<tokens[end].range.lowerBound]
                    found.append(Expression(sql: String(text), names: Set(inside.filter(\.isWord).map(\.text))))
                    break
                }
            }
        }
        expressions = found
        collations = tokens.indices.dropLast().filter { tokens[$0].text == "collate" && !checked.contains($0) }
            .map { tokens[$0 + 1].text }
    }
}

extension String {
    fileprivate func range(of text: String, in start: Index) -> Range<Index>? {
        var at = start
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
