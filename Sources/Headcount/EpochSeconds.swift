package import Foundation

extension Date {
    /// Whole seconds since 1970, as Redis counts them.
    package var epochSeconds: Int { Int(timeIntervalSince1970.rounded(.down)) }
}
