import Foundation
import Hostile
import TestSupport

/// Shares the files out among workers, starts another where one has crashed or hangs, and reports.
struct Overseer {
  /// How long one file may take.
  private static let longestSeconds = 60.0

  private let plan: HostilePlan
  private let words: String
  private let folder: TemporaryFolder
  private let lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)

  private var results: String { folder.path("results") }

  /// Tries the files whose description has `words` in it, or everything if there are none.
  init(words: String) throws {
    self.words = words
    plan = try HostilePlan(Pristine())
    folder = try TemporaryFolder()
    try plan.pristine.save(to: folder.url)
    try Data(count: plan.files.count).write(to: URL(fileURLWithPath: results))
  }

  /// A worker, and what it was at when it was last seen to go on.
  private struct Lane {
    let number: Int
    var process: Process
    var last: Data
    var since = Date()
  }

  /// A worker ended with an error of its own, which it has printed.
  private struct WorkerFailed: Error {}

  /// True if every file met with what it should.
  func run() throws -> Bool {
    let begin = Date()
    var running = try (0..<lanes).map { number in
      Lane(number: number, process: try start(number), last: Data())
    }
    while !running.isEmpty {
      usleep(50_000)
      let state = try Data(contentsOf: URL(fileURLWithPath: results))
      for (index, lane) in running.enumerated().reversed() {
        if lane.process.isRunning {
          let mine = Data(
            stride(from: lane.number, to: state.count, by: lanes).map { state[$0] })
          if mine != lane.last {
            (running[index].last, running[index].since) = (mine, Date())
          } else if Date().timeIntervalSince(lane.since) > Self.longestSeconds {
            kill(lane.process.processIdentifier, SIGKILL)
          }
        } else if lane.process.terminationReason == .uncaughtSignal {
          let stuck = stride(from: lane.number, to: state.count, by: lanes).filter {
            state[$0] == HostileTrial.Outcome.started.rawValue
          }.last
          running[index] = Lane(
            number: lane.number, process: try start((stuck ?? lane.number) + lanes), last: Data())
        } else {
          guard lane.process.terminationStatus == 0 else { throw WorkerFailed() }
          running.remove(at: index)
        }
      }
    }
    return try report(Date().timeIntervalSince(begin))
  }

  private func start(_ first: Int) throws -> Process {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = Worker.arguments(
      folder: folder.url, results: results, from: first, step: lanes, words: words)
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    try process.run()
    return process
  }

  private func report(_ seconds: Double) throws -> Bool {
    let state = try Data(contentsOf: URL(fileURLWithPath: results))
    var counts: [HostileFile.Kind: [HostileTrial.Outcome: Int]] = [:]
    var bad = 0
    for (file, byte) in zip(plan.files, state) {
      guard let outcome = HostileTrial.Outcome(rawValue: byte) else { continue }
      counts[file.kind, default: [:]][outcome, default: 0] += 1
      guard !outcome.isGood else { continue }
      bad += 1
      if outcome == .started { print("CRASHED OR HUNG: \(file)") }
    }
    for kind in HostileFile.Kind.allCases {
      guard let count = counts[kind] else { continue }
      func number(_ outcome: HostileTrial.Outcome) -> Int { count[outcome] ?? 0 }
      print(
        "\(kind.rawValue): \(count.values.reduce(0, +)) files, \(number(.refused)) refused, "
          + "\(number(.damaged)) found damaged, \(number(.sound)) sound, "
          + "\(count.filter { !$0.key.isGood }.values.reduce(0, +)) bad")
    }
    let total = counts.values.reduce(0) { $0 + $1.values.reduce(0, +) }
    print("\(total) files, \(bad) bad, \(Int(seconds)) s")
    return bad == 0
  }
}
