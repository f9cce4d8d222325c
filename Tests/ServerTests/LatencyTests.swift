import Server
import Testing

@Suite struct `Latency` {
    @Test(arguments: [
        (0, 1), (1, 1), (255, 255), (256, 257), (1000, 1003), (1024, 1031), (2000, 2007),
        (26_050, 26_111), (91_000, 91_135), (32_768, 33_023), (2_000_000_000, 1_002_438_655),
    ])
    func `durations are told as the greatest of their step`(_ duration: Int, _ told: Int) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: duration, count: 1)
        for percent in [0, 50, 100.0] { #expect(histogram.percentile(percent) == told) }
    }

    @Test func `percentiles are those of the executions`() {
        var histogram = LatencyHistogram()
        #expect(histogram.percentile(50) == 0)
        for duration in 1...200 { histogram.record(nanoseconds: duration, count: 5) }
        #expect(histogram.total == 1000)
        #expect(histogram.percentile(0) == 1)
        #expect(histogram.percentile(50) == 100)
        #expect(histogram.percentile(99) == 198)
        #expect(histogram.percentile(99.9) == 200)
        #expect(histogram.percentile(100) == 200)
    }

    @Test func `a distribution has the doublings that hold more`() {
        var histogram = LatencyHistogram()
        for (duration, count) in [(1000, 5), (2000, 1), (4000, 2), (8000, 1), (26_000, 1)] {
            histogram.record(nanoseconds: duration, count: count)
        }
        // As redis-server 7.2.4 told it.
        let told = histogram.distribution.map { [$0.microseconds, $0.count] }
        #expect(told == [[1, 5], [2, 6], [4, 8], [8, 9], [33, 10]])
    }

    @Test func `commands are counted under their full names`() {
        var running = RunningServer()
        _ = running.ask("CONFIG", "GET", "port")
        _ = running.ask("SET", "a", "b")
        running.server.statistics.endCycle(
            executing: 2000, whole: 2000, commandCount: 2, countsLatency: true)
        let lines = infoFields(running.ask("INFO", "latencystats"))
        #expect(lines["latency_percentiles_usec_set"] == "p50=1.003,p99=1.003,p99.9=1.003")
        #expect(lines["latency_percentiles_usec_config|get"] != nil)
        #expect(lines["latency_percentiles_usec_get"] == nil)
        #expect(
            running.ask("LATENCY", "HISTOGRAM", "set", "nonsense", "get")
                == "*2\r\n$3\r\nset\r\n*4\r\n$5\r\ncalls\r\n:1\r\n$14\r\nhistogram_usec\r\n"
                + "*2\r\n:1\r\n:1\r\n")
        #expect(
            running.ask("LATENCY", "HISTOGRAM", "config")
                == running.ask("LATENCY", "HISTOGRAM", "config|get"))
        #expect(running.ask("LATENCY", "HISTOGRAM").hasPrefix("*4\r\n"))
        _ = running.ask("CONFIG", "SET", "latency-tracking-info-percentiles", "12.5 100")
        #expect(
            infoFields(running.ask("INFO", "latencystats"))["latency_percentiles_usec_set"]
                == "p12.5=1.003,p100=1.003")
        _ = running.ask("CONFIG", "SET", "latency-tracking", "no")
        #expect(infoFields(running.ask("INFO", "latencystats")).isEmpty)
        _ = running.ask("CONFIG", "RESETSTAT")
        #expect(running.ask("LATENCY", "HISTOGRAM") == "*0\r\n")
    }

    @Test func `the share of stale keys is a running mean`() {
        var statistics = ServerStatistics(commandCount: 1)
        statistics.noteExpiry(expired: 10, of: 20)
        #expect(statistics.expiredStalePercentage == 2.5)
        statistics.noteExpiry(expired: 0, of: 0)
        #expect(statistics.expiredStalePercentage == 2.375)
    }
}
