/// Puts lines together into households, and judges what no line shows by itself.
struct HouseholdAssembly {
    private let lines: [SheetLine]
    /// Indexes into `lines`, by household, in the order of the households' first lines.
    private let households: [[Int]]
    private var refused: [RefusedLine]

    init(_ lines: [SheetLine], refused: [RefusedLine]) {
        self.lines = lines
        self.refused = refused
        var positions: [HouseholdKey: Int] = [:]
        var households: [[Int]] = []
        for (index, line) in lines.enumerated() {
            guard let key = line.key else { continue }
            if let position = positions[key] {
                households[position].append(index)
            } else {
                positions[key] = households.count
                households.append([index])
            }
        }
        self.households = households
    }

    mutating func sheet() -> HouseholdSheet {
        refuseRepeatedIdentities()
        for members in households {
            refuseHeads(of: members)
            refuseDifferences(of: members, in: .address) { $0.address.map { Array($0.utf8) } }
            refuseDifferences(of: members, in: .phone) { $0.phone.map { Array($0.utf8) } }
            refuseDifferences(of: members, in: .cause) { $0.cause }
        }
        let whole = leaveOutHouseholds()
        return HouseholdSheet(
            households: whole.compactMap(household),
            refused: refused.sorted { ($0.line, $0.column?.order ?? -1) < ($1.line, $1.column?.order ?? -1) })
    }

    /// All lines with the number are refused: nothing tells which of them is right.
    private mutating func refuseRepeatedIdentities() {
        var byNumber: [String: [Int]] = [:]
        for line in lines {
            if let identity = line.identity { byNumber[identity.digits, default: []].append(line.line) }
        }
        for same in byNumber.values where same.count > 1 {
            for line in same {
                refuse(line, .identity, .repeatedIdentity(otherLine: line == same[0] ? same[1] : same[0]))
            }
        }
    }

    private mutating func refuseHeads(of members: [Int]) {
        let heads = members.filter { lines[$0].isHead == true }.map { lines[$0].line }
        if heads.count > 1 {
            for line in heads {
                refuse(line, .isHead, .severalHeads(otherLine: line == heads[0] ? heads[1] : heads[0]))
            }
        }
        // An unreadable mark is refused itself, and may have been the head's.
        if heads.isEmpty, members.allSatisfy({ lines[$0].isHead == false }) {
            refuse(lines[members[0]].line, .isHead, .noHead)
        }
    }

    /// What is said of the household may stand on any of its lines, but not differently.
    private mutating func refuseDifferences<Value: Equatable>(
        of members: [Int], in column: HouseholdColumn, _ value: (SheetLine) -> Value?
    ) {
        var first: (line: Int, value: Value)?
        for member in members {
            guard let own = value(lines[member]) else { continue }
            if let first, first.value != own {
                refuse(lines[member].line, column, .householdDiffers(fromLine: first.line))
            }
            first = first ?? (lines[member].line, own)
        }
    }

    /// Lists the other lines of every household that is not imported.
    /// - Returns: the households that are.
    private mutating func leaveOutHouseholds() -> [[Int]] {
        let refusedLines = Set(refused.map(\.line))
        let beside = linesBesideUnknownOnes()
        return households.filter { members in
            let reason: RefusedLine.Reason
            if let cause = members.first(where: { refusedLines.contains(lines[$0].line) }) {
                reason = .leftOut(line: lines[cause].line)
            } else if let line = members.lazy.compactMap({ beside[$0] }).first {
                reason = .leftOutBeside(line: line)
            } else {
                return true
            }
            for member in members where !refusedLines.contains(lines[member].line) {
                refuse(lines[member].line, nil, reason)
            }
            return false
        }
    }

    /// Lines that do not tell their household belong to the one above or below, as sheets keep households together
    /// (merged cells leave all but the first line empty); which one is not guessed.
    /// - Returns: by index of a line next to such lines, the physical line of one.
    private func linesBesideUnknownOnes() -> [Int: Int] {
        var beside: [Int: Int] = [:]
        for index in lines.indices.dropFirst() {
            let (above, below) = (lines[index - 1], lines[index])
            if above.key != nil, below.key == nil { beside[index - 1] = below.line }
            if above.key == nil, below.key != nil { beside[index] = above.line }
        }
        return beside
    }

    /// - Parameter members: Lines of which none is refused, so that each has a key and a person.
    private func household(_ members: [Int]) -> ReadHousehold? {
        guard let key = lines[members[0]].key else { return nil }
        let own = members.map { lines[$0] }
        return ReadHousehold(
            household: SheetHousehold(
                area: key.area, number: key.number, address: own.lazy.compactMap(\.address).first,
                phone: own.lazy.compactMap(\.phone).first, cause: own.lazy.compactMap(\.cause).first,
                members: own.compactMap(\.person)),
            lines: own.map(\.line))
    }

    private mutating func refuse(_ line: Int, _ column: HouseholdColumn?, _ reason: RefusedLine.Reason) {
        refused.append(RefusedLine(line: line, column: column, reason: reason))
    }
}
