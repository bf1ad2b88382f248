internal import Foundation
internal import RedisClient

/// A part of an account's activated contacts.
public struct ContactPage: Sendable, Hashable {
    /// Contacts, in no order.
    public let contacts: [String]
    /// To be given for the next page; nil on the last one.
    public let cursor: String?
}

extension Limiter {
    /// The contacts activated in a period, page by page. Those erased are left out, and so are those merged into others.
    /// Key read: the period's members.
    ///
    /// A contact that is activated meanwhile may be missing, and one may come twice if others are removed meanwhile, as
    /// with Redis's `SSCAN`.
    ///
    /// - Parameters:
    ///   - period: `YYYY-MM[-DD]`; nil for the current one. Name it to read on past a month's end.
    ///   - cursor: nil for the first page, then the one of the page before.
    ///   - count: about how many a page is to hold; a small set of integers comes in one page.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidPeriod`, `invalidPage`, `unavailable`.
    public func contacts(
        of account: String, period: String? = nil, cursor: String? = nil, count: Int = 1_000
    ) async throws -> ContactPage {
        if let cursor, UInt64(cursor) == nil {
            throw HeadcountError(.invalidPage, "no cursor; give the one of the page before", value: cursor)
        }
        guard (1...100_000).contains(count) else {
            throw HeadcountError(.invalidPage, "a page has 1 to 100000 contacts", value: String(count))
        }
        let key = keys.members(account, try await self.period(period, of: account).name)
        let reply = try await runner.send(["SSCAN", key, cursor ?? "0", "COUNT", String(count)])
        guard let parts = reply.elements, parts.count == 2, let next = parts[0].text, let members = parts[1].elements
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to SSCAN") }
        return ContactPage(
            contacts: members.compactMap(\.lossyText).filter { !$0.hasPrefix("\u{01}") },
            cursor: next == "0" ? nil : next)
    }

    /// The period called `name`, or the current one by Redis's clock.
    private func period(_ name: String?, of account: String) async throws -> Period {
        try await usage(of: account, period: name).period
    }
}

extension RedisValue {
    /// Text, with a replacement character for what is no UTF-8: somebody else wrote it.
    fileprivate var lossyText: String? {
        if case .string(let bytes) = self { return String(decoding: bytes, as: UTF8.self) }
        return text
    }
}
