internal import DequeModule
internal import NIOCore

/// The commands of one connection, from the caller's `enqueue` to the reply, in the order of the wire.
///
/// A value without I/O: who waits is any `Waiter`, and each call returns whom to answer.
struct CommandQueue<Waiter> {
    /// Names a command for as long as it is here.
    typealias ID = UInt64

    struct Limits {
        /// Most commands waiting, sent or not.
        var commands = 65_536
        /// Most bytes of commands waiting, sent or not.
        var bytes = 64 * 1024 * 1024
    }

    /// A waiter to be told that there is no reply for it.
    struct Dismissed {
        let waiter: Waiter
        let mayHaveExecuted: Bool
    }

    private struct Slot {
        let id: ID
        let deadline: NIODeadline
        let bytes: Int
        /// Its caller would rather hear of a failed attempt to connect than wait for the next one.
        let failsFast: Bool
        /// Whether the reply to its `ASKING` is still to come.
        var awaitsAsking: Bool
        /// Nil once the caller has gone. A slot that was sent stays to take its reply off the wire.
        var waiter: Waiter?
        /// Its reply, until the replicas have confirmed it.
        var reply: RedisValue?
    }

    private static var mostReserved: Int { 64 * 1024 }

    private let limits: Limits
    /// Sent behind each group of commands, whose replies count once it is answered; the next group waits for that.
    private let barrier: RedisCommand?
    private var slots: Deque<Slot> = []
    /// How many of `slots`, from the front, are on the wire.
    private var sent = 0
    /// How many of `slots`, from the front, have their replies and wait for the barrier.
    private var held = 0
    /// The encoded commands that are not yet on the wire, one for each slot behind `sent`.
    private var unsent = ByteBuffer()
    private var bytes = 0
    /// Callers that went before they were queued.
    private var cancelledEarly: Set<ID> = []

    init(limits: Limits = Limits(), barrier: RedisCommand? = nil) {
        self.limits = limits
        self.barrier = barrier
    }

    var isEmpty: Bool { slots.isEmpty }
    var hasUnsent: Bool { sent < slots.count }
    var count: Int { slots.count }

    private var isFull: Bool { slots.count >= limits.commands || bytes >= limits.bytes }

    enum Admission {
        case queued
        case overloaded
        case cancelled
    }

    mutating func enqueue(
        _ command: RedisCommand, id: ID, deadline: NIODeadline, failsFast: Bool = false, waiter: Waiter
    ) -> Admission {
        if !cancelledEarly.isEmpty, cancelledEarly.remove(id) != nil { return .cancelled }
        if isFull { dropWithdrawn() }
        if isFull { return .overloaded }
        let count = command.encode(into: &unsent)
        bytes += count
        slots.append(
            Slot(
                id: id, deadline: deadline, bytes: count, failsFast: failsFast, awaitsAsking: command.isAsking,
                waiter: waiter))
        return .queued
    }

    /// Everything that is to be written now; those commands count as sent. Nothing while a barrier is on the wire.
    mutating func takeUnsent() -> ByteBuffer? {
        dropWithdrawn()
        guard hasUnsent, barrier == nil || sent == 0 else { return nil }
        sent = slots.count
        var buffer = unsent
        if let barrier { _ = barrier.encode(into: &buffer) }
        // What comes next is about as much; a burst's memory is not kept.
        unsent = ByteBuffer()
        unsent.reserveCapacity(min(buffer.readableBytes, Self.mostReserved))
        return buffer
    }

    /// Who is answered by a reply.
    enum Answered {
        /// The oldest command's caller; nil if it has gone.
        case one(Waiter?)
        /// Nobody yet.
        case none
        /// It is the barrier's: the callers of the group, with the replies they were to get.
        case group([(waiter: Waiter, reply: RedisValue)])
    }

    /// Takes the oldest sent command off, or notes that its `ASKING` was answered, or its own reply until the barrier has
    /// been. Nil when nothing was waiting for a reply.
    mutating func reply(_ value: RedisValue) -> Answered? {
        guard sent > 0 else { return nil }
        guard held < sent else { return .group(releaseHeld()) }
        guard !slots[held].awaitsAsking else {
            slots[held].awaitsAsking = false
            return Answered.none
        }
        guard barrier == nil else {
            slots[held].reply = value
            held += 1
            return Answered.none
        }
        guard let slot = slots.popFirst() else { return nil }
        sent -= 1
        bytes -= slot.bytes
        return .one(slot.waiter)
    }

    private mutating func releaseHeld() -> [(waiter: Waiter, reply: RedisValue)] {
        let group = slots.prefix(held)
        slots.removeFirst(held)
        sent -= held
        held = 0
        bytes -= group.reduce(0) { $0 + $1.bytes }
        return group.compactMap { slot in slot.waiter.flatMap { waiter in slot.reply.map { (waiter, $0) } } }
    }

    /// A caller goes away. Nil if it was answered already.
    mutating func withdraw(_ id: ID) -> Dismissed? {
        guard let index = slots.firstIndex(where: { $0.id == id }) else {
            cancelledEarly.insert(id)
            return nil
        }
        return dismiss(index)
    }

    /// To be called when the caller has its answer, so that a cancellation that came too late leaves nothing.
    mutating func forget(_ id: ID) {
        if !cancelledEarly.isEmpty { cancelledEarly.remove(id) }
    }

    /// The waiters whose time is up.
    mutating func expire(at now: NIODeadline) -> [Dismissed] {
        let expired = slots.indices.filter { slots[$0].deadline <= now }.compactMap { dismiss($0) }
        dropWithdrawn()
        return expired
    }

    /// The earliest deadline of anyone still waiting.
    var nextDeadline: NIODeadline? {
        slots.lazy.filter { $0.waiter != nil }.map(\.deadline).min()
    }

    /// The deadline of the oldest command that has no reply yet, whether or not its caller still waits.
    var oldestUnanswered: NIODeadline? { sent > 0 ? slots.first?.deadline : nil }

    /// The connection is gone: what was sent gets no reply any more, what was not stays for the next connection.
    mutating func dismissSent() -> [Dismissed] {
        let dismissed = (0..<sent).compactMap { dismiss($0) }
        bytes -= slots.prefix(sent).reduce(0) { $0 + $1.bytes }
        slots.removeFirst(sent)
        sent = 0
        held = 0
        return dismissed
    }

    /// No connection could be made: those who asked to hear of it.
    mutating func dismissFailFast() -> [Dismissed] {
        let dismissed = slots.indices.filter { slots[$0].failsFast }.compactMap { dismiss($0) }
        dropWithdrawn()
        return dismissed
    }

    mutating func dismissAll() -> [Dismissed] {
        let dismissed = dismissSent() + slots.indices.compactMap { dismiss($0) }
        dropWithdrawn()
        return dismissed
    }

    private mutating func dismiss(_ index: Int) -> Dismissed? {
        guard let waiter = slots[index].waiter else { return nil }
        slots[index].waiter = nil
        return Dismissed(waiter: waiter, mayHaveExecuted: index < sent)
    }

    /// Takes commands that were never sent and whose callers have gone out of the bytes to be written.
    mutating func dropWithdrawn() {
        guard slots[sent...].contains(where: { $0.waiter == nil }) else { return }
        var kept: Deque<Slot> = []
        var keptBytes = ByteBuffer()
        for slot in slots[sent...] {
            let encoded = unsent.readSlice(length: slot.bytes)
            if slot.waiter == nil {
                bytes -= slot.bytes
            } else if var encoded {
                keptBytes.writeBuffer(&encoded)
                kept.append(slot)
            }
        }
        slots.replaceSubrange(sent..., with: kept)
        unsent = keptBytes
    }
}
