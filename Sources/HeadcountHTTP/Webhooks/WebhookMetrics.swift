internal import Metrics

/// What the service measures of webhooks. Handles are made once and kept; labels come from bounded sets.
final class WebhookMetrics: Sendable {
    private let updates: [WebhookChannel: [WebhookResult: Counter]]
    private let refusals: [WebhookChannel: [WebhookRefusal: Counter]]

    init() {
        func counters<Label: Hashable>(
            _ name: String, _ key: String, _ labels: (WebhookChannel) -> [Label], _ text: (Label) -> String
        ) -> [WebhookChannel: [Label: Counter]] {
            Dictionary(
                uniqueKeysWithValues: WebhookChannel.allCases.map { channel in
                    let pairs = labels(channel).map { label in
                        let dimensions = [("channel", channel.rawValue), (key, text(label))]
                        return (label, Counter(label: name, dimensions: dimensions))
                    }
                    return (channel, Dictionary(uniqueKeysWithValues: pairs))
                })
        }
        updates = counters(
            "headcount_webhook_events_total", "result", { WebhookResult.all(of: $0) }, { $0.label })
        refusals = counters(
            "headcount_webhook_refusals_total", "reason", { _ in WebhookRefusal.allCases }, { $0.rawValue })
    }

    func counted(_ results: some Sequence<WebhookResult>, on channel: WebhookChannel) {
        for result in results { updates[channel]?[result]?.increment() }
    }

    func refused(_ reason: WebhookRefusal, on channel: WebhookChannel) {
        refusals[channel]?[reason]?.increment()
    }
}
