import Foundation
import NIOCore
import Testing

@testable import Headcount

/// Times are numbers here: no I/O, no clock.
@Suite struct OutageBookTests {
    private let november = PeriodName(year: 2026, month: 11, startDay: 1)
    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000) }

    /// Admitted and written at once: `a` activated, `m` already, and what was reached.
    private func ask(
        _ book: inout OutageBook, _ contacts: String..., of account: String = "a", at now: Int64
    ) -> String {
        _ = book.failed(at: time(now))
        let admission = book.admit(contacts, of: account, in: november, at: time(now))
        book.settle(admission.toWrite, of: account, isOnDisk: true)
        return admission.verdicts.map { $0 == .activated ? "a" : "m" }.joined()
            + (admission.reached.map { $0 == .contacts ? "!" : "?" } ?? "")
    }

    @Test func soManyContactsAnAccountEachOnce() {
        var book = OutageBook(maximumContacts: 3, maximumDuration: .seconds(10))
        #expect(ask(&book, "x", "y", "x", at: 0) == "aam")
        #expect(ask(&book, "x", "z", "w", "x", at: 1) == "ma!")
        #expect(ask(&book, "z", "y", at: 2) == "mm")
        #expect(ask(&book, "w", of: "b", at: 2) == "a")
    }

    /// To Swift these two are the same text; to Redis they are two contacts.
    @Test func contactsOfOtherBytesAreOthers() {
        var book = OutageBook(maximumContacts: 3, maximumDuration: .seconds(10))
        #expect(ask(&book, "zo\u{eb}", "zoe\u{308}", at: 0) == "aa")
    }

    @Test func soLongAfterItBegan() {
        var book = OutageBook(maximumContacts: 3, maximumDuration: .seconds(10))
        #expect(ask(&book, "x", at: 0) == "a")
        #expect(ask(&book, "y", at: 9) == "a")
        #expect(ask(&book, "z", at: 10) == "?")
        #expect(ask(&book, "y", "z", at: 11) == "m?")
        #expect(ask(&book, "z", of: "b", at: 12) == "?")
    }

    @Test func anOutageThatComesAndGoesIsOne() {
        var book = OutageBook(maximumContacts: 3, maximumDuration: .seconds(10))
        #expect(ask(&book, "x", "y", at: 0) == "aa")
        // Told once how many it were.
        let told = [1, 60].map { book.answered(at: time($0)) }
        guard case .again(2) = told[0], case .still = told[1] else {
            Issue.record("\(told)")
            return
        }
        let isNew = book.failed(at: time(60))
        #expect(!isNew)
        #expect(ask(&book, "z", at: 60) == "?")
        // A minute of answers, and it is over.
        _ = book.answered(at: time(61))
        guard case .over = book.answered(at: time(121)) else {
            Issue.record("not over")
            return
        }
        #expect(ask(&book, "z", "y", at: 122) == "aa")
    }

    @Test func whatCouldNotBeWrittenDoesNotCount() {
        var book = OutageBook(maximumContacts: 3, maximumDuration: .seconds(10))
        _ = book.failed(at: time(0))
        let first = book.admit(["x", "y", "z"], of: "a", in: november, at: time(0))
        // Asked again meanwhile: it writes for itself, and takes no more room.
        let second = book.admit(["x", "w"], of: "a", in: november, at: time(0))
        #expect(second.verdicts == [.alreadyActivated] && second.reached == .contacts && second.toWrite.count == 1)
        book.settle(first.toWrite, of: "a", isOnDisk: false)
        book.settle(second.toWrite, of: "a", isOnDisk: true)
        #expect(ask(&book, "x", "w", "v", "u", at: 1) == "maa!")
    }

    @Test func aNewPeriodIsAnotherAdmission() {
        var book = OutageBook(maximumContacts: 3, maximumDuration: .seconds(10))
        #expect(ask(&book, "x", at: 0) == "a")
        let admission = book.admit(["x"], of: "a", in: november.next, at: time(1))
        #expect(admission.verdicts == [.activated] && admission.toWrite.count == 1)
    }
}
