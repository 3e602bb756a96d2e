/// How likely two entries are one person (domain 4.4). The same on every node: it looks at the two entries and at nothing
/// else.
package struct DuplicateScore: Hashable, Sendable {
    /// What is compared of an entry.
    package struct Entry: Hashable, Sendable {
        package let identity: String
        package let name: String
        package let birth: String
        package let sex: String
        package let phone: String
        package let village: String
        package let headName: String

        package init(
            identity: String = "", name: String, birth: String = "", sex: String = "", phone: String = "",
            village: String = "", headName: String = ""
        ) {
            self.identity = identity
            self.name = name
            self.birth = birth
            self.sex = sex
            self.phone = phone
            self.village = village
            self.headName = headName
        }
    }

    package enum Reason: String, Sendable, CaseIterable {
        case identity, name, birth, sex, phone, village, headName = "head_name"
    }

    package enum Verdict: String, Sendable {
        case certain, probable, possible, different
    }

    /// 0 to 110.
    package let points: Int
    package let reasons: [Reason]

    /// - Parameter weights: Points a reason, as the district's rules have them.
    package init(_ a: Entry, _ b: Entry, weights: DuplicateWeights) {
        // An empty cell says nothing, so two of them say nothing in common.
        func isSame(_ path: KeyPath<Entry, String>) -> Bool {
            !a[keyPath: path].isEmpty && a[keyPath: path] == b[keyPath: path]
        }
        if isSame(\.identity) {
            points = weights[.identity]
            reasons = [.identity]
            return
        }
        let compared: [(Reason, KeyPath<Entry, String>)] = [
            (.name, \.name), (.birth, \.birth), (.sex, \.sex), (.phone, \.phone), (.village, \.village),
            (.headName, \.headName),
        ]
        reasons = compared.filter { isSame($0.1) }.map(\.0)
        points = reasons.reduce(0) { $0 + weights[$1] }
    }
}

/// What each thing in common counts, and from how many points on a pair is shown.
package struct DuplicateWeights: Hashable, Sendable {
    private let points: [DuplicateScore.Reason: Int]
    package let probable: Int
    package let possible: Int

    /// Reads `identity:100 name:40 birth:30 sex:5 phone:15 village:10 head_name:10 probable:80 possible:60`.
    /// - Returns: nil unless everything is there once.
    package init?(_ words: [(word: String, value: String?)]) {
        var numbers: [String: Int] = [:]
        for (word, value) in words {
            guard let value, let number = Int(value), (0...1000).contains(number),
                numbers.updateValue(number, forKey: word) == nil
            else { return nil }
        }
        var points: [DuplicateScore.Reason: Int] = [:]
        for reason in DuplicateScore.Reason.allCases {
            guard let number = numbers.removeValue(forKey: reason.rawValue) else { return nil }
            points[reason] = number
        }
        guard let probable = numbers.removeValue(forKey: "probable"),
            let possible = numbers.removeValue(forKey: "possible"), numbers.isEmpty, possible <= probable
        else { return nil }
        self.points = points
        self.probable = probable
        self.possible = possible
    }

    package subscript(reason: DuplicateScore.Reason) -> Int { points[reason]! }  // Every reason has points.

    package func verdict(_ score: DuplicateScore) -> DuplicateScore.Verdict {
        if score.reasons == [.identity] { return .certain }
        if score.points >= probable { return .probable }
        return score.points >= possible ? .possible : .different
    }
}
