/// The results for all elements, in order, with a bounded number under way: they share the pipelined connection.
package func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: some Collection<Element>, atOnce: Int = 128,
    _ work: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [Result?] = Array(repeating: nil, count: elements.count)
        for (position, element) in elements.enumerated() {
            if position >= atOnce, let (index, result) = try await group.next() { results[index] = result }
            group.addTask { (position, try await work(element)) }
        }
        for try await (index, result) in group { results[index] = result }
        return results.compactMap { $0 }
    }
}
