import Foundation
import HTTPTypes
import NIOCore

@testable import HeadcountHTTP

/// Bodies of the HTTP API: whatever they are, what is answered is a problem document that is short and says what is wrong.
extension FuzzTarget {
    static let body = FuzzTarget(
        name: "body",
        words: jsonWords + [
            "\"by\":", "\"campaign:spring\"", "\"contact\":", "\"contacts\":[", "\"lease\":", "\"tokens\":[",
            "\"outcomes\":[",
            "\"on\":\"message\"", "\"keywords\":[", "\"match\":", "\"action\":", "\"steps\":[", "\"delay\":",
            "\"coolDown\":",
            "\"replyWindow\":", "\"limit\":", "\"mode\":\"hard\"", "\"startDay\":", "\"thresholds\":[", "\"url\":",
            "\"secrets\":[", "\"expires\":", "\"2026-11-30T23:00:00Z\"", "\"from\":", "\"into\":", "\"id\":",
            "\"start\":false",
        ]
    ) { bytes in
        var input = FuzzInput(bytes)
        let decode = decoders[input.number(below: decoders.count)]
        do {
            try decode(ByteBuffer(bytes: input.rest))
        } catch let problem as Problem {
            try hold(problem.kind.status.code < 500, "problem \(problem.kind) for a body")
            try hold(problem.detail.utf8.count < 1_000, "a detail of \(problem.detail.utf8.count) bytes")
            // 64 characters are shown, each escaped to ten at most.
            try hold((problem.value ?? "").unicodeScalars.count <= 641, "a long value")
            let document = Data(problem.document(requestID: "1").readableBytesView)
            let isJSON = (try? JSONSerialization.jsonObject(with: document)) != nil
            try hold(isJSON, "a problem document that is no JSON")
        }
    }

    private static let decoders: [@Sendable (ByteBuffer) throws -> Void] = [
        { _ = try JSONBody.decode(ActivationRequest.self, from: $0) },
        { _ = try JSONBody.decode(AudienceRequest.self, from: $0) },
        { _ = try JSONBody.decode(CampaignRequest.self, from: $0) },
        { _ = try JSONBody.decode(GenericLinkRequest.self, from: $0) },
        { _ = try JSONBody.decode(MergeRequest.self, from: $0) },
        { _ = try JSONBody.decode(NoticeSettingsRequest.self, from: $0) },
        { _ = try JSONBody.decode(PlanChangeRequest.self, from: $0) },
        { _ = try JSONBody.decode(ReservationRequest.self, from: $0) },
        { _ = try JSONBody.decode(RetryRequest.self, from: $0) },
        { _ = try JSONBody.decode(ScenarioRequest.self, from: $0) },
        { _ = try JSONBody.decode(SettlementRequest.self, from: $0) },
    ]
}
