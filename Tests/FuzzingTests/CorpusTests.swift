import Fuzzing
import Testing

@Suite struct `What fuzzing has left` {
    @Test(arguments: FuzzTarget.allCases)
    func `is read or refused, and never reads otherwise when written again`(target: FuzzTarget) throws {
        let inputs = try Corpus(of: target).inputs
        #expect(inputs.count > 1)
        var read = 0
        for input in inputs {
            do {
                try target.run(input)
                read += 1
            } catch let finding as FuzzFinding {
                Issue.record("\(finding): \(input)")
            } catch {}
        }
        // A corpus in which everything is refused at the first byte would show nothing.
        #expect(read > 0 && read < inputs.count)
    }
}
