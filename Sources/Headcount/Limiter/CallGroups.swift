internal import DequeModule

/// Which calls wait, which are under way, and which go together: those of one lane, such as the activations of an account
/// by one kind of action, each about one item, such as a contact.
///
/// A value without I/O. A call that finds fewer than two under way goes at once, alone: nobody waits when it is idle.
/// What arrives while two are under way goes together with the next, in order of arrival.
struct CallGroups<Lane: Hashable & Sendable, Item: Sendable, Waiter: Sendable>: Sendable {
    /// Names a call for as long as it waits.
    typealias ID = UInt64

    struct Call: Sendable {
        let id: ID
        let item: Item
        /// Nil once the caller has gone.
        var waiter: Waiter?
    }

    /// Calls that go to Redis as one.
    struct Group: Sendable {
        let id: ID
        let items: [Item]
    }

    private struct Traffic: Sendable {
        /// Calls that went alone.
        var alone = 0
        var groups: [(id: ID, calls: [Call])] = []
        var waiting: Deque<Call> = []

        /// One is being answered while the next is on its way.
        static var mostUnderWay: Int { 2 }
        var underWay: Int { alone + groups.count }

        mutating func takesOneAlone() -> Bool {
            guard underWay < Self.mostUnderWay else { return false }
            alone += 1
            return true
        }
    }

    private let maximumItems: Int
    private var lanes: [Lane: Traffic] = [:]

    init(maximumItems: Int) {
        self.maximumItems = maximumItems
    }

    var isEmpty: Bool { lanes.isEmpty }

    /// A call arrives. True if it is to go at once, alone, and to say so with ``finishAlone(_:)``.
    mutating func goesAtOnce(_ lane: Lane) -> Bool {
        lanes[lane, default: Traffic()].takesOneAlone()
    }

    /// The call waits for the next group. False if meanwhile it may go at once, as in ``goesAtOnce(_:)``.
    mutating func wait(_ call: Call, in lane: Lane) -> Bool {
        if goesAtOnce(lane) { return false }
        lanes[lane]?.waiting.append(call)
        return true
    }

    /// A call that went alone has its answer. Returns the group that goes in its place.
    mutating func finishAlone(_ lane: Lane) -> Group? {
        lanes[lane]?.alone -= 1
        return next(in: lane)
    }

    /// A group has its answer. Returns its calls in order, and the group that goes in its place.
    mutating func finish(_ id: ID, in lane: Lane) -> (calls: [Call], next: Group?) {
        guard let index = lanes[lane]?.groups.firstIndex(where: { $0.id == id }),
            let calls = lanes[lane]?.groups.remove(at: index).calls
        else { return ([], nil) }
        return (calls, next(in: lane))
    }

    private mutating func next(in lane: Lane) -> Group? {
        guard let traffic = lanes[lane] else { return nil }
        guard let first = traffic.waiting.first else {
            if traffic.underWay == 0 { lanes[lane] = nil }
            return nil
        }
        let calls = Array(traffic.waiting.prefix(maximumItems))
        lanes[lane]?.waiting.removeFirst(calls.count)
        lanes[lane]?.groups.append((first.id, calls))
        return Group(id: first.id, items: calls.map(\.item))
    }

    /// A caller goes away. Nil if it has its answer already, or is not here.
    mutating func withdraw(_ id: ID, from lane: Lane) -> Waiter? {
        guard let traffic = lanes[lane] else { return nil }
        if let index = traffic.waiting.firstIndex(where: { $0.id == id }) {
            return lanes[lane]?.waiting.remove(at: index).waiter
        }
        for (group, calls) in traffic.groups.map(\.calls).enumerated() {
            guard let index = calls.firstIndex(where: { $0.id == id }) else { continue }
            lanes[lane]?.groups[group].calls[index].waiter = nil
            return calls[index].waiter
        }
        return nil
    }
}
