import Foundation
import Model

/// Runs sequences on all processors, and reports.
struct Sequences: Sendable {
  /// One sequence to be made and taken.
  private struct Plan: Sendable {
    let seed: UInt64
    let commands: Int
    let every: Int
  }

  private struct Failure: Sendable {
    let plan: Plan
    let steps: [ModelStep]
    let disagreement: Disagreement
  }

  private let plans: [Plan]
  private let lanes = max(1, ProcessInfo.processInfo.activeProcessorCount)
  private let folder = FileManager.default.temporaryDirectory.path

  init(_ arguments: TrialArguments) {
    var plans = (0..<arguments.sequences).map { index in
      Plan(
        seed: UInt64(arguments.firstSeed + index), commands: arguments.commands,
        every: arguments.every)
    }
    if arguments.long > 0 {
      // First, since it takes longest.
      let long = Plan(
        seed: UInt64(arguments.firstSeed), commands: arguments.long,
        every: max(arguments.every, arguments.long / 4))
      plans.insert(long, at: 0)
    }
    self.plans = plans
  }

  /// True if the model and the ledger agreed everywhere.
  func run() async throws -> Bool {
    let begin = ContinuousClock.now
    say("\(plans.count) sequences; the steps of those on their way stand in \(folder)")
    var tally = ModelTally()
    var failures: [Failure] = []
    try await withThrowingTaskGroup(of: (ModelTally, Failure?).self) { group in
      var waiting = plans[...]
      for _ in 0..<lanes {
        if let plan = waiting.popFirst() { group.addTask { try take(plan) } }
      }
      while let (found, failure) = try await group.next() {
        tally.add(found)
        if let failure {
          failures.append(failure)
          say("FAILED: seed \(failure.plan.seed), \(failure.disagreement)")
          waiting = []
        }
        if let plan = waiting.popFirst() { group.addTask { try take(plan) } }
      }
    }
    let seconds = (ContinuousClock.now - begin).components.seconds
    say(tally.table)
    say(
      "\n\(tally.commands) commands, \(tally.accepted) accepted, \(tally.disturbances) disturbances, "
        + "\(tally.checks) comparisons in \(seconds) s")
    for failure in failures { try shrink(failure) }
    return failures.isEmpty
  }

  private func take(_ plan: Plan) throws -> (ModelTally, Failure?) {
    let steps = ModelGenerator.steps(
      seed: plan.seed, commands: plan.commands, askingEverythingEvery: plan.every,
      wideInstants: plan.seed.isMultiple(of: 5) ? 400 : 0)
    let file = folder + "/model-trial-\(plan.seed)-\(plan.commands).ndjson"
    try Data(ModelStep.text(steps).utf8).write(to: URL(fileURLWithPath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    do {
      return (try ModelTrial(steps).run(), nil)
    } catch let disagreement as Disagreement {
      return (ModelTally(), Failure(plan: plan, steps: steps, disagreement: disagreement))
    }
  }

  private func shrink(_ failure: Failure) throws {
    say("\nseed \(failure.plan.seed): shrinking \(failure.steps.count) steps …")
    let shrinking = try ModelShrinking(failure.steps, failure.disagreement)
    say("\(shrinking.steps.count) steps are left after \(shrinking.trials) trials:\n")
    say(ModelStep.text(shrinking.steps))
    say("\(shrinking.disagreement)")
  }
}
