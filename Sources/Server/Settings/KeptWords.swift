import Bytes
import Configuration
import Protocol

/// The words of `oom-score-adj-values`: three numbers.
enum OOMScoreWords {
    private static let name = "oom-score-adj-values"
    private static let defaults: [ByteString] = ["0", "200", "800"]

    @Sendable static func words(_ settings: ServerSettings) -> [ByteString] {
        if case .words(let words) = settings.kept[name] { return words }
        return defaults
    }

    @Sendable static func write(_ settings: inout ServerSettings, _ words: [ByteString]) {
        settings.kept[name] = .words(words.map { ByteString("\(Int($0.text) ?? 0)") })
    }

    @Sendable static func check(_ words: [ByteString]) throws(DirectiveError) {
        if words.count != defaults.count { throw DirectiveError("wrong number of arguments") }
        for word in words {
            guard let score = Int(word.text), (-2000...2000).contains(score) else {
                throw DirectiveError(
                    "Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
            }
        }
    }

    @Sendable static func lines(_ settings: ServerSettings) -> [DirectiveLine] {
        let words = words(settings)
        return [.words(name, words, isForced: words != defaults)]
    }
}

/// The words of `latency-tracking-info-percentiles`: numbers from 0 to 100.
enum PercentileWords {
    private static let name = "latency-tracking-info-percentiles"

    @Sendable static func words(_ settings: ServerSettings) -> [ByteString] {
        settings.latencyPercentiles
    }

    @Sendable static func write(_ settings: inout ServerSettings, _ words: [ByteString]) {
        settings.latencyPercentiles = words.compactMap { word in
            // Six digits after the point are told, without trailing zeros.
            Double(word.text).map {
                ByteString(DoubleText.shortest(($0 * 1e6).rounded() / 1e6))
            }
        }
    }

    @Sendable static func check(_ words: [ByteString]) throws(DirectiveError) {
        if words.count == 1, words[0].isEmpty { return }
        for word in words {
            guard let percentile = Double(word.text) else {
                throw DirectiveError("Invalid latency-tracking-info-percentiles parameters")
            }
            if !(0...100).contains(percentile) {
                throw DirectiveError(
                    "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
            }
        }
    }

    @Sendable static func lines(_ settings: ServerSettings) -> [DirectiveLine] {
        let words = words(settings)
        return [.words(name, words.isEmpty ? [""] : words, isForced: true)]
    }
}
