internal import Headcount

/// Prometheus's text format, version 0.0.4 (its documentation, "Exposition formats").
enum PrometheusText {
    /// What the metrics mean, in their HELP lines; docs/metrics.md says more.
    private static let help = [
        "headcount_authentication_failures_total": "Requests turned away for their key, by reason.",
        "headcount_build_info": "The version that runs; always 1.",
        "headcount_calls_in_flight": "Calls to Redis that have no reply yet.",
        "headcount_campaign_attempts_total": "Attempts of campaigns made by this worker, by outcome.",
        "headcount_campaigns_overdue_seconds": "How long the campaign that waits longest has been due for a worker.",
        "headcount_corrections_total": "Script calls made again since Redis knew the time or the calendar better.",
        "headcount_dead_letters_total": "Runs of scenarios that this worker ended in a dead letter.",
        "headcount_decisions_total": "Contacts decided, by verdict.",
        "headcount_failed_open_total": "Contacts that Redis could not be asked about, by whether they were admitted.",
        "headcount_http_request_duration_seconds": "Time to answer requests, by route.",
        "headcount_http_requests_in_flight": "Requests not yet answered.",
        "headcount_http_requests_total": "Requests answered, by method, route and status.",
        "headcount_notice_deliveries_total": "Deliveries of notices attempted, by result.",
        "headcount_notices_overdue_seconds": "How long the notices that wait longest have been due for delivery.",
        "headcount_redis_circuits_open": "Servers of Redis that give no sign of life, so that callers are turned away.",
        "headcount_redis_connected": "Whether there is a connection to Redis.",
        "headcount_redis_redirects_total": "Calls that a node of a Redis Cluster sent on to another, by kind.",
        "headcount_redis_connections_total": "Times connected to Redis; each after the first follows a loss.",
        "headcount_redis_errors_total": "Calls that ended without an answer from Redis, by code.",
        "headcount_reservations_total": "Contacts asked for with a reservation, by verdict.",
        "headcount_scenario_attempts_total": "Attempts of scenarios' steps made by this worker, by outcome.",
        "headcount_scenarios_overdue_seconds": "How long the scenario that waits longest has been due for a worker.",
        "headcount_script_duration_seconds": "From sending a script call to its reply, by script.",
        "headcount_settlements_total": "Reservations confirmed or released, by what became of them.",
        "headcount_webhook_events_total": "Events of webhooks, by channel and by what became of them.",
        "headcount_webhook_refusals_total": "Webhook requests turned away, by channel and reason.",
        "process_cpu_seconds_total": "Processor time used, of user and system, in seconds.",
        "process_open_fds": "Open file descriptors.",
        "process_resident_memory_bytes": "Memory in use, in bytes.",
        "process_start_time_seconds": "When the process started, in epoch seconds.",
    ]

    /// `{name="value",…}`, or nothing where there are none.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.sorted { $0.0 < $1.0 }.map { "\($0.0)=\"\(escaped($0.1))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ text: String) -> String {
        text.escapingScalars { scalar in
            switch scalar {
            case "\\": #"\\"#
            case "\"": #"\""#
            case "\n": #"\n"#
            default: nil
            }
        }
    }

    static func family(_ name: String, _ samples: [(labels: String, sample: Sample)]) -> String {
        guard let first = samples.first else { return "" }
        let type =
            switch first.sample {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        return head(name, type: type)
            + samples.map { labels, sample in
                switch sample {
                case .counter(let counter): "\(name)\(labels) \(counter.current)\n"
                case .gauge(let gauge): "\(name)\(labels) \(number(gauge.current))\n"
                case .histogram(let histogram): buckets(name, labels, histogram.current)
                }
            }.joined()
    }

    /// A metric of one value, without labels or with those given.
    static func single(_ name: String, type: String, labels: String = "", _ value: Double) -> String {
        head(name, type: type) + "\(name)\(labels) \(number(value))\n"
    }

    private static func head(_ name: String, type: String) -> String {
        let help = help[name].map { "# HELP \(name) \($0)\n" } ?? ""
        return "\(help)# TYPE \(name) \(type)\n"
    }

    private static func buckets(_ name: String, _ labels: String, _ state: HistogramSample.State) -> String {
        let inner = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
        var text = ""
        var total = 0
        for (bound, count) in zip(HistogramSample.bounds.map(number) + ["+Inf"], state.counts) {
            total += count
            text += "\(name)_bucket{\(inner)le=\"\(bound)\"} \(total)\n"
        }
        return text + "\(name)_sum\(labels) \(number(Double(state.sum) / 1e9))\n\(name)_count\(labels) \(total)\n"
    }

    /// Whole numbers without a fraction.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
