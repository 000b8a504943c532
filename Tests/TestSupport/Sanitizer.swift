import Foundation

/// The sanitizer under which the tests run, if `make test-sanitize` runs them.
package enum Sanitizer {
  private static let environment = ProcessInfo.processInfo.environment

  /// How many times as long as without it everything takes, about; what a test does by the clock takes as
  /// many times longer.
  package static let slowdown: UInt32 =
    switch environment["LEDGER_SANITIZER"] {
    case "thread": 10
    case "address": 3
    default: 1
    }

  /// What a program that a test starts must be told of it: what to look for, and what to leave alone.
  package static let settings = environment.filter {
    ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains($0.key)
  }
}
