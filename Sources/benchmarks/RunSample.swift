import LedgerBench

/// What runs of a program took, each as a whole process.
struct RunSample {
  private let runs: [ProgramRun]
  private let latency: Latency

  /// Runs it `count` times, at least once.
  init(_ count: Int, _ run: () -> ProgramRun) {
    self.init((0..<count).map { _ in run() })
  }

  /// Of runs that were made, at least one.
  init(_ runs: [ProgramRun]) {
    guard let latency = Latency(micros: runs.map { $0.milliseconds * 1_000 }) else {
      preconditionFailure("a sample has at least one run")
    }
    (self.runs, self.latency) = (runs, latency)
  }

  /// Half of the runs took no longer.
  var medianMilliseconds: Double { latency.p50 / 1_000 }

  /// The names of `columns`.
  static let header =
    column("runs", 6) + column("p50, ms", 11) + column("p99, ms", 11) + column("p100, ms", 11)
    + column("CPU, ms", 10)
    + column("peak, MiB", 11)

  /// How long runs took (of fewer than a hundred the slowest is p99, too), the median of what they computed,
  /// and the largest that one of them was.
  var columns: String {
    let times = [latency.p50, latency.p99, latency.p100].map { ($0 / 1_000).rounded(to: 100) }
    let computed = runs.map(\.cpuMilliseconds).median.rounded(to: 100)
    let peak = (runs.map(\.peakBytes).max() ?? 0) >> 20
    return column(runs.count, 6) + times.map { column($0, 11) }.joined() + column(computed, 10)
      + column(peak, 11)
  }
}
