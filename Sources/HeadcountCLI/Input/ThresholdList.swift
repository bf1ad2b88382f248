import ArgumentParser

/// Percentages of the limit, such as `50,80,100`; `none` for no percentages at all.
struct ThresholdList: ExpressibleByArgument {
    let percentages: [Int]

    init?(argument: String) {
        if argument == "none" {
            percentages = []
            return
        }
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !numbers.contains(nil) else { return nil }
        percentages = numbers.compactMap { $0 }
    }
}
