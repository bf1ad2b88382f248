/// Which master of a Redis Cluster has which hash slots. A value.
struct SlotMap: Equatable {
    private static let nobody = -1

    /// The masters that have slots.
    private(set) var masters: [ServerAddress] = []
    /// For each slot its master's place in `masters`.
    private var places = [Int](repeating: nobody, count: KeySlot.count)

    /// Reads a reply to `CLUSTER SLOTS`: ranges of slots, each with its master first. Nil for what is none.
    ///
    /// - Parameter host: whom the reply is from; a node that doesn't know its own host says so by an empty one.
    init?(_ reply: RedisValue, from host: String) {
        guard let ranges = reply.elements else { return nil }
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer,
                0 <= first, first <= last, last < KeySlot.count, let master = parts[2].elements, master.count >= 2,
                let port = master[1].integer
            else { return nil }
            let name = master[0].text ?? ""
            // `?`: a node whose name is not known yet. Who asks it is sent on by another.
            // Nor does a node listen on a port of 0 or of more than there are.
            guard name != "?", let master = ServerAddress(host: name.isEmpty ? host : name, port: port) else {
                continue
            }
            let place = place(of: master)
            for slot in first...last { places[slot] = place }
        }
    }

    /// The slot's master; nil if no node has it.
    subscript(slot: Int) -> ServerAddress? {
        let place = places[slot]
        return place == Self.nobody ? nil : masters[place]
    }

    /// A redirect told that the slot has another master.
    mutating func move(_ slot: Int, to master: ServerAddress) {
        places[slot] = place(of: master)
    }

    private mutating func place(of master: ServerAddress) -> Int {
        if let place = masters.firstIndex(of: master) { return place }
        masters.append(master)
        return masters.count - 1
    }
}
