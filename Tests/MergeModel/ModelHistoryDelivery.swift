extension ModelWorld {
    /// A random order of all change sets in which each comes after its author's earlier ones and all in its context:
    /// "change sets are applied in an order that respects their contexts". So many copies are strewn in, each
    /// after what it repeats. The part before any position is a set that a replica may have applied.
    package func causalOrder(
        duplicates: Int = 0, using generator: inout some RandomNumberGenerator
    ) -> [ModelChangeSet] {
        var order: [ModelChangeSet] = []
        var waiting = changeSets
        var vector: Vector = [:]
        while !waiting.isEmpty {
            let position = generator.pick(from: waiting.indices.filter { isNext(waiting[$0], after: vector) })
            let changeSet = waiting.remove(at: position)
            vector[changeSet.author] = changeSet.number
            order.append(changeSet)
        }
        guard !order.isEmpty else { return [] }
        for _ in 0..<duplicates {
            let repeated = Int.random(in: order.indices, using: &generator)
            order.insert(order[repeated], at: Int.random(in: (repeated + 1)...order.count, using: &generator))
        }
        return order
    }

    func hasApplied(_ changeSet: ModelChangeSet, author: String) -> Bool {
        vector(of: author)[changeSet.author, default: 0] >= changeSet.number
    }

    func vector(of author: String) -> Vector {
        applied[author] ?? [:]
    }

    /// One author's replica hands another's some of what that one lacks, in an order that respects the contexts.
    mutating func deliver(using generator: inout some RandomNumberGenerator) {
        let receiver = generator.pick(from: authors)
        let sender = generator.pick(from: authors)
        let limit = generator.happens(percent: 30) ? changeSets.count : Int.random(in: 1...4, using: &generator)
        for _ in 0..<limit {
            let deliverable = changeSets(appliedBy: sender.id)
                .filter { isNext($0, after: vector(of: receiver.id)) }
            guard !deliverable.isEmpty else { return }
            let delivered = generator.pick(from: deliverable)
            applied[receiver.id, default: [:]][delivered.author] = delivered.number
        }
    }

    private func isNext(_ changeSet: ModelChangeSet, after vector: Vector) -> Bool {
        changeSet.number == vector[changeSet.author, default: 0] + 1
            && changeSet.context.allSatisfy { author, number in vector[author, default: 0] >= number }
    }
}
