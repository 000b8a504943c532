#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Transfers as TigerBeetle's own benchmark makes them: between two accounts chosen uniformly out of 10,000,
/// of amounts that are distributed exponentially around a mean of 10,000 minor units, under ids that count
/// up. The same ones every time.
/// <https://github.com/tigerbeetle/tigerbeetle/blob/main/src/tigerbeetle/benchmark_load.zig>
package struct Workload: Sequence, IteratorProtocol {
  /// How many accounts there are.
  package static let accounts = 10_000
  /// How many transfers share a transaction, where they share one.
  package static let transfersPerTransaction = 8_189
  /// No account gets this far below nothing.
  package static let overdraftLimit = "10000000.00"
  private static let meanMinorUnits = 10_000.0

  /// One transfer.
  package struct Transfer {
    /// 0, 1, 2, …
    package let number: Int
    /// The accounts' numbers, from 0.
    package let payer: Int
    package let payee: Int
    /// At least 1.
    package let minorUnits: Int64

    /// The name of the transfer for its idempotency key: those that come later sort later.
    package var name: String {
      let digits = String(number)
      return "transfer-" + String(repeating: "0", count: Swift.max(0, 10 - digits.count)) + digits
    }

    /// The amount as text, `12.34`.
    package var amount: String {
      let cents = minorUnits % 100
      return "\(minorUnits / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
  }

  private var random = SplitMix(state: 42)
  private var number = 0
  private let count: Int

  /// The first `count` transfers.
  package init(count: Int) { self.count = count }

  package mutating func next() -> Transfer? {
    guard number < count else { return nil }
    defer { number += 1 }
    let payer = random.next(below: Self.accounts)
    let payee = (payer + 1 + random.next(below: Self.accounts - 1)) % Self.accounts
    // 53 bits below one; its logarithm is that of a number above nothing.
    let share = Double(random.next() >> 11) / 9_007_199_254_740_992
    let minorUnits = Int64(-log(1 - share) * Self.meanMinorUnits)
    return Transfer(
      number: number, payer: payer, payee: payee, minorUnits: Swift.max(1, minorUnits))
  }

  /// The id of the account with that number.
  package static func account(_ number: Int) -> String { "acct-\(number)" }
}
