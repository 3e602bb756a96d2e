import Exchange
import Testing

@Suite struct `Waiting before trying again` {
    @Test(arguments: [-1, 0, 1, 2, 5, 7, 8, 20, 63, 64, 1000, Int.max])
    func `stays between half and the whole of the doubled delay, below a minute`(failures: Int) {
        let backOff = BackOff()
        let whole = min(60_000, 500 * Int64(1) << Int64(min(max(failures - 1, 0), 20)))
        for random in [0, 0.25, 0.5, 0.75, 1.0.nextDown] {
            let delay = backOff.delay_ms(failures: failures, retryAfterSeconds: nil, random: random)
            #expect((whole / 2...whole).contains(delay))
        }
    }

    @Test func `differs from office to office`() {
        let delays = (0..<600).map {
            BackOff().delay_ms(failures: 8, retryAfterSeconds: nil, random: Double($0) / 600)
        }
        #expect(Set(delays).count == 600)
    }

    @Test(arguments: [0, 1, 5, 60, 300] as [UInt32])
    func `is never shorter than what the parent asked for, and spread beyond it`(seconds: UInt32) {
        let delays = stride(from: 0.0, to: 1, by: 0.1).map {
            BackOff().delay_ms(failures: 3, retryAfterSeconds: seconds, random: $0)
        }
        #expect(delays.allSatisfy { $0 >= Int64(seconds) * 1000 })
        #expect(Set(delays).count == delays.count)
    }

    @Test func `does not become for ever because a parent asks for it`() {
        #expect(BackOff().delay_ms(failures: 1, retryAfterSeconds: .max, random: 0) <= 360_000)
    }
}
