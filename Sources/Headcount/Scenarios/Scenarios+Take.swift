extension Scenarios {
    /// Takes events, and starts the scenarios that they trigger: none twice for the same event. Durable when it returns.
    ///
    /// - Returns: What became of each, in order.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `unavailable`. Repeat it then: what was taken is a
    ///   duplicate, unless it has no id.
    @discardableResult
    public func take(_ events: [InboundEvent], of account: String) async throws -> [EventResult] {
        try Identifier.check(account: account)
        for event in events { try Identifier.check(contact: event.contact) }
        let items = events.map(IncomingEvent.init)
        // Those that arrive at the same moment share a call.
        if items.count == 1 { return [try await limiter.arrivals.ask(items[0], in: account)] }
        return try await limiter.intake.take(items, of: account)
    }
}
