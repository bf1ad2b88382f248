import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

/// What contacts wrote or pressed: the examples of "Instagram Platform Webhook Notification Examples" and "Webhooks for
/// Instagram Messaging".
@Suite struct InstagramMessagingTests {
    private static let at = Date(timeIntervalSince1970: 1_569_262_485.349)

    @Test func aMessage() throws {
        let body = InstagramText.body(messaging: #""message":{"mid":"m_1","text":"Hi there"}"#)
        let update = try #require(InstagramText.updates(body).first)
        #expect(update.entry == InstagramText.account)
        #expect(
            update.update
                == .event(InboundEvent(.message, id: "m_1", by: InstagramText.sender, text: "Hi there", at: Self.at)))
    }

    @Test(
        arguments: [
            (
                #""mid":"m_1","text":"Red","quick_reply":{"payload":"COLOR_RED"}"#, EventKind.message, "Red",
                ["payload": "COLOR_RED"]
            ),
            (
                #""mid":"m_1","text":"nice","reply_to":{"story":{"url":"https://cdn/s","id":"1795"}}"#, .storyReply,
                "nice",
                ["story": "1795", "story_url": "https://cdn/s"]
            ),
            (
                #""mid":"m_1","text":"yes","reply_to":{"mid":"m_0","is_self_reply":false}"#, .message, "yes",
                ["reply_to": "m_0"]
            ),
            (
                #""mid":"m_1","attachments":[{"type":"story_mention","payload":{"url":"https://cdn/s"}}]"#, .mention,
                nil,
                ["attachments": "story_mention", "attachment_url": "https://cdn/s"]
            ),
            (
                #""mid":"m_1","attachments":[{"type":"image","payload":{"url":"https://cdn/1"}},{"type":"video","payload":{"url":"x"}}]"#,
                .message, nil, ["attachments": "image,video", "attachment_url": "https://cdn/1"]
            ),
            (#""mid":"m_1","attachments":[{"type":"ephemeral"}]"#, .message, nil, ["attachments": "ephemeral"]),
            (
                #""mid":"m_1","attachments":[{"type":"ig_reel","payload":{"title":"t"}}]"#, .message, nil,
                ["attachments": "ig_reel"]
            ),
            (#""mid":"m_1","is_unsupported":true"#, .message, nil, ["is_unsupported": "true"]),
            (
                #""mid":"m_1","text":"hi","referral":{"ref":"spring","ad_id":120210,"source":"ADS","type":"OPEN_THREAD"}"#,
                .message,
                "hi", ["ref": "spring", "ad_id": "120210"]
            ),
            (#""mid":"m_1","text":"hi","referral":{"product":{"id":"42"}}"#, .message, "hi", ["product": "42"]),
            (#""mid":"m_1""#, .message, nil, [:]),
        ] as [(String, EventKind, String?, [String: String])])
    func kindsOfMessages(_ message: String, _ kind: EventKind, _ text: String?, _ details: [String: String]) throws {
        let events = try InstagramText.events(InstagramText.body(messaging: #""message":{\#(message)}"#))
        #expect(
            events == [
                InboundEvent(kind, id: "m_1", by: InstagramText.sender, text: text, details: details, at: Self.at)
            ])
    }

    @Test func aPostback() throws {
        let body = InstagramText.body(messaging: #""postback":{"mid":"m_2","title":"Prices","payload":"PRICES"}"#)
        #expect(
            try InstagramText.events(body) == [
                InboundEvent(
                    .postback, id: "m_2", by: InstagramText.sender, text: "Prices", details: ["payload": "PRICES"],
                    at: Self.at)
            ])
    }

    /// Before version 11 postbacks have none. They are nobody's repetition.
    @Test(arguments: [
        #""postback":{"title":"Prices","payload":"PRICES"}"#, #""postback":{"mid":null,"title":"Prices"}"#,
        #""message":{"text":"hi"}"#, #""message":{"mid":"","text":"hi"}"#,
    ])
    func whatHasNoIDHasNone(_ fields: String) throws {
        let events = try InstagramText.events(InstagramText.body(messaging: fields))
        #expect(events.count == 1 && events.first?.id == nil)
    }

    @Test func idsAreStringsOrNumbers() throws {
        let element =
            #"{"sender":{"id":17841400008460056123},"timestamp":"1569262485","message":{"mid":123,"text":"a"}}"#
        let body = InstagramText.body(#""messaging":[\#(element)]"#, id: "17841405822304914", time: "\"1569262486\"")
        let update = try #require(InstagramText.updates(body).first)
        #expect(update.entry == InstagramText.account)
        #expect(
            update.update
                == .event(
                    InboundEvent(
                        .message, id: "123", by: "17841400008460056123", text: "a",
                        at: Date(timeIntervalSince1970: 1_569_262_485))))
    }

    @Test func withoutATimestampItHappenedWhenItWasSent() throws {
        let element = #"{"sender":{"id":"1"},"message":{"mid":"m","text":"a"}}"#
        let body = InstagramText.body(#""messaging":[\#(element)]"#, time: "1569262486")
        #expect(try InstagramText.events(body).first?.at == Date(timeIntervalSince1970: 1_569_262_486))
        let never = InstagramText.body(#""messaging":[\#(element)]"#, time: "null")
        #expect(try InstagramText.events(never).first?.at == nil)
    }

    /// Of conversations that another app has.
    @Test func standbyIsLikeMessaging() throws {
        let element = InstagramText.messaging(#""message":{"mid":"m_1","text":"hi"}"#)
        #expect(try InstagramText.events(InstagramText.body(#""standby":[\#(element)]"#)).first?.text == "hi")
    }

    @Test(
        arguments: [
            ("messages", #""message":{"mid":"m_1","text":"hi"}"#), ("standby", #""message":{"mid":"m_1","text":"hi"}"#),
            ("messaging_postbacks", #""postback":{"mid":"m_1","title":"hi"}"#),
        ] as [(String, String)])
    func changesMayHoldMessaging(_ field: String, _ fields: String) throws {
        let body = InstagramText.body(change: field, InstagramText.messaging(fields, timestamp: "\"1569262485\""))
        let event = try #require(InstagramText.events(body).first)
        #expect(event.id == "m_1" && event.text == "hi" && event.contact == InstagramText.sender)
        #expect(event.at == Date(timeIntervalSince1970: 1_569_262_485))
    }

    @Test func longTextsAreCutAndLongIDsAreNot() throws {
        let text = String(repeating: "🎉", count: 2_000)
        let (id, payload) = (String(repeating: "m", count: 3_000), String(repeating: "é", count: 3_000))
        let body = InstagramText.body(
            messaging: #""message":{"mid":"\#(id)","text":"\#(text)","quick_reply":{"payload":"\#(payload)"}}"#)
        let event = try #require(InstagramText.events(body).first)
        #expect(event.id == id)
        #expect(event.text == String(repeating: "🎉", count: 1_024))
        #expect(event.details == ["payload": String(repeating: "é", count: 512)])
    }
}
