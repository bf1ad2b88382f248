internal import HTTPTypes

/// A problem for people.
struct ErrorPage: Page {
    struct Action {
        let text: String
        let href: String
        let isPrimary: Bool
    }

    let frame: PageFrame
    let statusCode: String
    let title: String
    let advice: String
    let requestId: String
    let actions: [Action]

    init(_ problem: Problem, requestID: String, path: String, visitor: Visitor?) {
        let (title, advice, isWorthRetrying) = Self.words(problem)
        frame = PageFrame(title, visitor: visitor, renderedAt: nil)
        statusCode = String(problem.kind.status.code)
        self.title = title
        self.advice = advice
        requestId = requestID
        // Who is signed in can't be told while Redis is down.
        let isStranger = visitor == nil && problem.kind != .unavailable
        let home = Action(
            text: isStranger ? "Sign in" : "Home", href: visitor?.home ?? "/", isPrimary: !isWorthRetrying)
        actions = isWorthRetrying ? [Action(text: "Try again", href: path, isPrimary: true), home] : [home]
    }

    private static func words(_ problem: Problem) -> (title: String, advice: String, isWorthRetrying: Bool) {
        switch problem.kind {
        case .unavailable:
            (
                "Redis does not answer",
                "Nothing was counted or refused. The numbers come back by themselves as soon as Redis does; "
                    + "docs/operations.md says what to look at.", true
            )
        case .notFound: ("There is nothing here", "The address may be mistyped, or what it led to is gone.", false)
        case .forbidden: ("Not with this key", "\(sentence(problem.detail)).", false)
        case .internalError:
            ("Something went wrong", "The fault is Headcount’s. The log says more under this request’s id.", true)
        default:
            (
                problem.kind.title,
                "\(problem.value.map { "“\($0)”: \(problem.detail)" } ?? sentence(problem.detail)).", false
            )
        }
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
