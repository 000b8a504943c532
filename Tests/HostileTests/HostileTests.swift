import Foundation
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

  @Test("with a table of projections that loses rows is damaged, and nobody waits for ever")
  func lostRows() throws {
    let plan = try Self.plan.get()
    // The page of its rows, and there the bytes that say where the rows are.
    let row = try #require(Data(plan.pristine.bytes).range(of: Data("book_countersdeferred".utf8)))
    let page = row.lowerBound / Pristine.pageBytes + 1
    let files = plan.files.filter { file in
      file.kind == .pageHeader
        && [11, 14, 15].contains(where: { file.name.hasPrefix("page \(page), byte \($0) ") })
    }
    #expect(files.count > 4)
    let trial = try HostileTrial(plan.pristine)
    for file in files {
      let (outcome, detail) = try trial.outcome(of: file)
      #expect(outcome.isGood, "\(outcome): \(file): \(detail)")
    }
  }

  @Test(
    "with rows that no program writes crashes nothing, and nobody waits for ever",
    arguments: [
      "projections.checkpoint: another number: UPDATE projections SET checkpoint = \(Int64.min) ",
      "recorded_events.commit_number: another number: UPDATE recorded_events SET commit_number = "
        + "\(Int64.min) ",
      "streams.stream_id: another type",
    ])
  func rows(_ change: String) throws {
    let plan = try Self.plan.get()
    let trial = try HostileTrial(plan.pristine)
    let files = plan.files.filter { $0.kind == .rows && $0.name.hasPrefix(change) }
    #expect(!files.isEmpty)
    for file in files {
      let (outcome, detail) = try trial.outcome(of: file)
      #expect(outcome.isGood, "\(outcome): \(file): \(detail)")
    }
  }

  @Test("with rows that contradict each other crashes nothing, and nobody waits for ever")
  func contradictions() throws {
    let plan = try Self.plan.get()
    let trial = try HostileTrial(plan.pristine)
    for file in plan.files where file.kind == .contradictions {
      let (outcome, detail) = try trial.outcome(of: file)
      #expect(outcome == .damaged, "\(outcome): \(file): \(detail)")
    }
  }
}
