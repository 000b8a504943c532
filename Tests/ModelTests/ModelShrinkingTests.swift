import Model
import Testing

/// A trial that never fails proves nothing: here the model is wrong, one rule at a time.
@Suite("A trial with a wrong model")
struct ModelShrinkingTests {
  /// What a model may have forgotten.
  enum Mistake: CaseIterable {
    case checksNoPast, reversesTwice, closesNoPeriod, countsInstantsApart

    var rules: ModelRules {
      var rules = ModelRules()
      switch self {
      case .checksNoPast: rules.checksPast = false
      case .reversesTwice: rules.reversesOnce = false
      case .closesNoPeriod: rules.closesPeriods = false
      case .countsInstantsApart: rules.countsInstantsTogether = false
      }
      return rules
    }
  }

  private static func steps(_ seed: UInt64) -> [ModelStep] {
    ModelGenerator.steps(seed: seed, commands: 150, askingEverythingEvery: 1_000)
  }

  private static func outcomes(_ steps: [ModelStep], _ rules: ModelRules) -> [ModelOutcome?] {
    var model = ModelLedger(rules: rules)
    return steps.map { model.take($0) }
  }

  @Test("finds the mistake, and shrinks it to five steps at most", arguments: Mistake.allCases)
  func finds(_ mistake: Mistake) throws {
    let rules = mistake.rules
    let steps = try #require(
      (1...60).lazy.map(Self.steps).first {
        Self.outcomes($0, rules) != Self.outcomes($0, ModelRules())
      })
    let disagreement = try #require(throws: Disagreement.self) {
      try ModelTrial(steps, rules: rules).run()
    }
    let short = try ModelShrinking(steps, disagreement, rules: rules)
    #expect(short.steps.count <= 5)
    let read = try ModelStep.steps(in: ModelStep.text(short.steps))
    #expect(read == short.steps)
    #expect(throws: short.disagreement) { try ModelTrial(read, rules: rules).run() }
    #expect(try ModelTrial(read).run().commands > 0)
  }

  @Test("makes the same sequence of the same seed, and another of another")
  func sequences() {
    #expect(Self.steps(3) == Self.steps(3))
    #expect(Self.steps(3) != Self.steps(4))
  }
}
