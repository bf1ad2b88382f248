/// How a worker shares its slots among campaigns and scenarios, called campaigns below. A value without I/O.
///
/// A turn takes contacts of one campaign, at most half of what is free, so that others always find room. Some slots are
/// kept for campaigns that have none under way: one with a million contacts never makes one with ten wait.
struct TurnBook<Campaign: Hashable & Sendable>: Sendable {
    private struct Share: Sendable {
        /// Slots that its contacts have.
        var underWay = 0
        /// A turn is being taken.
        var isTurning = false
        /// The last turn found contacts: there may be more.
        var mayHaveMore = false
        /// Slots became free during a turn.
        var wantsTurn = false
    }

    private let capacity: Int
    private let kept: Int
    private var shares: [Campaign: Share] = [:]
    private(set) var free: Int
    /// No turns any more.
    private(set) var isDraining = false

    /// - Parameter capacity: most contacts under way at a time.
    init(capacity: Int) {
        self.capacity = capacity
        kept = capacity > 1 ? max(1, capacity / 8) : 0
        free = capacity
    }

    var isIdle: Bool { free == capacity && shares.values.allSatisfy { !$0.isTurning } }

    /// Why a campaign has no turn, or for how many contacts it has one.
    enum Turn: Sendable, Equatable {
        case slots(Int)
        /// One is being taken; another follows if need be.
        case turning
        /// There is no room for it here.
        case full
    }

    /// A turn for the campaign.
    mutating func beginTurn(_ campaign: Campaign) -> Turn {
        var share = shares[campaign] ?? Share()
        guard !isDraining else { return .full }
        if share.isTurning {
            share.wantsTurn = true
            shares[campaign] = share
            return .turning
        }
        let available = share.underWay > 0 ? free - kept : free
        guard available > 0 else { return .full }
        let slots = max(1, available / 2)
        share.isTurning = true
        share.wantsTurn = false
        share.underWay += slots
        free -= slots
        shares[campaign] = share
        return .slots(slots)
    }

    /// The turn has been taken.
    ///
    /// - Parameters:
    ///   - slots: as ``beginTurn(_:)`` said.
    ///   - used: for how many contacts they are needed.
    /// - Returns: Whether another one is to follow at once.
    mutating func endTurn(_ campaign: Campaign, slots: Int, used: Int, mayHaveMore: Bool) -> Bool {
        guard var share = shares[campaign] else { return false }
        share.isTurning = false
        share.mayHaveMore = mayHaveMore
        share.underWay -= slots - used
        free += slots - used
        let isWanted = share.wantsTurn && mayHaveMore
        shares[campaign] = share.underWay == 0 && !isWanted ? nil : share
        return isWanted && !isDraining
    }

    /// A contact is done with. Returns whether the campaign is to have another turn.
    mutating func finish(_ campaign: Campaign) -> Bool {
        guard var share = shares[campaign] else { return false }
        share.underWay -= 1
        free += 1
        if share.isTurning { share.wantsTurn = true }
        shares[campaign] = share.underWay == 0 && !share.isTurning ? nil : share
        return share.mayHaveMore && !share.isTurning && !isDraining
    }

    mutating func drain() { isDraining = true }
}
