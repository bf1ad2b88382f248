internal import Foundation
internal import Headcount

/// What header and footer of every page need.
struct PageFrame {
    struct SessionView {
        let keyName: String
        let scopeText: String
        let csrf: String
        let homeHref: String
        let navigation: [Link]
    }

    struct Link {
        let text: String
        let href: String
        let isCurrent: Bool
    }

    let title: String
    let session: SessionView?
    let renderedText: String?

    init(_ title: String, visitor: Visitor?, renderedAt: Date?, isHome: Bool = false) {
        self.title = title
        session = visitor.map { visitor in
            SessionView(
                keyName: visitor.key.name, scopeText: visitor.key.scope.rawValue, csrf: visitor.formToken,
                homeHref: visitor.home,
                navigation: [
                    Link(
                        text: visitor.key.account == nil ? "Accounts" : "Account", href: visitor.home, isCurrent: isHome
                    )
                ])
        }
        renderedText = renderedAt.map { "\(DateText($0, in: "UTC").dayAndTime) UTC" }
    }

    /// For ``Page``.
    func child(named name: String) -> Any? {
        switch name {
        case "pageTitle": title
        case "session": session
        case "renderedText": renderedText
        case "assetVersion": Assets.version
        case "version": HeadcountVersion.current
        default: nil
        }
    }
}
