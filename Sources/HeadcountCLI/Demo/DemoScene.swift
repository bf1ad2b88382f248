import Headcount

/// One account of the demo, with the audience that its workers go through.
struct DemoScene: Sendable {
    let account: String
    let plan: String
    /// The limit that it gets in the middle; nil if it stays.
    let upgrade: Int?
    let action: String
    let sample: String
    let bytes: [UInt8]
    let workers: Int

    static let all = [
        DemoScene(
            account: "bella_boutique", plan: "free", upgrade: nil, action: "campaign:spring",
            sample: "bella_boutique-spring.csv", bytes: PackageResources.bella_boutique_spring_csv, workers: 2),
        DemoScene(
            account: "fit_coach", plan: "pro", upgrade: 2_500, action: "campaign:challenge",
            sample: "fit_coach-challenge.txt", bytes: PackageResources.fit_coach_challenge_txt, workers: 4),
        DemoScene(
            account: "city_bistro", plan: "pro", upgrade: nil, action: "scenario:comments",
            sample: "city_bistro-comments.jsonl", bytes: PackageResources.city_bistro_comments_jsonl, workers: 2),
    ]

    /// The distinct contacts in the sample.
    func people() throws -> Set<String> {
        Set(try Self.contacts(in: bytes))
    }

    /// The contacts in a sample, in order, repeats included.
    static func contacts(in bytes: [UInt8]) throws -> [String] {
        var reader = AudienceReader()
        return try (reader.read(bytes) + reader.finish()).compactMap { record in
            if case .contact(let contact) = record.content { return contact }
            return nil
        }
    }
}
