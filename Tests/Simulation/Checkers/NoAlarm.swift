/// Offices that compare their rows find no difference: a false alarm would be one, and a difference that passes as well (I8).
struct NoAlarm: Checker {
    func problems(in world: World) throws -> [String] {
        // Who follows another branch holds other rows; and no line of a world has TLS, which lets no altered digest through.
        guard world.forked == nil, !world.plan.disturbances.contains(.altering) else { return [] }
        return try world.running.compactMap { office in
            try office.replica?.difference().map { "\(office.code) says that its rows differ from its parent's: \($0)" }
        }
    }
}
