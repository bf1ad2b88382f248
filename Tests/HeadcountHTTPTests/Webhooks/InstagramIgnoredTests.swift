import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct InstagramIgnoredTests {
    @Test(
        arguments: [
            (#""message":{"mid":"m","text":"hi","is_echo":true}"#, WebhookIgnored.echo),
            (#""message":{"mid":"m","text":"hi","is_echo":true,"is_self":true}"#, .echo),
            (#""message":{"mid":"m","is_deleted":true}"#, .deleted),
            (#""message":{"mid":"m","text":"hi","is_self":true}"#, .own),
            (#""is_self":true,"message":{"mid":"m","text":"hi"}"#, .own),
            (#""is_self":true,"postback":{"title":"Start Chatting","payload":"P","mid":"m"}"#, .own),
            (#""read":{"mid":"m"}"#, .read), (#""read":{"watermark":1569262485349}"#, .read),
            (#""delivery":{"mids":["m"],"watermark":1569262485349}"#, .delivery),
            (#""message_edit":{"mid":"m","text":"hi!","num_edit":1}"#, .edited),
            (#""reaction":{"mid":"m","action":"react","reaction":"love","emoji":"❤️"}"#, .reaction),
            (#""reaction":{"mid":"m","action":"unreact"}"#, .reaction),
            (#""referral":{"ref":"spring","source":"SHORTLINK","type":"OPEN_THREAD"}"#, .referral),
            (#""optin":{"type":"notification_messages","payload":"p","notification_messages_token":"t"}"#, .optin),
            (#""pass_thread_control":{"previous_owner_app_id":"1","new_owner_app_id":"2","metadata":"x"}"#, .handover),
            (#""take_thread_control":{"previous_owner_app_id":"1","new_owner_app_id":"2"}"#, .handover),
            (#""request_thread_control":{"requested_owner_app_id":1,"metadata":"x"}"#, .handover),
            (#""app_roles":{"123456789":["primary_receiver"]}"#, .handover),
            (#""policy_enforcement":{"action":"warning","reason":"spam"}"#, .policy),
            (#""response_feedback":{"feedback":"Good bot response","mid":"m"}"#, .feedback),
            (#""something_new":{"mid":"m"}"#, .unknownKind), (#""message":null"#, .unknownKind),
        ] as [(String, WebhookIgnored)])
    func messagingThatIsNoEvent(_ fields: String, _ reason: WebhookIgnored) throws {
        #expect(try InstagramText.reasons(InstagramText.body(messaging: fields)) == [reason])
        let element = InstagramText.messaging(fields)
        #expect(try InstagramText.reasons(InstagramText.body(#""standby":[\#(element)]"#)) == [reason])
        #expect(try InstagramText.reasons(InstagramText.body(change: "messages", element)) == [reason])
    }

    @Test(arguments: [#""message":{"mid":"m","text":"hi"}"#, #""postback":{"mid":"m","title":"hi"}"#])
    func whatTheAccountWroteIsAnEcho(_ fields: String) throws {
        for id in [#""17841405822304914""#, "17841405822304914"] {
            let element = #"{"sender":{"id":\#(id)},"recipient":{"id":"6789"},"timestamp":1569262485349,\#(fields)}"#
            #expect(try InstagramText.reasons(InstagramText.body(#""messaging":[\#(element)]"#)) == [.echo])
        }
    }

    @Test(
        arguments: [
            ("mentions", #"{"media_id":"17918195224117851"}"#, WebhookIgnored.mentionWithoutSender),
            ("mentions", #"{"comment_id":"17894227972186120","media_id":"17918195224117851"}"#, .mentionWithoutSender),
            (
                "story_insights",
                #"{"media_id":"18023345989012587","exits":1,"replies":0,"reach":17,"impressions":28}"#,
                .insights
            ),
            ("messaging_seen", #"{"sender":{"id":"1"},"timestamp":"1527459824","read":{"mid":"m"}}"#, .read),
            ("message_reactions", #"{"sender":{"id":"1"},"reaction":{"mid":"m","action":"react"}}"#, .reaction),
            ("message_reactions", #"{"mid":"m","verb":"remove","sender":{"id":"1"}}"#, .reaction),
            ("message_edit", #"{"mid":"m","text":null,"num_edit":2,"from":{"username":"ann"}}"#, .edited),
            ("messaging_referral", #"{"sender":{"id":"1"},"referral":{"ref":"r"}}"#, .referral),
            ("messaging_optins", #"{"sender":{"id":"1"},"optin":{"type":"notification_messages"}}"#, .optin),
            ("messaging_handover", #"{"sender":{"id":"1"},"pass_thread_control":{"new_owner_app_id":"2"}}"#, .handover),
            ("message_echoes", #"{"sender":{"id":"1"},"message":{"mid":"m","text":"hi"}}"#, .echo),
            ("messaging_policy_enforcement", #"{"policy_enforcement":{"action":"block"}}"#, .policy),
            ("response_feedback", "5", .feedback), ("messages", "\"value\"", .malformed),
            ("messages", "{}", .unknownKind),
            ("follow", #"{"id":"1"}"#, .unknownKind), ("story_poll_response", "null", .unknownKind),
            ("", "{}", .unknownKind),
        ] as [(String, String, WebhookIgnored)])
    func changesThatAreNoEvents(_ field: String, _ value: String, _ reason: WebhookIgnored) throws {
        #expect(try InstagramText.reasons(InstagramText.body(change: field, value)) == [reason])
    }

    /// What the Test button of Meta's dashboard sends.
    @Test(
        arguments: [
            (
                "messages",
                #"{"sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":"1527459824","message":{"mid":"random_mid","text":"random_text"}}"#
            ),
            (
                "message_reactions",
                #"{"sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":233445667,"reaction":{"mid":"random_mid","action":"react","reaction":"love","emoji":"❤️"}}"#
            ),
            (
                "messaging_postbacks",
                #"{"sender":{"id":"2494432963985342"},"recipient":{"id":"90010195674710"},"timestamp":233445667,"is_self":true,"postback":{"mid":"aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE","title":"Talk to human","payload":"Payload"}}"#
            ),
            (
                "messaging_seen",
                #"{"sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":"1527459824","read":{"mid":"last_message_id_read"}}"#
            ),
            (
                "messaging_referral",
                #"{"sender":{"id":"2494432963985342"},"recipient":{"id":"90010195674710"},"timestamp":233445667,"referral":{"ref":"this_is_a_sample_ref_param","source":"SHORTLINK","type":"OPEN_THREAD"}}"#
            ),
            (
                "messaging_optins",
                #"{"sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":"1527459824","optin":{"type":"notification_messages"}}"#
            ),
            (
                "messaging_handover",
                #"{"sender":{"id":"2494432963985342"},"recipient":{"id":"2494432963985342"},"timestamp":233445667,"pass_thread_control":{"previous_owner_app_id":"777292979687735"}}"#
            ),
            (
                "comments",
                #"{"from":{"id":"232323232","username":"test"},"media":{"id":"123123123","media_product_type":"FEED"},"id":"17865799348089039","parent_id":"1231231234","text":"This is an example."}"#
            ),
            (
                "live_comments",
                #"{"from":{"id":"232323232","username":"test","self_ig_scoped_id":"232323232"},"media":{"id":"123123123","media_product_type":"LIVE"},"id":"17865799348089039","text":"This is an example."}"#
            ),
            ("comments", #"{"id":"17865799348089039","text":"This is an example."}"#),
        ] as [(String, String)])
    func testsOfTheDashboard(_ field: String, _ value: String) throws {
        let change = #""changes":[{"field":"\#(field)","value":\#(value)}]"#
        // Some versions say that it is of account 0, some of the real one.
        #expect(try InstagramText.reasons(InstagramText.body(change, id: "\"0\"")) == [.test])
        #expect(try InstagramText.reasons(InstagramText.body(change, id: "0")) == [.test])
        #expect(try InstagramText.reasons(InstagramText.body(change)) == [.test])
        // As the dashboard shows it.
        #expect(try InstagramText.reasons(#"{"field":"\#(field)","value":\#(value)}"#) == [.test])
        if field == "messages" {
            #expect(try InstagramText.reasons(InstagramText.body(#""messaging":[\#(value)]"#)) == [.test])
        }
    }

    @Test(arguments: ["mentions", "story_insights"])
    func testsOfAccountZeroAreTestsWhateverTheyAre(_ field: String) throws {
        let value = #"{"media_id":"17887498072083520","comment_id":"17887498072083520","impressions":444}"#
        let change = #""changes":[{"field":"\#(field)","value":\#(value)}]"#
        #expect(try InstagramText.reasons(InstagramText.body(change, id: "\"0\"")) == [.test])
    }
}
