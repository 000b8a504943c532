import Foundation
import Tampering
import TestSupport

/// Shares the changes out among workers, starts another where one has crashed, and reports.
struct Overseer {
  private let plan: TamperPlan
  private let tables: [String]
  private let folder: TemporaryFolder
  private let lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)

  private var results: String { folder.path("results") }

  /// Tries what is done to `tables`, or everything if there are none.
  init(tables: [String]) throws {
    self.tables = tables
    plan = try TamperPlan().restricted(to: tables)
    folder = try TemporaryFolder()
    for (size, file) in plan.pristine {
      try file.write(to: URL(fileURLWithPath: folder.path("\(size)")))
    }
    try Data(count: plan.tamperings.count).write(to: URL(fileURLWithPath: results))
  }

  /// True if every change was caught, or refused by SQLite itself.
  func run() throws -> Bool {
    let begin = ContinuousClock.now
    var running = try (0..<lanes).map { (lane: $0, process: try start($0)) }
    while !running.isEmpty {
      usleep(20_000)
      for (lane, process) in running where !process.isRunning {
        running.removeAll { $0.lane == lane }
        guard process.terminationReason == .uncaughtSignal else {
          guard process.terminationStatus == 0 else { throw WorkerFailed() }
          continue
        }
        let crashed = try outcomes().indices(of: .started, in: lane, lanes)
        let next = (crashed.last ?? lane) + lanes
        running.append((lane, try start(next)))
      }
    }
    return try report(outcomes(), ContinuousClock.now - begin)
  }

  /// A worker ended with an error of its own, which it has printed.
  private struct WorkerFailed: Error {}

  private func start(_ first: Int) throws -> Process {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = Worker.arguments(
      folder: folder.url.path, results: results, from: first, step: lanes, tables: tables)
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    try process.run()
    return process
  }

  private func outcomes() throws -> [TamperTrial.Outcome?] {
    try Data(contentsOf: URL(fileURLWithPath: results)).map(TamperTrial.Outcome.init(rawValue:))
  }

  private func report(_ outcomes: [TamperTrial.Outcome?], _ duration: Duration) throws -> Bool {
    let tried = zip(plan.tamperings, outcomes).map { (tampering: $0, outcome: $1 ?? .started) }
    let report = TamperReport(tried)
    print(report.table)
    for (tampering, outcome) in report.uncaught {
      print("NOT CAUGHT (\(outcome == .started ? "crashed" : "\(outcome)")): \(tampering)")
      if outcome == .failed { print("  \(try TamperTrial(plan).outcome(of: tampering).detail)") }
    }
    let seconds = Double(duration.components.seconds) + 0.001
    let rate = Int(Double(tried.count) / seconds)
    print("\(report.summary) \(duration.components.seconds) s, \(rate) a second")
    return report.uncaught.isEmpty
  }
}

extension [TamperTrial.Outcome?] {
  /// Where `outcome` stands in one lane, in order.
  fileprivate func indices(of outcome: Element, in lane: Int, _ lanes: Int) -> [Int] {
    stride(from: lane, to: count, by: lanes).filter { self[$0] == outcome }
  }
}
