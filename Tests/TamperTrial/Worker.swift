import Foundation
import Tampering

/// Tries a share of the changes, and writes what came of each into a file: one byte a change.
struct Worker {
  private let plan: TamperPlan
  private let trial: TamperTrial
  private let results: FileHandle

  /// Takes the ledgers from `folder`, where they stand under their sizes.
  init(folder: String, results: String) throws {
    var pristine: [TrialLedger.Size: Data] = [:]
    for size in TrialLedger.Size.allCases {
      pristine[size] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(size)"))
    }
    plan = try TamperPlan(pristine: pristine)
    trial = try TamperTrial(plan)
    self.results = try FileHandle(forUpdating: URL(fileURLWithPath: results))
  }

  func run(from first: Int, step: Int) throws {
    for index in stride(from: first, to: plan.tamperings.count, by: step) {
      try write(.started, index)
      try write(trial.outcome(of: plan.tamperings[index]).outcome, index)
    }
  }

  private func write(_ outcome: TamperTrial.Outcome, _ index: Int) throws {
    try results.seek(toOffset: UInt64(index))
    try results.write(contentsOf: [outcome.rawValue])
  }
}
