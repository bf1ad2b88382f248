/// The form that asks for a key.
struct SignInPage: Page {
    let frame = PageFrame("Sign in", visitor: nil, renderedAt: nil)
    let csrf: String
    let next: String
    let problem: String?
}
