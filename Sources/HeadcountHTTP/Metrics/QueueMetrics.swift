internal import Headcount
internal import Metrics

/// How far behind those are who send campaigns, carry out scenarios and deliver notices: the same in every process that looks.
struct QueueMetrics: Sendable {
    private let campaigns = Meter(label: "headcount_campaigns_overdue_seconds")
    private let scenarios = Meter(label: "headcount_scenarios_overdue_seconds")
    private let notices = Meter(label: "headcount_notices_overdue_seconds")
    private let limiter: Limiter

    init(limiter: Limiter) {
        self.limiter = limiter
    }

    /// Asks Redis. A Redis that can't answer leaves what was known.
    func refresh() async {
        guard let late = try? await limiter.dueCampaigns.overdue(),
            let lateScenarios = try? await limiter.dueScenarios.overdue(),
            let lateNotices = try? await limiter.dueNotices.overdue()
        else { return }
        campaigns.set(late / .seconds(1))
        scenarios.set(lateScenarios / .seconds(1))
        notices.set(lateNotices / .seconds(1))
    }
}
