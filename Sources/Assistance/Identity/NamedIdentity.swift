import GRDB

/// Whom a department's line names: a number that passes its check, or one that fails it and stands on the card all the same.
package struct NamedIdentity: Hashable, Sendable {
    /// All characters, the last a digit or a capital X.
    package let digits: String
    /// Why it fails. Nobody is meant by such a one but who is registered with it, as it stands on the card.
    package let fault: InvalidIdentityNumber?

    /// - Throws: Where no card has such a number.
    init(_ text: String) throws(InvalidIdentityNumber) {
        do throws(InvalidIdentityNumber) {
            (digits, fault) = (try TypedNumber.standard(text).digits, nil)
        } catch {
            // Less is no number that a department knows people by.
            guard TypedNumber.isOnCard(text), text.utf8.count >= 15 else { throw error }
            (digits, fault) = (text.uppercased(), error)
        }
    }

    /// - Throws: ``fault``, where nobody is registered with the number.
    func check(_ db: Database) throws {
        guard let fault else { return }
        let isRegistered = try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM person WHERE id_number = ? AND row_state = 'live')"),
            arguments: [digits])
        if isRegistered != true { throw fault }
    }
}
