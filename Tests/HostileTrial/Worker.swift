import Foundation
import Hostile

/// Tries a share of the files, and writes what came of each into a file: one byte a hostile file.
struct Worker {
  /// The argument that makes this program a worker.
  static let flag = "--worker"

  private let plan: HostilePlan
  private let results: FileHandle
  private let share: StrideTo<Int>
  private let words: String

  private struct BadArguments: Error {}

  /// The arguments of a worker that takes each `step`th file from number `first` on whose description has
  /// `words` in it. The pristine ledger stands in `folder`.
  static func arguments(
    folder: URL, results: String, from first: Int, step: Int, words: String
  ) -> [String] {
    [flag, folder.path, results, "\(first)", "\(step)", words]
  }

  /// Takes what `arguments` made, without the flag.
  init(_ arguments: [String]) throws {
    guard arguments.count == 5, let first = Int(arguments[2]), let step = Int(arguments[3]) else {
      throw BadArguments()
    }
    plan = try HostilePlan(Pristine(from: URL(fileURLWithPath: arguments[0])))
    results = try FileHandle(forUpdating: URL(fileURLWithPath: arguments[1]))
    share = stride(from: first, to: plan.files.count, by: step)
    words = arguments[4]
  }

  func run() throws {
    let trial = try HostileTrial(plan.pristine)
    for index in share where words.isEmpty || "\(plan.files[index])".contains(words) {
      try write(.started, index)
      let (outcome, detail) = try trial.outcome(of: plan.files[index])
      try write(outcome, index)
      if !outcome.isGood { print("\(outcome): \(plan.files[index])\n  \(detail)") }
    }
  }

  private func write(_ outcome: HostileTrial.Outcome, _ index: Int) throws {
    try results.seek(toOffset: UInt64(index))
    try results.write(contentsOf: [outcome.rawValue])
  }
}
