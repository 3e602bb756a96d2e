import ChangeSets

/// What holding one feed against its own hashes and signatures gave.
struct FeedFindings {
    let row: FeedRow
    /// Of this office: by its open author or a closed one. What it wrote is signed when it is first sent.
    let isOwn: Bool
    var problems: [VerificationProblem] = []
    var changeSets = 0
    var signatures = 0
    /// The last number up to which chain and bodies are good.
    var sound = FeedHead.start
    /// The last of those that a valid signature vouches for; for this office's own feeds the last sound one.
    var vouched = FeedHead.start
    /// Signatures that are not the author's.
    var badSignatures: [UInt64] = []
    var hasBadKeptHeaders = false
    /// How far this office has said, signed, that its own feed goes.
    var said: UInt64 = 0
    /// How many change sets the log has of it.
    var lastInLog: UInt64 = 0
}
