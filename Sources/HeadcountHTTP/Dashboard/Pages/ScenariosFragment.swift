internal import Headcount

/// The list of scenarios of the account's page alone, for its script.
struct ScenariosFragment: Page {
    let frame: PageFrame
    let scenarios: ScenariosView

    init(_ scenarios: [Scenario], of account: String, zone: String, visitor: Visitor) {
        frame = PageFrame(account, visitor: visitor, renderedAt: nil)
        self.scenarios = ScenariosView(scenarios, of: account, zone: zone, visitor: visitor)
    }
}
