internal import Foundation
internal import Headcount

/// `{"id":…,"action":…}`, and perhaps `expires`, `contacts` and `start`.
struct CampaignRequest: Decodable, Sendable {
    let id, action: String
    let expires: Date?
    let contacts: [String]
    let starts: Bool

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["id", "action", "expires", "contacts", "start"])
        guard let id = try fields.value("id", as: String.self),
            let action = try fields.value("action", as: String.self)
        else { throw Problem(.invalidBody, "id or action is missing; give both") }
        (self.id, self.action) = (id, action)
        expires = try fields.value("expires", as: String.self).map(Self.time)
        contacts = try fields.texts("contacts") ?? []
        starts = try fields.value("start", as: Bool.self) ?? true
        if contacts.isEmpty, starts {
            throw Problem(.invalidBody, "give contacts, or start: false and add them later")
        }
    }

    private static func time(_ text: String) throws -> Date {
        let shape = /\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?(Z|[+-]\d{2}:\d{2})/
        let date = String(text.prefix(10))
        let dateStyle = Date.ISO8601FormatStyle().year().month().day()
        guard text.wholeMatch(of: shape) != nil, let time = try? Date(text, strategy: .iso8601),
            // 31 February would be 3 March.
            let day = try? Date(date, strategy: dateStyle), day.formatted(dateStyle) == date
        else {
            throw Problem(.invalidCampaign, "expires is no time; write one such as 2026-11-30T23:00:00Z", value: text)
        }
        return time
    }
}

/// `{"contacts":[…]}`.
struct AudienceRequest: Decodable, Sendable {
    let contacts: [String]

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["contacts"])
        guard let contacts = try fields.texts("contacts") else {
            throw Problem(.invalidBody, "contacts is missing; give those to add")
        }
        self.contacts = contacts
    }
}

/// `{"outcomes":[…]}`.
struct RetryRequest: Decodable, Sendable {
    let outcomes: Set<CampaignOutcome.Outcome>

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["outcomes"])
        guard let words = try fields.value("outcomes", as: [String].self) else {
            throw Problem(.invalidBody, "outcomes is missing; give failed, unknown or both")
        }
        outcomes = Set(
            try words.map { word in
                guard let outcome = CampaignOutcome.Outcome(rawValue: word) else {
                    throw Problem(.invalidCampaign, "no such outcome; there are failed and unknown", value: word)
                }
                return outcome
            })
    }
}
