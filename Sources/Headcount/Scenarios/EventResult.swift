/// What became of an event.
public enum EventResult: Hashable, Sendable {
    /// It came before.
    case duplicate
    /// What it meant for the scenarios with such a trigger; empty: there is none.
    case taken([ContactRecord.ScenarioReaction])

    /// Whether it started a run.
    public var startsRun: Bool {
        guard case .taken(let reactions) = self else { return false }
        return reactions.contains { if case .started = $0.reaction { true } else { false } }
    }
}
