import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct GenericWebhookTests {
    private func updates(_ body: String) throws -> [WebhookUpdate] { try GenericWebhook.updates(in: Array(body.utf8)) }

    @Test func anEventWithEverything() throws {
        let body =
            #"{"event":"story_reply","contact":"phone:+33612345678","id":"sms-1","text":"Hi","at":"2019-09-23T18:14:45Z","#
            + #""details":{"list":"vip"},"new":[1]}"#
        #expect(
            try updates(body) == [
                .event(
                    InboundEvent(
                        .storyReply, id: "sms-1", by: "phone:+33612345678", text: "Hi", details: ["list": "vip"],
                        at: Date(timeIntervalSince1970: 1_569_262_485)))
            ])
    }

    @Test(arguments: EventKind.allCases)
    func anEventWithHardlyAnything(_ kind: EventKind) throws {
        let event = WebhookUpdate.event(InboundEvent(kind, by: "ann"))
        #expect(try updates(#"{"event":"\#(kind.rawValue)","contact":"ann"}"#) == [event])
        let nulls = #""id":null,"text":null,"at":null,"details":null"#
        #expect(try updates(#"{"event":"\#(kind.rawValue)","contact":"ann",\#(nulls)}"#) == [event])
    }

    @Test func idsAreStringsOrNumbers() throws {
        #expect(
            try updates(
                #"{"event":"message","contact":17841400008460056123,"id":99999999999999999999,"at":1569262485349}"#)
                == [
                    .event(
                        InboundEvent(
                            .message, id: "99999999999999999999", by: "17841400008460056123",
                            at: Date(timeIntervalSince1970: 1_569_262_485.349)))
                ])
    }

    @Test func upToAThousandEvents() throws {
        func body(_ count: Int) -> String {
            let events = (0..<count).map { #"{"event":"message","contact":"c\#($0)"}"# }
            return #"{"events":[\#(events.joined(separator: ","))]}"#
        }
        #expect(
            try updates(body(1_000)) == (0..<1_000).map { WebhookUpdate.event(InboundEvent(.message, by: "c\($0)")) })
        for count in [0, 1_001] {
            let problem = #expect(throws: Problem.self) { try updates(body(count)) }
            #expect(problem?.kind == .invalidBody)
        }
    }

    @Test func eventsOfUnknownKindsAreIgnored() throws {
        #expect(try updates(#"{"event":"purchase","contact":"ann","id":{}}"#) == [.ignored(.unknownKind)])
        #expect(
            try updates(#"{"events":[{"event":"purchase","contact":"ann"},{"event":"message","contact":"bob"}]}"#) == [
                .ignored(.unknownKind), .event(InboundEvent(.message, by: "bob")),
            ])
    }

    @Test(arguments: [
        "", "{", "event=message", #"{"event":"message","contact":"ann"} x"#,
    ])
    func whatIsNoJSONIsRefused(_ body: String) {
        let problem = #expect(throws: Problem.self) { try updates(body) }
        #expect(problem?.kind == .malformedJSON)
    }

    @Test(arguments: [
        "null", "[]", "5", "{}", #"{"event":"message"}"#, #"{"contact":"ann"}"#, #"{"event":"message","contact":null}"#,
        #"{"event":5,"contact":"ann"}"#, #"{"event":"","contact":"ann"}"#, #"{"event":"message","contact":{}}"#,
        #"{"event":"message","contact":1.5}"#, #"{"event":"message","contact":"ann","id":[]}"#,
        #"{"event":"message","contact":"ann","text":5}"#, #"{"event":"message","contact":"ann","at":"soon"}"#,
        #"{"event":"message","contact":"ann","details":[]}"#, #"{"event":"message","contact":"ann","details":{"a":1}}"#,
        #"{"events":{}}"#, #"{"events":[5]}"#, #"{"events":[{"event":"message","contact":"ann"},{}]}"#,
        #"[{"event":"message","contact":"ann"}]"#,
    ])
    func whatIsOfAnotherShapeIsRefused(_ body: String) {
        let problem = #expect(throws: Problem.self) { try updates(body) }
        #expect(problem?.kind == .invalidBody)
    }

    @Test func manyDetailsAreRefused() throws {
        func body(_ count: Int) -> String {
            let details = (0..<count).map { #""d\#($0)":"x""# }
            return #"{"event":"message","contact":"ann","details":{\#(details.joined(separator: ","))}}"#
        }
        guard case .event(let event)? = try updates(body(64)).first else { throw Problem.internalError }
        #expect(event.details.count == 64)
        #expect(throws: Problem.self) { try updates(body(65)) }
    }

    @Test(arguments: ["", "a\\nb", String(repeating: "x", count: 257)])
    func contactsThatCantBeAreRefused(_ contact: String) {
        let error = #expect(throws: HeadcountError.self) {
            try updates(#"{"event":"message","contact":"\#(contact)"}"#)
        }
        #expect(error?.code == .invalidContact)
    }

    @Test func longTextsAreCut() throws {
        let long = String(repeating: "x", count: 5_000)
        let body = #"{"event":"message","contact":"ann","id":"\#(long)","text":"\#(long)","details":{"a":"\#(long)"}}"#
        guard case .event(let event)? = try updates(body).first else { throw Problem.internalError }
        #expect(event.id == long)
        #expect(event.text?.utf8.count == 4_096 && event.details["a"]?.utf8.count == 1_024)
    }
}
