import Model
import Testing

/// A short share of what `make model` does for minutes.
@Suite("The ledger and a naive model of it")
struct ModelTests {
  /// Every refusal that a command can meet. What no command of a trial can meet is left out: a ledger that
  /// is loaded into with commits, older events, questions, and alerts.
  private static let refusals: Set = [
    "account_closed", "account_exists", "account_not_found", "already_reversed", "amount_overflow",
    "balance_not_zero", "beyond_head", "clock_behind", "closed_before_last_change",
    "currency_mismatch", "effective_in_future", "idempotency_key_conflict", "insufficient_funds",
    "invalid_account_id", "invalid_amount", "not_reversible", "nothing_to_erase",
    "nothing_to_reverse", "overdraft_limit_too_low", "past_overdraft", "period_closed",
    "period_not_closed", "period_not_over", "same_account", "unknown_currency", "version_conflict",
  ]

  @Test("agree after every step of random sequences, in which every refusal occurs")
  func agree() throws {
    var tally = ModelTally()
    for seed in UInt64(1)...4 {
      let steps = ModelGenerator.steps(seed: seed, commands: 300, askingEverythingEvery: 150)
      do {
        tally.add(try ModelTrial(steps).run())
      } catch let disagreement as Disagreement {
        let short = try ModelShrinking(steps, disagreement, mostTrials: 400)
        Issue.record("seed \(seed): \(ModelStep.text(short.steps))\(short.disagreement)")
      }
    }
    let codes = tally.codes
    #expect(Self.refusals.subtracting(codes.keys) == [])
    #expect(Set(codes.keys).subtracting(Self.refusals) == ["accepted", "replayed"])
    #expect(tally.accepted > tally.commands / 2)
    #expect(tally.outcomes.values.allSatisfy { $0["accepted"] ?? 0 > 0 })
  }
}
