internal import Foundation

/// What became of a request.
enum CallAnswer: Hashable, Sendable {
    /// Accepted, with this status.
    case accepted(Int)
    /// Definitely not done, and not worth trying again: why.
    case refused(String)
    /// Definitely not done, and to be tried again: why, and after which time if that was said.
    case later(String, after: Duration?)
    /// Nobody can know whether it was done: why.
    case unknown(String)

    /// Longest time that a server may ask to wait.
    private static let longestWait = Duration.seconds(86_400)

    /// By the status (RFC 9110, RFC 8470): 408, 425, 429 and 503 say that it was not done yet, other errors of the client
    /// that it never will be. What another error of the server means, nobody can know.
    init(status: Int, retryAfter: String?, now: Date) {
        switch status {
        case 200..<300: self = .accepted(status)
        case 408, 425, 429, 503:
            self = .later("status \(status)", after: retryAfter.flatMap { Self.wait($0, now: now) })
        case 300..<400: self = .refused("status \(status): a redirect, which is not followed")
        case 400..<500: self = .refused("status \(status)")
        default: self = .unknown("status \(status)")
        }
    }

    /// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
    private static func wait(_ text: String, now: Date) -> Duration? {
        if let seconds = Int(text), seconds >= 0 { return min(.seconds(min(seconds, 1 << 31)), longestWait) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let date = formatter.date(from: text) else { return nil }
        return min(.milliseconds(Int(max(0, date.timeIntervalSince(now)) * 1_000)), longestWait)
    }
}
