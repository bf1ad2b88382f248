/// What the Test button of Meta's dashboard sends: the examples that stand there beside each field, of an account "0".
///
/// They are documented nowhere but in the dashboard; others have recorded them (such as chatwoot, pull request 5317).
enum InstagramSample {
    /// The account that all of them are said to be of, in most versions of the dashboard.
    static let entry = "0"

    private static let messageID = "random_mid"
    private static let participants: [(sender: String, recipient: String)] = [
        ("12334", "23245"), ("2494432963985342", "90010195674710"), ("2494432963985342", "2494432963985342"),
    ]
    private static let commentID = "17865799348089039"
    private static let commenter = "232323232"

    /// Whether a body is an example as the dashboard shows it, without an entry around it.
    static func isBare(_ body: JSONValue) -> Bool {
        body["field"]?.text != nil && body["value"] != nil && body["entry"] == nil
    }

    /// Whether an element of `messaging`, or a change's value that is like one, is an example.
    static func isMessaging(_ value: JSONValue) -> Bool {
        let sender = value["sender"]?["id"]?.id
        let recipient = value["recipient"]?["id"]?.id
        return ["message", "postback", "reaction", "read"].contains { value[$0]?["mid"]?.id == messageID }
            || participants.contains { $0.sender == sender && $0.recipient == recipient }
    }

    /// Whether a comment is an example.
    static func isComment(_ id: String?, by contact: String?) -> Bool {
        id == commentID || contact == commenter
    }
}
