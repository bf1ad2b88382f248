import TestSupport
import Testing

/// Each target with what is kept of its inputs and with mutations of them, always the same ones.
@Suite("Fuzzing") struct FuzzTests {
    @Test("whatever arrives is read or refused as it should be", arguments: FuzzTarget.all)
    func target(_ target: FuzzTarget) throws {
        let corpus = try Corpus(target)
        for (name, bytes) in corpus.inputs {
            #expect(throws: Never.self, "\(name)") { try target.run(bytes) }
        }
        for seed in 0..<UInt64(600) {
            var random = SeededRandom(seed: seed)
            let bytes = corpus.mutation(using: &random)
            #expect(throws: Never.self, "seed \(seed): \(bytes)") { try target.run(bytes) }
        }
    }

    @Test("each folder of the corpus is a target's")
    func folders() throws {
        #expect(try Corpus.folders() == FuzzTarget.all.map(\.name).sorted())
    }
}

extension FuzzTarget: CustomTestStringConvertible {
    var testDescription: String { name }
}
