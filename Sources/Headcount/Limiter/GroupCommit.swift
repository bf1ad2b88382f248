internal import Synchronization

/// Lets calls for one account that wait at the same moment share one script call.
///
/// Decisions are those of the calls made one by one, in order of arrival. A caller that is cancelled leaves its group;
/// it may have counted. An error of a group's call is every caller's.
final class GroupCommit: Sendable {
    typealias Lane = CallGroups<Waiter>.Lane

    enum Outcome {
        case decided(Decision)
        case failed(any Error)
        /// Nothing is under way any more: the caller goes alone.
        case goesAtOnce
    }

    typealias Waiter = CheckedContinuation<Outcome, Never>

    private let groups: Mutex<CallGroups<Waiter>>
    private let nextID = Atomic<UInt64>(0)
    private let call: @Sendable ([String], Lane) async throws -> [Decision]

    /// - Parameter call: asks Redis about contacts of a lane, and answers as many decisions in the same order.
    init(maximumContacts: Int, call: @escaping @Sendable ([String], Lane) async throws -> [Decision]) {
        groups = Mutex(CallGroups(maximumContacts: maximumContacts))
        self.call = call
    }

    func activate(_ contact: String, in lane: Lane) async throws -> Decision {
        if groups.withLock({ $0.goesAtOnce(lane) }) { return try await goAlone(contact, lane) }
        let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                if Task.isCancelled { return waiter.resume(returning: Outcome.failed(CancellationError())) }
                let call = CallGroups<Waiter>.Call(id: id, contact: contact, waiter: waiter)
                let isWaiting = groups.withLock { $0.wait(call, in: lane) }
                if !isWaiting { waiter.resume(returning: .goesAtOnce) }
            }
        } onCancel: {
            let waiter = groups.withLock { $0.withdraw(id, from: lane) }
            waiter?.resume(returning: .failed(CancellationError()))
        }
        switch outcome {
        case .decided(let decision): return decision
        case .failed(let error): throw error
        case .goesAtOnce: return try await goAlone(contact, lane)
        }
    }

    private func goAlone(_ contact: String, _ lane: Lane) async throws -> Decision {
        defer {
            // Not this caller's to wait for, nor to cancel.
            if let group = groups.withLock({ $0.finishAlone(lane) }) { Task { await run(group, lane) } }
        }
        return try await call([contact], lane)[0]
    }

    private func run(_ first: CallGroups<Waiter>.Group, _ lane: Lane) async {
        var group: CallGroups<Waiter>.Group? = first
        while let current = group {
            var decisions: [Decision] = []
            var failure: (any Error)?
            do { decisions = try await call(current.contacts, lane) } catch { failure = error }
            let (calls, next) = groups.withLock { $0.finish(current.id, in: lane) }
            for (index, call) in calls.enumerated() {
                call.waiter?.resume(returning: failure.map { .failed($0) } ?? .decided(decisions[index]))
            }
            group = next
        }
    }
}
