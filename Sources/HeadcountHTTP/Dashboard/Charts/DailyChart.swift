internal import Headcount

/// The daily chart: above, what was counted so far against the limit; below, what was new each day by kind of action.
/// Horizontal positions are in percent, vertical ones in pixels.
struct DailyChart {
    struct LegendEntry {
        let series, text, totalText: String
    }

    struct Tick {
        let text: String
        let y, textY: String
        let isBase: Bool
    }

    struct Bar {
        let series, x, y, width, height: String
    }

    struct DayView {
        let x, width: String
        let hitY = "30"
        let hitHeight = "276"
        let bars: [Bar]
        let readText, readDetail: String
        let isReadByDefault: Bool
    }

    struct LimitLine {
        let y, textY, text: String
    }

    struct DayLabel {
        let x, text: String
    }

    struct Row {
        let dayText: String
        let cells: [String]
    }

    private enum Layout {
        static let cumulativeTop = 30.0
        static let cumulativeBase = 160.0
        static let barsTop = 206.0
        static let barsBase = 306.0
    }

    let hasCounts, hasRows: Bool
    let nothingText, summary: String
    let height = "330"
    let cumulativeTitleY = "14"
    let barsTitleY = "190"
    let cumulativeY = "30"
    let cumulativeHeight = "130"
    let dayLabelY = "324"
    let legend: [LegendEntry]
    let ticks: [Tick]
    let days: [DayView]
    let dayLabels: [DayLabel]
    let cumulativeLine, cumulativeArea, cumulativeEndX, cumulativeEndY: String
    let limitLine: LimitLine?
    let columns: [String]
    let rows: [Row]

    /// - Parameter limit: nil where none applies.
    init(_ counts: DailyCounts, limit: Int?, nothingText: String) {
        let cumulative = counts.cumulative
        let total = cumulative.last ?? 0
        let highest = max(total, limit ?? 0)
        let most = counts.days.map(\.total).max() ?? 0
        let upper = Scale(top: Double(highest) * 1.06, from: Layout.cumulativeBase, to: Layout.cumulativeTop)
        let barTicks = AxisTicks.values(upTo: most)
        let lower = Scale(top: Double(max(most, barTicks.last ?? 0)), from: Layout.barsBase, to: Layout.barsTop)
        let slot = 100 / Double(max(1, counts.dates.count))

        self.nothingText = nothingText
        hasCounts = total > 0
        hasRows = total > 0 || counts.days.contains { $0.refused > 0 }
        let ofLimit = limit.map { ", limit \($0.grouped)" } ?? ""
        summary =
            "\(total.grouped) contacts counted in \(counts.days.count) days, \(most.grouped) at most on one day\(ofLimit). "
            + "The table below has all numbers."
        legend = counts.series.map { series in
            let sum = counts.days.reduce(0) { $0 + $1.activated[series, default: 0] }
            return LegendEntry(series: series.rawValue, text: series.title, totalText: sum.grouped)
        }
        ticks =
            AxisTicks.values(upTo: highest).map { Tick($0, on: upper) } + barTicks.map { Tick($0, on: lower) }
        days = counts.days.indices.map { index in
            DayView(
                counts.days[index], total: cumulative[index], x: Double(index) * slot, slot: slot, scale: lower,
                series: counts.series, isLast: index == counts.days.count - 1)
        }
        let points =
            [(0.0, Layout.cumulativeBase - Layout.cumulativeTop)]
            + cumulative.enumerated().map { (Double($0 + 1) * slot, upper.y($1) - Layout.cumulativeTop) }
        cumulativeLine = "M" + points.map { "\(Decimals.text($0.0)) \(Decimals.text($0.1))" }.joined(separator: " L")
        cumulativeArea = "\(cumulativeLine) L\(Decimals.text(points[points.count - 1].0)) 130 Z"
        cumulativeEndX = Percentage.text(Double(counts.days.count) * slot)
        cumulativeEndY = Decimals.text(upper.y(total))
        limitLine = limit.map {
            LimitLine(
                y: Decimals.text(upper.y($0)), textY: Decimals.text(upper.y($0) - 6), text: "limit \($0.grouped)")
        }
        dayLabels = stride(from: 0, to: counts.dates.count, by: 7).map { index in
            DayLabel(x: Percentage.text((Double(index) + 0.5) * slot), text: counts.dates[index].dayNumber)
        }
        columns = counts.series.map(\.title) + ["New", "In total", "Refused"]
        rows = zip(counts.days, cumulative).map { day, sum in
            let kinds = counts.series.map { day.activated[$0, default: 0].grouped }
            return Row(
                dayText: day.date.dayAndMonth, cells: kinds + [day.total.grouped, sum.grouped, day.refused.grouped])
        }
    }
}

/// From numbers to pixels, upwards.
private struct Scale {
    let top: Double
    let from, to: Double

    func y(_ value: Int) -> Double { top == 0 ? from : from - Double(value) * (from - to) / top }
}

extension DailyChart.Tick {
    fileprivate init(_ value: Int, on scale: Scale) {
        text = AxisTicks.text(value)
        y = Decimals.text(scale.y(value))
        textY = Decimals.text(scale.y(value) + 4)
        isBase = value == 0
    }
}

extension DailyChart.DayView {
    fileprivate init(
        _ day: DailyCounts.Day, total: Int, x: Double, slot: Double, scale: Scale, series: [DailyCounts.Series],
        isLast: Bool
    ) {
        self.x = Percentage.text(x)
        width = Percentage.text(slot)
        isReadByDefault = isLast
        var below = 0
        var bars: [DailyChart.Bar] = []
        for kind in series {
            let count = day.activated[kind, default: 0]
            guard count > 0 else { continue }
            let (bottom, top) = (scale.y(below), scale.y(below + count))
            below += count
            bars.append(
                DailyChart.Bar(
                    series: kind.rawValue, x: Percentage.text(x + slot * 0.16), y: Decimals.text(top + 1),
                    width: Percentage.text(slot * 0.68), height: Decimals.text(max(0.75, bottom - top - 1))))
        }
        self.bars = bars
        let kinds = series.filter { day.activated[$0, default: 0] > 0 }
            .map { "\(day.activated[$0, default: 0].grouped) by \($0.noun)" }
        readText = "\(day.date.dayAndMonth): \(day.total.grouped) new"
        readDetail = " · \(total.grouped) in total" + (kinds.isEmpty ? "" : " · \(kinds.joined(separator: ", "))")
    }
}
