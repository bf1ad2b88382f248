import Headcount

extension String {
    /// What a contact or a channel wrote, whole, on one line, and without what a terminal would obey.
    var onOneLine: String { escapingScalars { String($0).printable } }
}
