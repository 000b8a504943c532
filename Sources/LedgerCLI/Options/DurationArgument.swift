import ArgumentParser

/// A length of time as words: `30s`, `15m`, `12h`, `7d`.
package struct DurationArgument: ExpressibleByArgument {
  package let micros: Int64

  package init?(argument: String) {
    let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = argument.last.flatMap({ seconds[$0] }),
      let count = Int64(argument.dropLast()), (1...1_000_000).contains(count)
    else { return nil }
    micros = count * unit * 1_000_000
  }

  /// The duration in the largest unit that gives a whole number.
  package static func text(micros: Int64) -> String {
    let seconds = micros / 1_000_000
    for (unit, length) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60)] {
      if seconds % length == 0 { return "\(seconds / length)\(unit)" }
    }
    return "\(seconds)s"
  }
}
