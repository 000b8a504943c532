import EventStore
import LedgerDomain
import LedgerKit

/// Takes steps on a real ledger and on the model, and compares both after each of them.
package struct ModelTrial: Sendable {
  package let steps: [ModelStep]
  package let rules: ModelRules

  package init(_ steps: [ModelStep], rules: ModelRules = ModelRules()) {
    (self.steps, self.rules) = (steps, rules)
  }

  /// Takes all steps; `begin` is told of each before. Throws the first `Disagreement`, and what is wrong
  /// with the trial itself.
  package func run(_ begin: (ModelStep) throws -> Void = { _ in }) throws -> ModelTally {
    var course = ModelCourse(try ModelSubject(), ModelLedger(rules: rules))
    for step in steps {
      try begin(step)
      try course.take(step)
    }
    return course.tally
  }
}

/// A trial on its way.
private struct ModelCourse {
  private let subject: ModelSubject
  private var model: ModelLedger
  private(set) var tally = ModelTally()

  init(_ subject: ModelSubject, _ model: ModelLedger) {
    (self.subject, self.model) = (subject, model)
  }

  mutating func take(_ step: ModelStep) throws {
    subject.turnClock(to: step)
    tally.steps += 1
    do {
      switch step.action {
      case .perform(let command, let options):
        try perform(command, options, step, isRehearsal: false)
      case .rehearse(let command, let options):
        try perform(command, options, step, isRehearsal: true)
      case .ask(let question):
        try ask(question, step)
      case .askEverything:
        for question in model.everyQuestion { try ask(question, step) }
      case .reopen, .takeSnapshotsEvery, .takeSnapshots, .pruneSnapshots, .rebuild, .catchUp,
        .moveToCopy:
        try subject.disturb(step.action, step.handle)
        _ = model.take(step)
        tally.disturbances += 1
      }
    } catch let disagreement as Disagreement {
      throw disagreement
    } catch {
      throw Disagreement(
        step: step.number, check: "no error", expected: ["no error"], found: ["\(error)"])
    }
  }

  private mutating func perform(
    _ command: ModelCommand, _ options: ModelOptions, _ step: ModelStep, isRehearsal: Bool
  ) throws {
    let found = try subject.perform(
      command, options, step.handle, in: model, isRehearsal: isRehearsal)
    guard let expected = model.take(step) else {
      preconditionFailure("a command has an outcome")
    }
    tally.add(expected, of: command, isRehearsal: isRehearsal)
    try compare(
      "outcome", [expected.code] + expected.lines, [found.code] + found.lines, step)
    try compare("end of the log", model.end, try subject.end(seenBy: 1 - step.handle), step)
    let moved = model.recorded(by: step).compactMap(\.account)
    for account in Set(command.accounts + moved).sorted() {
      try ask(.balance(account: account), step)
    }
    try compareTotals(step)
  }

  /// The balances of each currency add up to what came in less what went out.
  private mutating func compareTotals(_ step: ModelStep) throws {
    var sums: [String: Int128] = [:]
    try subject.handles[step.handle].forEachAccount { account in
      let balance = account.balance
      sums[balance.currency.code, default: 0] += Int128(balance.minorUnits)
    }
    func lines(_ sums: [String: Int128]) -> [String] {
      sums.filter { $0.value != 0 }.map { ModelMoney.text($0.value, $0.key) + " " + $0.key }
        .sorted()
    }
    try compare("totals", lines(model.external), lines(sums), step)
  }

  private mutating func ask(_ question: ModelQuestion, _ step: ModelStep) throws {
    let expected = model.answer(question, clock: step.clockMicros)
    do {
      // Through either handle: what one has written, the other sees.
      let handle = (step.handle + tally.checks) % 2
      try compare("answer", expected, try subject.answer(question, handle), step)
    } catch var disagreement as Disagreement {
      disagreement.question = question
      throw disagreement
    } catch {
      throw Disagreement(
        step: step.number, check: "answer without error", question: question, expected: expected,
        found: ["\(error)"])
    }
  }

  private mutating func compare(
    _ check: String, _ expected: [String], _ found: [String], _ step: ModelStep
  ) throws(Disagreement) {
    tally.checks += 1
    guard expected == found else {
      throw Disagreement(step: step.number, check: check, expected: expected, found: found)
    }
  }
}

extension ModelLedger {
  /// What the end of the log must look like.
  fileprivate var end: [String] {
    guard let last = commits.last else { return ["position: 0"] }
    return [
      "position: \(head)", "recorded: \(ModelMoney.instant(last.recordedAt))",
      "hash as in the receipt",
    ]
  }

  /// The events that a step recorded.
  fileprivate func recorded(by step: ModelStep) -> [Event] {
    (positions[step.number] ?? []).map { events[Int($0 - 1)] }
  }
}
