import Foundation
import Tampering

/// Tries a share of the changes, and writes what came of each into a file: one byte a change.
struct Worker {
  /// The argument that makes this program a worker.
  static let flag = "--worker"

  private let plan: TamperPlan
  private let trial: TamperTrial
  private let results: FileHandle
  private let share: StrideTo<Int>

  /// The arguments of a worker that takes each `step`th change from number `first` on, `tables` meaning
  /// what they mean to `Overseer`. The ledgers stand in `folder`, under their sizes.
  static func arguments(
    folder: String, results: String, from first: Int, step: Int, tables: [String]
  ) -> [String] {
    [flag, folder, results, "\(first)", "\(step)"] + tables
  }

  /// Takes what `arguments` made, without the flag.
  init(_ arguments: ArraySlice<String>) throws {
    let arguments = Array(arguments)
    guard arguments.count >= 4, let first = Int(arguments[2]), let step = Int(arguments[3]) else {
      throw CocoaError(.formatting)
    }
    var pristine: [TrialLedger.Size: Data] = [:]
    for size in TrialLedger.Size.allCases {
      pristine[size] = try Data(contentsOf: URL(fileURLWithPath: "\(arguments[0])/\(size)"))
    }
    plan = try TamperPlan(pristine: pristine).restricted(to: Array(arguments[4...]))
    trial = try TamperTrial(plan)
    results = try FileHandle(forUpdating: URL(fileURLWithPath: arguments[1]))
    share = stride(from: first, to: plan.tamperings.count, by: step)
  }

  func run() throws {
    for index in share {
      try write(.started, index)
      try write(trial.outcome(of: plan.tamperings[index]).outcome, index)
    }
  }

  private func write(_ outcome: TamperTrial.Outcome, _ index: Int) throws {
    try results.seek(toOffset: UInt64(index))
    try results.write(contentsOf: [outcome.rawValue])
  }
}
