import Testing

@testable import HeadcountWorkers

/// How slots are shared: no I/O, campaigns are names.
@Suite struct TurnBookTests {
    @Test func turnTakesHalfOfWhatIsFree() {
        var book = TurnBook<String>(capacity: 256)
        #expect(book.beginTurn("a") == .slots(128))
        #expect(book.free == 128)
        // One turn at a time.
        #expect(book.beginTurn("a") == .turning)
        #expect(book.beginTurn("b") == .slots(64))
        // Wanted meanwhile: another one follows, and those slots that were not needed are free.
        let follows = book.endTurn("a", slots: 128, used: 100, mayHaveMore: true)
        #expect(follows)
        #expect(book.free == 92)
        let ends = book.endTurn("b", slots: 64, used: 0, mayHaveMore: false)
        #expect(!ends)
        #expect(book.free == 156)
    }

    /// However many large ones there are, and whatever they do, one that has nothing under way finds a slot.
    @Test func slotsAreKeptForCampaignsThatHaveNone() {
        var book = TurnBook<Int>(capacity: 64)
        for _ in 0..<100 {
            for large in 1...5 {
                if case .slots(let slots) = book.beginTurn(large) {
                    _ = book.endTurn(large, slots: slots, used: slots, mayHaveMore: true)
                }
            }
        }
        #expect(book.free > 0)
        let turn = book.beginTurn(99)
        #expect(turn != .full && turn != .turning)
    }

    @Test func finishedContactsCallForAnotherTurnWhileThereMayBeMore() {
        var book = TurnBook<String>(capacity: 2)
        #expect(book.beginTurn("a") == .slots(1))
        _ = book.endTurn("a", slots: 1, used: 1, mayHaveMore: true)
        let wants = book.finish("a")
        #expect(wants)
        #expect(book.isIdle && book.free == 2)
        _ = book.beginTurn("a")
        _ = book.endTurn("a", slots: 1, used: 1, mayHaveMore: false)
        let isDone = !book.finish("a")
        #expect(isDone)
    }

    @Test func drainingEndsWithTheLastContact() {
        var book = TurnBook<String>(capacity: 8)
        #expect(book.beginTurn("a") == .slots(4))
        book.drain()
        #expect(book.beginTurn("b") == .full && !book.isIdle)
        let follows = book.endTurn("a", slots: 4, used: 2, mayHaveMore: true)
        #expect(!follows && !book.isIdle)
        _ = book.finish("a")
        let another = book.finish("a")
        #expect(!another && book.isIdle && book.free == 8)
    }

    /// Slots are neither lost nor invented, whatever happens in whichever order.
    @Test func slotsAddUp() {
        var book = TurnBook<Int>(capacity: 40)
        var turning: [Int: Int] = [:]
        var underWay: [Int: Int] = [:]
        for _ in 0..<20_000 {
            let campaign = Int.random(in: 0..<6)
            switch Int.random(in: 0..<3) {
            case 0:
                if case .slots(let slots) = book.beginTurn(campaign) { turning[campaign] = slots }
            case 1:
                guard let slots = turning.removeValue(forKey: campaign) else { continue }
                let used = Int.random(in: 0...slots)
                underWay[campaign, default: 0] += used
                _ = book.endTurn(campaign, slots: slots, used: used, mayHaveMore: .random())
            default:
                guard underWay[campaign, default: 0] > 0 else { continue }
                underWay[campaign, default: 0] -= 1
                _ = book.finish(campaign)
            }
            let taken = turning.values.reduce(0, +) + underWay.values.reduce(0, +)
            #expect(book.free == 40 - taken)
            if book.free != 40 - taken { return }
        }
    }
}
