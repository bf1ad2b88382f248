internal import Foundation
internal import Headcount

/// What the system says of this process, read when it is asked for.
enum ProcessMetrics {
    private static let startTime = Date().timeIntervalSince1970

    /// To be called when the process starts.
    static func begin() { _ = startTime }

    static func text() -> String {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        var text = PrometheusText.single(
            "headcount_build_info", type: "gauge",
            labels: PrometheusText.labels([("version", HeadcountVersion.current)]), 1)
        text += PrometheusText.single(
            "process_cpu_seconds_total", type: "counter", seconds(usage.ru_utime) + seconds(usage.ru_stime))
        text += PrometheusText.single("process_start_time_seconds", type: "gauge", startTime)
        if let fds = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            text += PrometheusText.single("process_open_fds", type: "gauge", Double(fds.count))
        }
        if let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = statm.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        {
            text += PrometheusText.single(
                "process_resident_memory_bytes", type: "gauge", pages * Double(sysconf(Int32(_SC_PAGESIZE))))
        }
        return text
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
