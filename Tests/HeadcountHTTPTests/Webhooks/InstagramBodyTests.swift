import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct InstagramBodyTests {
    @Test(arguments: [
        "null", "5", "\"entry\"", "[]", "{}", "[{}]", "[5]", #"{"object":"instagram"}"#,
        #"{"object":"instagram","entry":{}}"#,
        #"{"object":"instagram","entry":null}"#, #"[{"object":"instagram","entry":5}]"#, #"{"field":"comments"}"#,
    ])
    func withoutEntriesItIsRefused(_ body: String) {
        let problem = #expect(throws: Problem.self) { try InstagramText.updates(body) }
        #expect(problem?.kind == .invalidBody)
    }

    @Test(arguments: ["", "{", "entry", #"{"object":"instagram","entry":[}"#, #"{"object":"instagram","entry":[]} x"#])
    func whatIsNoJSONIsRefused(_ body: String) {
        let problem = #expect(throws: Problem.self) { try InstagramText.updates(body) }
        #expect(problem?.kind == .malformedJSON)
    }

    @Test(
        arguments: [
            (
                #"{"object":"page","entry":[{"id":"1","messaging":[{},{}]},{"id":"2"}]}"#,
                [WebhookIgnored.otherObject, .otherObject]
            ),
            (#"{"entry":[{"id":"1","messaging":[]}]}"#, [.otherObject]),
            (#"{"object":5,"entry":[null]}"#, [.otherObject]),
            (#"{"object":"instagram","entry":[]}"#, []),
            (#"{"object":"instagram","entry":[null,5,"x",[],{}]}"#, Array(repeating: .malformed, count: 5)),
            (
                #"{"object":"instagram","entry":[{"messaging":[]},{"id":null},{"id":{}},{"id":""}]}"#,
                Array(repeating: .malformed, count: 4)
            ),
            (#"{"object":"instagram","entry":[{"id":"1","time":5}]}"#, [.unknownKind]),
            (#"{"object":"instagram","entry":[{"id":"1","changed_fields":["comments"]}]}"#, [.unknownKind]),
            (#"{"object":"instagram","entry":[{"id":"1","messaging":[]}]}"#, []),
            (
                #"{"object":"instagram","entry":[{"id":"1","messaging":{},"standby":5,"changes":"x"}]}"#,
                Array(repeating: .malformed, count: 3)
            ),
            (
                #"{"object":"instagram","entry":[{"id":"1","messaging":[null,5,[],"x"]}]}"#,
                Array(repeating: .malformed, count: 4)
            ),
            (
                #"{"object":"instagram","entry":[{"id":"1","changes":[null,{},{"field":5},{"field":null,"value":{}}]}]}"#,
                Array(repeating: .malformed, count: 4)
            ),
            (#"[{"object":"instagram","entry":[]},5,{}]"#, [.malformed, .malformed]),
        ] as [(String, [WebhookIgnored?])])
    func oddBodies(_ body: String, _ reasons: [WebhookIgnored?]) throws {
        #expect(try InstagramText.reasons(body) == reasons)
    }

    @Test(arguments: [
        #""sender":5,"message":{"mid":"m"}"#, #""sender":null,"message":{"mid":"m"}"#, #""message":{"mid":"m"}"#,
        #""sender":{},"message":{"mid":"m"}"#, #""sender":{"id":""},"message":{"mid":"m"}"#,
        #""sender":{"id":1.5},"message":{"mid":"m"}"#, #""sender":{"id":-1},"message":{"mid":"m"}"#,
        #""sender":{"id":"a\u0000b"},"message":{"mid":"m"}"#, #""sender":{"id":"1"},"message":5"#,
        #""sender":{"id":"1"},"message":{"mid":{}}"#, #""sender":{"id":"1"},"message":{"mid":"m","text":5}"#,
        #""sender":{"id":"1"},"message":{"mid":"m","is_echo":"true"}"#,
        #""sender":{"id":"1"},"message":{"mid":"m","is_deleted":1}"#,
        #""sender":{"id":"1"},"message":{"mid":"m","reply_to":"story"}"#,
        #""sender":{"id":"1"},"message":{"mid":"m","reply_to":{"story":5}}"#,
        #""sender":{"id":"1"},"message":{"mid":"m","attachments":{}}"#,
        #""sender":{"id":"1"},"postback":"PAYLOAD""#,
        #""sender":{"id":"1"},"postback":{"title":{}}"#, #""sender":{"user_ref":"1"},"postback":{"title":"t"}"#,
    ])
    func whatIsMalformedSpoilsNothingElse(_ fields: String) throws {
        let fine = InstagramText.messaging(#""message":{"mid":"m_1","text":"hi"}"#)
        let body = InstagramText.body(#""messaging":[\#(fine),{\#(fields)},\#(fine)]"#)
        #expect(try InstagramText.reasons(body) == [nil, .malformed, nil])
    }

    /// The event is worth more than its time.
    @Test(arguments: [#""yesterday""#, "{}", "true"])
    func aTimeThatCanNotBeReadIsThatOfTheEntry(_ timestamp: String) throws {
        let body = InstagramText.body(
            #""messaging":[\#(InstagramText.messaging(#""message":{"mid":"m"}"#, timestamp: timestamp))]"#)
        #expect(try InstagramText.events(body).map(\.at) == [Date(timeIntervalSince1970: 1_569_262_486.134)])
    }

    @Test func contactsAreAsTheLimiterWantsThem() throws {
        for (count, reason) in [(256, nil), (257, WebhookIgnored.malformed)] as [(Int, WebhookIgnored?)] {
            let sender = String(repeating: "1", count: count)
            let body = InstagramText.body(#""messaging":[{"sender":{"id":"\#(sender)"},"message":{"mid":"m"}}]"#)
            #expect(try InstagramText.reasons(body) == [reason])
        }
    }

    @Test func detailsOfOddTypesAreLeftOut() throws {
        let body = InstagramText.body(
            messaging:
                #""message":{"mid":"m","text":"hi","quick_reply":5,"referral":[],"attachments":[null,5,{"type":7},{"type":"image","payload":null}]}"#
        )
        let event = try #require(InstagramText.events(body).first)
        #expect(event.kind == .message && event.details == ["attachments": "image"])
    }

    @Test func unknownFieldsAreIgnored() throws {
        let element =
            #"{"new":{"a":[1,{"b":null}]},"sender":{"id":"1","name":"x"},"message":{"mid":"m","text":"hi","new":[[]],"folder":"general"}}"#
        let body =
            #"{"new":1,"object":"instagram","entry":[{"uid":"5","id":"1784","new":[],"messaging":[\#(element)]}]}"#
        #expect(try InstagramText.events(body).map(\.text) == ["hi"])
    }

    @Test func whatIsNoUTF8SpoilsNothingElse() throws {
        let head =
            #"{"object":"instagram","entry":[{"id":"1784","messaging":[{"sender":{"id":"1"},"message":{"mid":"a","text":""#
        let tail = #""}},{"sender":{"id":"1"},"message":{"mid":"b","text":"hi"}}]}]}"#
        let updates = try InstagramWebhook.updates(in: Array(head.utf8) + [0xFF] + Array(tail.utf8))
        #expect(updates.first?.update == .ignored(.malformed))
        #expect(
            updates.count == 2 && updates.last?.update == .event(InboundEvent(.message, id: "b", by: "1", text: "hi")))
    }

    /// Meta sends up to 1,000 updates at once, of several accounts and kinds.
    @Test func aBatchKeepsItsOrder() throws {
        var entries: [String] = []
        for number in 0..<250 {
            let message = #"{"sender":{"id":"\#(number)"},"message":{"mid":"m\#(number)","text":"hi"}}"#
            let read = #"{"sender":{"id":"\#(number)"},"read":{"mid":"m\#(number)"}}"#
            let comment = #"{"field":"comments","value":{"id":"c\#(number)","from":{"id":"\#(number)"},"text":"wow"}}"#
            let mention = #"{"field":"mentions","value":{"media_id":"\#(number)"}}"#
            entries.append(
                #"{"changes":[\#(comment),\#(mention)],"id":"1784\#(number % 3)","messaging":[\#(message),\#(read)]}"#)
        }
        let updates = try InstagramText.updates(#"{"entry":[\#(entries.joined(separator: ","))],"object":"instagram"}"#)
        #expect(updates.count == 1_000)
        for number in 0..<250 {
            let four = updates[4 * number..<4 * number + 4]
            #expect(four.allSatisfy { $0.entry == "1784\(number % 3)" })
            #expect(
                four.map(\.update) == [
                    .event(InboundEvent(.message, id: "m\(number)", by: "\(number)", text: "hi")), .ignored(.read),
                    .event(
                        InboundEvent(
                            .comment, id: "c\(number)", by: "\(number)", text: "wow", details: ["field": "comments"])),
                    .ignored(.mentionWithoutSender),
                ])
        }
    }
}
