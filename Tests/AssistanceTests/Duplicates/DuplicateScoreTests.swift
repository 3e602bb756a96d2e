import Assistance
import Testing

/// Domain 4.4.
@Suite struct `Two entries` {
    static let weights = DuplicateWeights(
        "identity:100 name:40 birth:30 sex:5 phone:15 village:10 head_name:10 probable:80 possible:60"
            .split(separator: " ").map { part in
                let pair = part.split(separator: ":").map(String.init)
                return (pair[0], pair[1])
            })!

    static let entry = DuplicateScore.Entry(
        identity: "990000195803150021", name: "某甲", birth: "1958-03-15", sex: "female", phone: "13800000000",
        village: "990000101201", headName: "某甲")

    @Test func `with one identity number are one person, whatever else differs`() {
        let other = DuplicateScore.Entry(identity: "990000195803150021", name: "某乙")
        let score = DuplicateScore(Self.entry, other, weights: Self.weights)
        #expect(score.points == 100)
        #expect(Self.weights.verdict(score) == .certain)
    }

    @Test func `with name, birth and telephone in common are probably one`() {
        let other = DuplicateScore.Entry(name: "某甲", birth: "1958-03-15", phone: "13800000000")
        let score = DuplicateScore(Self.entry, other, weights: Self.weights)
        #expect(score.points == 85)
        #expect(score.reasons == [.name, .birth, .phone])
        #expect(Self.weights.verdict(score) == .probable)
    }

    @Test(arguments: [(["name", "birth"], DuplicateScore.Verdict.possible), (["name", "sex", "village"], .different)])
    func `with less in common possibly, or not`(same: [String], verdict: DuplicateScore.Verdict) {
        let other = DuplicateScore.Entry(
            name: same.contains("name") ? "某甲" : "某丙", birth: same.contains("birth") ? "1958-03-15" : "",
            sex: same.contains("sex") ? "female" : "", village: same.contains("village") ? "990000101201" : "")
        #expect(Self.weights.verdict(DuplicateScore(Self.entry, other, weights: Self.weights)) == verdict)
    }

    @Test func `have nothing in common where both are empty`() {
        let empty = DuplicateScore.Entry(name: "")
        #expect(DuplicateScore(empty, empty, weights: Self.weights).points == 0)
    }

    @Test func `score the same either way round`() {
        let other = DuplicateScore.Entry(name: "某甲", birth: "1958-03-15", village: "990000101201", headName: "某丁")
        #expect(
            DuplicateScore(Self.entry, other, weights: Self.weights)
                == DuplicateScore(other, Self.entry, weights: Self.weights))
    }

    @Test(arguments: ["name:40", "identity:x", "identity:100 identity:100", "other:1"])
    func `weights that are not complete are none`(text: String) {
        let words = text.split(separator: " ").map { part in
            let pair = part.split(separator: ":").map(String.init)
            return (word: pair[0], value: Optional(pair[1]))
        }
        #expect(DuplicateWeights(words) == nil)
    }
}
