internal import Synchronization

/// Lets calls of one lane that wait at the same moment share one script call.
///
/// Answers are those of the calls made one by one, in order of arrival. A caller that is cancelled leaves its group;
/// it may have counted. An error of a group's call is every caller's.
final class GroupCommit<Lane: Hashable & Sendable, Item: Sendable, Answer: Sendable>: Sendable {
    enum Outcome {
        case answered(Answer)
        case failed(any Error)
        /// Nothing is under way any more: the caller goes alone.
        case goesAtOnce
    }

    typealias Waiter = CheckedContinuation<Outcome, Never>

    private let groups: Mutex<CallGroups<Lane, Item, Waiter>>
    private let nextID = Atomic<UInt64>(0)
    private let call: @Sendable ([Item], Lane) async throws -> [Answer]

    /// - Parameter call: asks Redis about items of a lane, and answers as many answers in the same order.
    init(maximumItems: Int, call: @escaping @Sendable ([Item], Lane) async throws -> [Answer]) {
        groups = Mutex(CallGroups(maximumItems: maximumItems))
        self.call = call
    }

    func ask(_ item: Item, in lane: Lane) async throws -> Answer {
        if groups.withLock({ $0.goesAtOnce(lane) }) { return try await goAlone(item, lane) }
        let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                if Task.isCancelled { return waiter.resume(returning: Outcome.failed(CancellationError())) }
                let call = CallGroups<Lane, Item, Waiter>.Call(id: id, item: item, waiter: waiter)
                let isWaiting = groups.withLock { $0.wait(call, in: lane) }
                if !isWaiting { waiter.resume(returning: .goesAtOnce) }
            }
        } onCancel: {
            let waiter = groups.withLock { $0.withdraw(id, from: lane) }
            waiter?.resume(returning: .failed(CancellationError()))
        }
        switch outcome {
        case .answered(let answer): return answer
        case .failed(let error): throw error
        case .goesAtOnce: return try await goAlone(item, lane)
        }
    }

    private func goAlone(_ item: Item, _ lane: Lane) async throws -> Answer {
        defer {
            // Not this caller's to wait for, nor to cancel.
            if let group = groups.withLock({ $0.finishAlone(lane) }) { Task { await run(group, lane) } }
        }
        return try await call([item], lane)[0]
    }

    private func run(_ first: CallGroups<Lane, Item, Waiter>.Group, _ lane: Lane) async {
        var group: CallGroups<Lane, Item, Waiter>.Group? = first
        while let current = group {
            var answers: [Answer] = []
            var failure: (any Error)?
            do { answers = try await call(current.items, lane) } catch { failure = error }
            let (calls, next) = groups.withLock { $0.finish(current.id, in: lane) }
            for (index, call) in calls.enumerated() {
                call.waiter?.resume(returning: failure.map { .failed($0) } ?? .answered(answers[index]))
            }
            group = next
        }
    }
}
