import ChangeSets

extension VectorMaker {
    static func accepted(_ algorithm: Algorithm) throws -> [VectorFile] {
        try [
            VectorFile("one change set", feed([VectorSchema.insert(1)], algorithm)),
            VectorFile("insert update delete", story(algorithm)),
            VectorFile("contexts that grow", contexts(algorithm)),
            // Old and new are equal: a person keeps what is there, knowing of the other value.
            VectorFile("resolution", feed([VectorSchema.update(1, [2: .text("1")], [2: .text("1")])], algorithm)),
            VectorFile("several tables", feed([severalTables], algorithm)),
            VectorFile("counter", feed([counter], algorithm)),
            VectorFile("written by the town above", story(algorithm), office: "330106109"),
            VectorFile(
                "for the town and above only", feed([complaint], algorithm, audience: .town), office: "330106109"),
            VectorFile("run that begins at number 2", story(algorithm)).tampered {
                $0.headers.removeFirst()
                $0.bodies.removeFirst()
            },
            VectorFile("bodies cut after the first", story(algorithm)).tampered { $0.bodies.removeLast(2) },
            unknownField(algorithm),
        ]
    }

    private static func contexts(_ algorithm: Algorithm) throws -> TestFeed {
        let (one, other) = (try SigningKey.generate(algorithm).author, try SigningKey.generate(algorithm).author)
        var feed = try feed([], algorithm)
        feed.append(VectorSchema.insert(1))
        feed.append(VectorSchema.insert(2)) { $0.context = CausalContext([one: 5]) }
        feed.append(VectorSchema.insert(3)) {
            $0.context = CausalContext([one: 5, other: 1])
            $0.wallCounter = 1
            $0.part = 1
            $0.parts = 2
        }
        feed.append(VectorSchema.insert(4)) { $0.context = CausalContext([one: Limits.numberMax, other: 1]) }
        return feed
    }

    /// A table may come again, and every storage class is here.
    private static let severalTables = VectorSchema.body {
        $0.appendInsert(VectorSchema.family, values: VectorSchema.row(1) { $0[5] = .real(-1.5) })
        $0.appendInsert(VectorSchema.visit, values: [.text(VectorSchema.area), .blob([1]), .text("到访")])
        $0.appendInsert(VectorSchema.family, values: VectorSchema.row(2) { $0[5] = .blob([0, 255]) })
        $0.appendDelete(VectorSchema.family, values: VectorSchema.row(3) { $0[2] = .null })
    }

    private static let counter = VectorSchema.body {
        let key: [CellValue] = [.text(VectorSchema.area), .text("米"), .integer(1)]
        $0.appendInsert(VectorSchema.stock, values: key + [.integer(.max)])
        $0.appendUpdate(
            VectorSchema.stock, old: [key[0], key[1], .integer(2), .integer(7)], new: [nil, nil, nil, .integer(-7)])
    }

    private static let complaint = VectorSchema.body {
        $0.appendInsert(VectorSchema.complaint, values: [.text(VectorSchema.area), .blob([1]), .text("意见")])
    }

    /// What is hashed and signed are the author's bytes, also those that this program would not have written.
    private static func unknownField(_ algorithm: Algorithm) throws -> VectorFile {
        let feed = try feed([VectorSchema.insert(1)], algorithm)
        let header = feed.headers[0].bytes + [0xf8, 0x7f, 0x01]  // Field 2047.
        return try VectorFile("header with an unknown field", feed).signed(feed.key, headers: [header])
    }
}
