import Hostile
import Testing

/// A share of what `make hostile` tries.
@Suite("A file that a stranger made")
struct HostileTests {
  /// Made once: the list is long.
  private static let plan = Result { try HostilePlan(Pristine()) }

  @Test(
    "crashes nothing, runs nothing, and is answered with sentences, and rightly or not at all",
    arguments: HostileFile.Kind.allCases)
  func answered(_ kind: HostileFile.Kind) throws {
    let plan = try Self.plan.get()
    let trial = try HostileTrial(plan.pristine)
    let files = plan.files.filter { $0.kind == kind }
    let step = max(1, files.count / 6)
    #expect(!files.isEmpty)
    for index in stride(from: step / 2, to: files.count, by: step) {
      let (outcome, detail) = try trial.outcome(of: files[index])
      #expect(outcome.isGood, "\(outcome): \(files[index]): \(detail)")
    }
  }
}
