/// What a sequence of code units looks like as one Unicode encoding form.
struct UnicodeSurvey {
    /// Index of the first code unit that belongs to no scalar.
    private(set) var firstError: Int?
    /// Ill-formed sequences.
    private(set) var errors = 0
    /// Scalars of three or more code units. In UTF-8 these tell Chinese text from GB 18030: two units in a row that
    /// look like UTF-8 are common there, three are rare.
    private(set) var longScalars = 0

    init<Encoding: Unicode.Encoding>(_ units: [Encoding.CodeUnit], as encoding: Encoding.Type) {
        var parser = Encoding.ForwardParser()
        var iterator = units.makeIterator()
        var index = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar):
                if scalar.count >= 3 { longScalars += 1 }
                index += scalar.count
            case .error(let count):
                firstError = firstError ?? index
                errors += 1
                index += count
            case .emptyInput:
                return
            }
        }
    }
}
