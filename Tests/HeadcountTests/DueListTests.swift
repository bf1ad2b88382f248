import Testing

@testable import Headcount

/// What many processes look after: nothing that was put in is forgotten.
@Suite struct DueListTests {
    private static let lease = Duration.seconds(60)

    private func withList(_ body: (DueList) async throws -> Void) async throws {
        try await withLimiter { limiter, _ in try await body(limiter.dueScenarios) }
    }

    @Test func whatIsTakenIsNobodyElsesForTheLease() async throws {
        try await withList { list in
            try await list.hurry(["a", "b"])
            #expect(try await list.take(most: 16, lease: Self.lease).elements == ["a", "b"])
            #expect(try await list.take(most: 16, lease: Self.lease).elements.isEmpty)
        }
    }

    @Test func whatWasHurriedIsNeitherPutOffNorLeft() async throws {
        try await withList { list in
            try await list.hurry("a")
            _ = try await list.take(most: 16, lease: Self.lease)
            try await list.hurry("a")
            try await list.put(off: "a", by: Self.lease)
            try await list.leave("a")
            #expect(try await list.take(most: 16, lease: Self.lease).elements == ["a"])
            try await list.leave("a")
            try await list.put(off: "a", by: .zero)
            #expect(try await list.take(most: 16, lease: Self.lease).elements.isEmpty)
        }
    }

    @Test func whatIsExpectedIsDueInAWhile() async throws {
        try await withList { list in
            try await list.expect(["a"])
            let (elements, wait) = try await list.take(most: 16, lease: Self.lease)
            #expect(elements.isEmpty && (.seconds(1)...Duration.seconds(5)).contains(wait))
            try await list.hurry("b")
            try await list.expect(["b"])
            #expect(try await list.take(most: 16, lease: Self.lease).elements == ["b"])
        }
    }
}
