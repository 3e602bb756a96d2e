/// Sex as the identity number and the household register record it.
package enum Sex: String, Sendable, CaseIterable {
    case male
    case female
}
