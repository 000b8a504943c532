import Model
import Testing

/// A trial that never fails proves nothing: here the model is wrong, one rule at a time.
@Suite("A trial with a wrong model")
struct ModelShrinkingTests {
  /// A model without one of its rules.
  enum Mistake: CaseIterable {
    case forgetsThePast, reversesTwice, closesNoPeriod, countsInstantsApart

    var rules: ModelRules {
      var rules = ModelRules()
      switch self {
      case .forgetsThePast: rules.checksPast = false
      case .reversesTwice: rules.reversesOnce = false
      case .closesNoPeriod: rules.closesPeriods = false
      case .countsInstantsApart: rules.countsInstantsTogether = false
      }
      return rules
    }
  }

  @Test("finds the mistake, and shrinks it to five steps at most", arguments: Mistake.allCases)
  func finds(_ mistake: Mistake) throws {
    let steps = ModelGenerator.steps(seed: 1, commands: 300, askingEverythingEvery: 1_000)
    let disagreement = try #require(throws: Disagreement.self) {
      try ModelTrial(steps, rules: mistake.rules).run()
    }
    let short = try ModelShrinking(steps, disagreement, rules: mistake.rules)
    #expect(short.steps.count <= 5)
    let text = ModelStep.text(short.steps)
    let read = try ModelStep.steps(in: text)
    #expect(read == short.steps)
    #expect(throws: short.disagreement) { try ModelTrial(read, rules: mistake.rules).run() }
    #expect(try ModelTrial(read).run().commands > 0)
  }

  @Test("makes the same sequence of the same seed, and another of another")
  func sequences() {
    func steps(_ seed: UInt64) -> [ModelStep] {
      ModelGenerator.steps(seed: seed, commands: 50, askingEverythingEvery: 20)
    }
    #expect(steps(3) == steps(3))
    #expect(steps(3) != steps(4))
  }
}
