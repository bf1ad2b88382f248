internal import Foundation
internal import RedisClient

/// A call of trigger.lua: events, and the scenarios that they trigger.
struct TriggerCall: Sendable {
    let call: ScriptCall
    /// How many events.
    let count: Int
    /// The ids of the scenarios that are triggered and enabled.
    let scenarios: [String]

    /// - Parameter memory: how long an event is remembered, in milliseconds.
    init(_ items: [IncomingEvent], of account: String, _ set: ScenarioSet, _ keys: Keyspace, memory: Int) throws {
        var ids: [String] = []
        var numbers: [String: String] = [:]
        var events: [String] = []
        for item in items {
            let event = item.event
            let matching = set.triggered(by: event)
            let triggered = matching.filter(\.isEnabled).map { entry -> String in
                if let number = numbers[entry.id] { return number }
                ids.append(entry.id)
                numbers[entry.id] = String(ids.count)
                return String(ids.count)
            }
            let others = matching.filter { !$0.isEnabled }.map { "\($0.id)=disabled" }
            let at = event.at.map { String(Int(max(0, $0.timeIntervalSince1970) * 1_000)) } ?? "0"
            events += [
                item.fingerprint, event.contact, event.kind.rawValue, EventText.id(event.id) ?? "-", at,
                String(decoding: try JSONText.data(EventDocument(event)), as: UTF8.self),
                triggered.joined(separator: " "), others.joined(separator: " "),
            ]
        }
        let places = ids.map { ScenarioKeys(keys, account, $0) }
        call = ScriptCall(
            keys: [keys.scenarios(account), keys.seen(account), keys.heard(account)]
                + places.flatMap { [$0.scenario, $0.jobs, $0.runs, $0.queue, $0.again, $0.cooling, $0.later] }
                + items.map { keys.contact(account, $0.event.contact) },
            arguments: [
                set.version, String(ids.count), String(ScenarioKeys.runRetention), String(ScenarioKeys.listRetention),
                String(memory),
            ] + ids + events)
        count = items.count
        scenarios = ids
    }
}
