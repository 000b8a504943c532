/// Makes a failing sequence short: by leaving out as many steps as can be, and saying less in the others.
///
/// After A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002), with
/// chunks that are tried from the end.
package struct ModelShrinking {
  /// The shortest failing sequence so far.
  package private(set) var steps: [ModelStep]
  /// What differs at its end.
  package private(set) var disagreement: Disagreement
  /// How many sequences were tried.
  package private(set) var trials = 0

  private let rules: ModelRules
  private let mostTrials: Int

  /// Shrinks `steps`, of which `disagreement` came. What fails otherwise is another failure.
  package init(
    _ steps: [ModelStep], _ disagreement: Disagreement, rules: ModelRules = ModelRules(),
    mostTrials: Int = 3_000
  ) throws {
    (self.steps, self.disagreement) = (steps, disagreement)
    (self.rules, self.mostTrials) = (rules, mostTrials)
    endAtDisagreement()
    try askOnlyWhatDiffers()
    try keep(self.steps.dropLast().filter(\.isCommand) + self.steps.suffix(1))
    var before: [ModelStep]
    repeat {
      before = self.steps
      try leaveOut()
      try saySimpler()
    } while self.steps != before
  }

  /// What comes after the failure says nothing.
  private mutating func endAtDisagreement() {
    guard let last = steps.firstIndex(where: { $0.number == disagreement.step }) else { return }
    steps.removeSubrange((last + 1)...)
  }

  /// Keeps `candidate` if it fails in the same way.
  @discardableResult
  private mutating func keep(_ candidate: [ModelStep]) throws -> Bool {
    guard trials < mostTrials, candidate != steps else { return false }
    trials += 1
    do {
      _ = try ModelTrial(candidate, rules: rules).run()
      return false
    } catch let found as Disagreement {
      guard found.isLike(disagreement) else { return false }
      (steps, disagreement) = (candidate, found)
      endAtDisagreement()
      return true
    }
  }

  /// One question in place of all of them.
  private mutating func askOnlyWhatDiffers() throws {
    guard let question = disagreement.question, var last = steps.last else { return }
    last.action = .ask(question: question)
    try keep(steps.dropLast() + [last])
  }

  private mutating func leaveOut() throws {
    var size = max(1, steps.count / 2)
    while size > 0 {
      var end = steps.count
      while end > 0 {
        let start = max(0, end - size)
        try keep(Array(steps[..<start] + steps[min(end, steps.count)...]))
        end = min(start, steps.count)
      }
      size /= 2
    }
  }

  private mutating func saySimpler() throws {
    var index = 0
    while index < steps.count {
      for simpler in steps[index].simpler(after: index > 0 ? steps[index - 1] : nil) {
        guard index < steps.count else { return }
        var candidate = steps
        candidate[index] = simpler(candidate[index])
        try keep(candidate)
      }
      index += 1
    }
  }
}

extension ModelStep {
  fileprivate var isCommand: Bool {
    if case .perform = action { true } else { false }
  }

  /// Ways to say less in this step.
  fileprivate func simpler(after previous: ModelStep?) -> [(ModelStep) -> ModelStep] {
    var ways: [(ModelStep) -> ModelStep] = [
      { Self.with($0) { $0.handle = 0 } },
      { Self.with($0) { $0.clockMicros = previous?.clockMicros ?? ModelGenerator.start } },
    ]
    guard case .perform(let command, _) = action else { return ways }
    let fields: [(inout ModelOptions) -> Void] = [
      { $0 = ModelOptions() }, { $0.key = nil }, { $0.expectedVersion = nil },
      { $0.expectedVersionTo = nil }, { $0.reason = nil }, { $0.correlationID = nil },
      { $0.corrects = nil }, { $0.allowsPastOverdraft = nil }, { $0.effectiveAt = nil },
    ]
    ways += fields.map { change in
      { step in
        guard case .perform(let command, var options) = step.action else { return step }
        change(&options)
        return Self.with(step) { $0.action = .perform(command: command, options: options) }
      }
    }
    ways += command.simpler.map { simpler in
      { step in
        guard case .perform(let command, let options) = step.action else { return step }
        return Self.with(step) {
          $0.action = .perform(command: simpler(command), options: options)
        }
      }
    }
    return ways
  }

  private static func with(_ step: ModelStep, _ change: (inout ModelStep) -> Void) -> ModelStep {
    var step = step
    change(&step)
    return step
  }
}

extension ModelCommand {
  /// Ways to say less in this command.
  fileprivate var simpler: [(ModelCommand) -> ModelCommand] {
    [
      { command in
        switch command {
        case .open(let account, let currency, let limit, _):
          .open(account: account, currency: currency, limit: limit, holder: nil)
        case .change(let account, let limit, _) where limit != nil:
          .change(account: account, limit: limit, holder: nil)
        case .deposit(let account, let amount, _):
          .deposit(account: account, amount: amount, description: nil)
        case .withdraw(let account, let amount, _):
          .withdraw(account: account, amount: amount, description: nil)
        case .transfer(let payer, let payee, let amount, _):
          .transfer(from: payer, to: payee, amount: amount, description: nil)
        case .reverse(let reference, let keeps, _):
          .reverse(of: reference, keepsEffectiveTime: keeps, description: nil)
        default: command
        }
      },
      { command in
        if case .open(let account, let currency, _, let holder) = command {
          .open(account: account, currency: currency, limit: nil, holder: holder)
        } else {
          command
        }
      },
      { command in
        let one = ModelAmount("1")
        return switch command {
        case .deposit(let account, _, let text):
          .deposit(account: account, amount: one, description: text)
        case .withdraw(let account, _, let text):
          .withdraw(account: account, amount: one, description: text)
        case .transfer(let payer, let payee, _, let text):
          .transfer(from: payer, to: payee, amount: one, description: text)
        default: command
        }
      },
      { command in
        if case .transfer(let payer, _, let amount, let text) = command {
          .withdraw(account: payer, amount: amount, description: text)
        } else {
          command
        }
      },
    ]
  }
}
