import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct InstagramCommentTests {
    private static let at = Date(timeIntervalSince1970: 1_569_262_486.134)
    /// Business Login for Instagram.
    private static let value =
        #"{"id":"17870913679156914","from":{"id":"6789012345678901","username":"ann"},"text":"coupon please","#
        + #""media":{"id":"17918195224117851","media_product_type":"FEED"}}"#

    private static func comment(field: String, details: [String: String] = [:]) -> InboundEvent {
        let media = ["field": field, "media": "17918195224117851", "media_product_type": "FEED", "username": "ann"]
        return InboundEvent(
            .comment, id: "17870913679156914", by: InstagramText.sender, text: "coupon please",
            details: media.merging(details) { $1 }, at: at)
    }

    @Test(arguments: ["comments", "live_comments"])
    func aComment(_ field: String) throws {
        let expected = [Self.comment(field: field)]
        #expect(try InstagramText.events(InstagramText.body(change: field, Self.value)) == expected)
        // As it stands in the text of Meta's documentation.
        #expect(try InstagramText.events(InstagramText.body(change: field, "[\(Self.value)]")) == expected)
        // As it stands in its examples.
        let inEntry = InstagramText.body(#""field":"\#(field)","value":\#(Self.value)"#)
        #expect(try InstagramText.events(inEntry) == expected)
        #expect(try InstagramText.events("[\(inEntry)]") == expected)
        #expect(try InstagramText.updates(inEntry).first?.entry == InstagramText.account)
    }

    /// Facebook Login for Business.
    @Test func aCommentOnAnAdThatAnswersAnother() throws {
        let value =
            #"{"from":{"id":"6789012345678901","username":"ann"},"comment_id":"17870913679156914","parent_id":"1787","#
            + #""text":"coupon please","media":{"id":"17918195224117851","ad_id":"1202","ad_title":"Spring","#
            + #""original_media_id":"1791","media_product_type":"FEED"}}"#
        let details = ["parent_id": "1787", "ad_id": "1202", "ad_title": "Spring", "original_media_id": "1791"]
        #expect(
            try InstagramText.events(InstagramText.body(change: "comments", value)) == [
                Self.comment(field: "comments", details: details)
            ])
    }

    @Test func idsAreStringsOrNumbers() throws {
        let value = #"{"id":17870913679156914,"from":{"id":17841400008460056123},"media":{"id":17918195224117851}}"#
        let event = try #require(InstagramText.events(InstagramText.body(change: "comments", value)).first)
        #expect(event.id == "17870913679156914" && event.contact == "17841400008460056123" && event.text == nil)
        #expect(event.details["media"] == "17918195224117851")
    }

    @Test func withoutAnIDItIsNobodysRepetition() throws {
        let body = InstagramText.body(change: "comments", #"{"from":{"id":"1"},"text":"hi"}"#)
        #expect(try InstagramText.events(body).first?.id == nil)
    }

    @Test(arguments: [
        // "Self Messaging".
        #"{"from":{"id":"17841405822304914","username":"shop","self_ig_scoped_id":"6789"},"id":"1787","text":"thanks"}"#,
        #"{"from":{"id":"17841405822304914","username":"shop"},"id":"1787","text":"thanks"}"#,
        #"{"from":{"id":17841405822304914},"id":"1787","text":"thanks"}"#,
        #"{"from":{"id":"6789","username":"shop","self_ig_scoped_id":"6789"},"id":"1787","text":"thanks"}"#,
        #"{"from":{"username":"shop","self_ig_scoped_id":"6789"},"id":"1787","text":"thanks"}"#,
    ])
    func theAccountsOwnCommentsAreNone(_ value: String) throws {
        #expect(try InstagramText.reasons(InstagramText.body(change: "comments", value)) == [.own])
    }

    @Test(
        arguments: [
            (#"{"id":"1787","from":{"username":"ann"},"text":"hi"}"#, WebhookIgnored.commentWithoutSender),
            (#"{"id":"1787","text":"This is an example."}"#, .commentWithoutSender),
            (#"{"id":"1787","from":"ann","text":"hi"}"#, .malformed),
            (#"{"id":"1787","from":{"id":{}},"text":"hi"}"#, .malformed),
            (#"{"id":["1787"],"from":{"id":"1"},"text":"hi"}"#, .malformed),
            (#"{"id":"1787","from":{"id":"1"},"text":5}"#, .malformed),
            (#"{"id":"1787","from":{"id":"a\nb"},"text":"hi"}"#, .malformed), ("null", .malformed),
            ("\"hi\"", .malformed),
            ("5", .malformed), ("[]", .malformed),
        ] as [(String, WebhookIgnored)])
    func whatIsNoComment(_ value: String, _ reason: WebhookIgnored) throws {
        // An empty array tells of nothing.
        let expected: [WebhookIgnored?] = value == "[]" ? [] : [reason]
        #expect(try InstagramText.reasons(InstagramText.body(change: "comments", value)) == expected)
    }

    @Test func mediaIsOnlyADetail() throws {
        for media in ["null", "5", "\"x\"", "[]", "{}", #"{"id":{}}"#] {
            let value = #"{"id":"1787","from":{"id":"1"},"text":"hi","media":\#(media)}"#
            let event = try InstagramText.events(InstagramText.body(change: "comments", value)).first
            #expect(event?.details == ["field": "comments"])
        }
    }
}
