import LedgerBench
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The same at ten thousand, a hundred thousand and a million events, and how it grows.
struct GrowthProfile: Profile {
  static let name = "growth"
  static let summary =
    "the same at 1,000, 10,000, … events; slope 1 grows as fast as the ledger, 0 not at all"

  /// What is timed at each size, once or more often.
  private static let questions: [(name: String, words: [String], runs: Int)] = [
    ("balance", ["balance", "acct-7"], 31),
    ("balance-at", ["balance-at", "acct-7", "--position", "900"], 31),
    ("deposit", ["deposit", "acct-7", "1.00"], 31),
    ("history", ["history", "acct-7", "--limit", "20"], 11),
    ("audit", ["audit", "acct-7"], 11),
    ("audit of all", ["audit", "-O", "ndjson"], 1),
    ("verify", ["verify"], 1),
    ("rebuild", ["projections", "rebuild"], 1),
    ("bench bulk", ["bench", "bulk"], 1),
    ("bench import", ["bench", "import"], 1),
  ]

  func run(_ bench: Bench) throws {
    var sizes = [1_000]
    while let last = sizes.last, last < bench.events { sizes.append(last * 10) }
    var times: [[Double]] = []
    for size in sizes {
      let path = "\(bench.folder)/growth.db"
      removeStore(at: path)
      defer { removeStore(at: path) }
      _ = Bench(program: bench.program, folder: bench.folder, events: size).makeBusyLedger(at: path)
      times.append(
        Self.questions.map { question in
          func run() -> ProgramRun {
            if question.words[0] != "bench" { return bench.ledger(question.words, on: path) }
            // A ledger of its own; a transfer is two events.
            return ProgramRun(
              [bench.program] + question.words
                + ["--operations", "\(size / 2)", "--dir", bench.folder])
          }
          if question.runs > 1 { _ = run() }
          return (0..<question.runs).map { _ in run().milliseconds }.median
        })
    }
    print(label("ms at", 14) + sizes.map { column($0, 11) }.joined() + "   last/first  slope")
    for (index, question) in Self.questions.enumerated() {
      let row = times.map { $0[index] }
      guard let first = row.first, let last = row.last, row.count > 1 else { continue }
      let slope = (log10(last) - log10(row[row.count - 2]))
      print(
        label(question.name, 14) + row.map { column($0.rounded(to: 100), 11) }.joined()
          + column((last / first).rounded(to: 100), 13) + column(slope.rounded(to: 100), 7))
    }
  }
}
