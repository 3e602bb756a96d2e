/// A value that a sheet writes as one of a few words, in English (a code) or in Chinese.
package protocol SheetWord: CaseIterable, Hashable, Sendable where AllCases == [Self] {
    /// Every accepted word: first the English one that is written, second the Chinese one, then others.
    var words: [String] { get }
}

extension SheetWord {
    /// - Returns: nil for a word of none of them.
    static func read(_ text: String) -> Self? {
        let word = text.asEnglishWord
        return allCases.first { $0.words.contains(word) }
    }

    func word(in language: HouseholdSheet.Language) -> String { words[language == .chinese ? 1 : 0] }

    /// What a message offers: the Chinese words, with the English ones in brackets.
    package static var offered: String { allCases.map { "\($0.words[1]) (\($0.words[0]))" }.joined(separator: ", ") }
}

extension Sex: SheetWord {
    package var words: [String] {
        switch self {
        case .male: ["male", "男"]
        case .female: ["female", "女"]
        }
    }
}

/// How a member of a household is related to its head.
package enum Relation: String, SheetWord {
    case head, spouse, child, parent, grandchild, grandparent, sibling, other

    package var words: [String] {
        switch self {
        case .head: [rawValue, "户主", "本人"]
        case .spouse: [rawValue, "配偶", "夫", "妻", "丈夫", "妻子"]
        case .child: [rawValue, "子女", "子", "女", "儿子", "女儿", "长子", "长女", "次子", "次女", "独生子", "独生女"]
        case .parent: [rawValue, "父母", "父", "母", "父亲", "母亲"]
        case .grandchild: [rawValue, "孙子女", "孙子", "孙女", "外孙子女", "外孙", "外孙女"]
        case .grandparent: [rawValue, "祖父母", "祖父", "祖母", "外祖父母", "外祖父", "外祖母"]
        case .sibling: [rawValue, "兄弟姐妹", "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹"]
        case .other: [rawValue, "其他"]
        }
    }

    /// Words for one who owes support: known, but no member of the household and never counted as one.
    static let obligorWords: Set<String> = [
        "support_obligor", "赡养义务人", "抚养义务人", "扶养义务人", "赡养(抚养、扶养)义务人", "赡养（抚养、扶养）义务人",
    ]
}

/// The main cause of a household's hardship.
package enum HardshipCause: String, SheetWord {
    case illness, disability, disaster, accident, schooling
    case noLabour = "no_labour"
    case jobLoss = "job_loss"
    case other

    package var words: [String] {
        switch self {
        case .illness: [rawValue, "因病"]
        case .disability: [rawValue, "因残"]
        case .disaster: [rawValue, "因灾"]
        case .accident: [rawValue, "因意外事故"]
        case .schooling: [rawValue, "因学"]
        case .noLabour: [rawValue, "缺劳动力"]
        case .jobLoss: [rawValue, "失业"]
        case .other: [rawValue, "其他"]
        }
    }
}

/// The kind of a person's household registration, by which local standards differ.
package enum HukouKind: String, SheetWord {
    case urban, rural

    package var words: [String] {
        switch self {
        case .urban: [rawValue, "城镇", "非农业"]
        case .rural: [rawValue, "农村", "农业"]
        }
    }
}

/// Whether a line is that of the household's head.
enum HeadMark: SheetWord {
    case yes, no

    var words: [String] {
        switch self {
        case .yes: ["yes", "是", "1"]
        case .no: ["no", "否", "0"]
        }
    }
}
