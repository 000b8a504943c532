import Model
import Testing

/// A short share of what `make model` does for minutes.
@Suite("The ledger and a naive model of it")
struct ModelTests {
  /// Every refusal that a command can meet. The others are of questions, of a ledger that is loaded into
  /// though it has commits, and of texts inside the data of older events.
  private static let refusals: Set = [
    "account_closed", "account_exists", "account_not_found", "alert_not_found",
    "alert_rule_exists", "alert_rule_not_found", "alert_seen_before", "already_reversed",
    "amount_overflow", "balance_not_zero", "beyond_head", "clock_behind",
    "closed_before_last_change", "currency_mismatch", "effective_in_future",
    "idempotency_key_conflict", "insufficient_funds", "invalid_account_id", "invalid_amount",
    "not_reversible", "nothing_to_erase", "nothing_to_reverse", "overdraft_limit_too_low",
    "past_overdraft", "period_closed", "period_not_closed", "period_not_over", "same_account",
    "unknown_currency", "version_conflict",
  ]

  @Test("agree after every step of random sequences, in which every refusal occurs")
  func agree() throws {
    var tally = ModelTally()
    for seed in UInt64(1)...2 {
      tally.add(
        try compare(ModelGenerator.steps(seed: seed, commands: 350, askingEverythingEvery: 175)))
    }
    let codes = tally.codes
    #expect(Self.refusals.subtracting(codes.keys) == [])
    #expect(Set(codes.keys).subtracting(Self.refusals) == ["accepted", "replayed"])
    #expect(tally.accepted > tally.commands / 2)
    #expect(tally.outcomes.values.allSatisfy { $0["accepted"] ?? 0 > 0 })
    #expect(tally.disturbances > 20)
  }

  @Test("agree about an account with very many instants, entered in no order")
  func agreeAboutMany() throws {
    let tally = try compare(
      ModelGenerator.steps(
        seed: 3, commands: 60, askingEverythingEvery: 1_000, wideInstants: 300))
    #expect(tally.outcomes["deposit"]?["accepted"] ?? 0 > 200)
    #expect(tally.codes["past_overdraft"] ?? 0 > 0)
  }

  /// The tally of a trial in which model and ledger agree; else records where they don't.
  private func compare(_ steps: [ModelStep]) throws -> ModelTally {
    do {
      return try ModelTrial(steps).run()
    } catch let disagreement as Disagreement {
      let short = try ModelShrinking(steps, disagreement, mostTrials: 400)
      Issue.record("\(ModelStep.text(short.steps))\(short.disagreement)")
      return ModelTally()
    }
  }
}
