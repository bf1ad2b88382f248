internal import Foundation

/// What an entry says of all of its updates.
struct InstagramEntry {
    /// The Instagram account that they are of.
    let id: String
    /// When Meta sent them.
    let time: Date?
}
