internal import Headcount

/// An account's latest notices, and where they go.
struct NoticesView {
    let urlText, thresholdsText: String
    let hasNotices: Bool
    let list: [NoticeView]

    /// - Parameter notices: newest first.
    init(_ notices: [Notice], settings: NoticeSettings, zone: String, visitor: Visitor) {
        urlText = settings.url ?? "the configured URL, if any"
        thresholdsText =
            settings.thresholds.map { percentages in
                percentages.isEmpty ? "none" : percentages.map { "\($0) %" }.joined(separator: ", ")
            } ?? "those of the configuration"
        hasNotices = !notices.isEmpty
        // One that is sent again waits beside what became of it before.
        let waiting = Set(notices.filter { $0.status == .pending }.map(\.id))
        list = notices.map { notice in
            NoticeView(notice, zone: zone, maySendAgain: visitor.isAdmin && !waiting.contains(notice.id))
        }
    }
}
