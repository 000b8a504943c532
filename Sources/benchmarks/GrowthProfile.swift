import LedgerBench
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The same at a thousand, ten thousand, … events, and how it grows.
struct GrowthProfile: Profile {
  static let name = "growth"
  static let summary =
    "the same at 1,000, 10,000, … events; slope 1 grows as fast as the ledger, 0 not at all"
  private static let contenders = 8
  private static let secondsOfContention = 5

  /// What is timed at each size.
  private static let series = [
    Series("balance", .median(of: 31)) { $0.ask("balance", "acct-7") },
    Series("balance-at", .median(of: 31)) { $0.ask("balance-at", "acct-7", "--position", "900") },
    Series("deposit", .median(of: 31)) { $0.ask("deposit", "acct-7", "1.00") },
    Series("history", .median(of: 11)) { $0.ask("history", "acct-7", "--limit", "20") },
    Series("replay", .median(of: 11)) { $0.ask("replay", "acct-7", "-O", "ndjson") },
    Series("audit", .median(of: 11)) { $0.ask("audit", "acct-7") },
    Series("audit of all", .once) { $0.ask("audit", "-O", "ndjson") },
    Series("verify", .once) { $0.ask("verify") },
    Series("rebuild", .once) { $0.ask("projections", "rebuild") },
    Series("bench single", .once) { $0.have("bench", "single") },
    Series("bench bulk", .once) { $0.have("bench", "bulk") },
    Series("bench import", .once) { $0.have("bench", "import") },
    Series("8 at once", .once) { try $0.contend() },
  ]

  /// A line of the table.
  private struct Series: Sendable {
    enum Rounds: Sendable {
      case once
      /// After one that is not counted.
      case median(of: Int)
    }

    let name: String
    private let rounds: Rounds
    private let milliseconds: @Sendable (Size) throws -> Double

    init(
      _ name: String, _ rounds: Rounds, milliseconds: @escaping @Sendable (Size) throws -> Double
    ) {
      (self.name, self.rounds, self.milliseconds) = (name, rounds, milliseconds)
    }

    func time(_ size: Size) throws -> Double {
      switch rounds {
      case .once: return try milliseconds(size)
      case .median(let count):
        _ = try milliseconds(size)
        return try (0..<count).map { _ in try milliseconds(size) }.median
      }
    }
  }

  /// A ledger of so many events.
  private struct Size {
    let events: Int
    let path: String
    let bench: Bench

    /// Asks the ledger something.
    func ask(_ words: String...) -> Double { bench.ledger(words, on: path).milliseconds }

    /// Has `ledger bench` record as many events in a ledger of its own, beside its accounts; a transfer is two.
    func have(_ words: String...) -> Double {
      ProgramRun(
        [bench.program] + words + ["--operations", "\(events / 2)", "--dir", bench.folder]
      ).milliseconds
    }

    /// How long 1,000 transfers of several processes take, in a ledger of its own in which transfers have left as
    /// many events.
    func contend() throws -> Double {
      let trial = try ContentionTrial(
        "\(bench.folder)/growth-contention.db", processes: contenders,
        seconds: secondsOfContention, after: events / 2)
      return Double(secondsOfContention) * 1_000 / Double(trial.total) * 1_000
    }
  }

  func run(_ bench: Bench) throws {
    var sizes = [1_000]
    while let last = sizes.last, last < bench.events { sizes.append(last * 10) }
    var times: [[Double]] = []
    for events in sizes {
      let path = "\(bench.folder)/growth.db"
      removeStore(at: path)
      defer { removeStore(at: path) }
      _ = Bench(program: bench.program, folder: bench.folder, events: events)
        .makeBusyLedger(at: path)
      let size = Size(events: events, path: path, bench: bench)
      times.append(try Self.series.map { try $0.time(size) })
    }
    print(label("ms at", 14) + sizes.map { column($0, 11) }.joined() + "   last/first  slope")
    for (index, series) in Self.series.enumerated() {
      let row = times.map { $0[index] }
      guard let first = row.first, let last = row.last, row.count > 1 else { continue }
      let slope = (log10(last) - log10(row[row.count - 2]))
      print(
        label(series.name, 14) + row.map { column($0.rounded(to: 100), 11) }.joined()
          + column((last / first).rounded(to: 100), 13) + column(slope.rounded(to: 100), 7))
    }
    print("8 at once: 1,000 transfers of 8 processes, after as many events of transfers")
    print("bench …, 8 at once: the 10,000 accounts in their ledgers are not counted")
  }
}
