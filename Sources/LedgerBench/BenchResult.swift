/// What a profile took.
package struct BenchResult {
  package let profile: String
  /// How many transfers were recorded.
  package let operations: Int
  /// From the first to the last, the last commit on disk.
  package let seconds: Double
  /// How long commits took, in microseconds; nil where there was but one.
  package let latency: Latency?
  /// How much time this process computed meanwhile, in its own code and in the system's.
  package let cpuSeconds: Double
  /// The largest resident size of this process so far.
  package let peakBytes: Int
  /// How much the log grew.
  package let logBytes: Int64
  /// How much the projections and snapshots grew.
  package let projectionBytes: Int64

  /// Transfers a second.
  package var throughput: Double { Double(operations) / seconds }

  package var bytesPerOperation: Double { perOperation(logBytes + projectionBytes) }

  package var logBytesPerOperation: Double { perOperation(logBytes) }

  private func perOperation(_ bytes: Int64) -> Double { Double(bytes) / Double(operations) }
}

/// How long things took, in microseconds.
package struct Latency {
  /// Half of them took no longer.
  package let p50: Double
  /// 99 of 100 took no longer.
  package let p99: Double
  /// The longest.
  package let p100: Double

  /// Nil if nothing was timed.
  package init?(micros: [Double]) {
    guard let last = micros.indices.last else { return nil }
    let sorted = micros.sorted()
    // The nearest rank: the first that so many are not above.
    func rank(_ percent: Int) -> Int { Swift.max(0, (sorted.count * percent + 99) / 100 - 1) }
    (p50, p99, p100) = (sorted[rank(50)], sorted[rank(99)], sorted[last])
  }
}

/// Times what happens step by step.
package struct Stopwatch {
  private let start = ContinuousClock.now
  private let cpuAtStart = ProcessUsage.cpuSeconds
  private var micros: [Double] = []

  /// Starts.
  package init() {}

  /// Runs one step.
  package mutating func step<Result>(_ body: () throws -> Result) rethrows -> Result {
    let begin = ContinuousClock.now
    defer { micros.append((ContinuousClock.now - begin) / .microseconds(1)) }
    return try body()
  }

  package var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  package var cpuSeconds: Double { ProcessUsage.cpuSeconds - cpuAtStart }

  /// Of the steps so far.
  package var latency: Latency? { Latency(micros: micros) }
}
