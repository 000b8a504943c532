import Testing

/// A share of what `make crashes` tries.
@Suite("Kills at random instants")
struct CrashTrialTests {
  @Test("of everything that writes leave every receipt, and nothing half")
  func share() throws {
    let outcome = try Sandbox().run(
      "crash-trial \"$(command -v ledger)\" --operations 7 --rounds 20 --rows 80 --seed 5",
      mergingErrors: true)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("OK: 20 rounds with seed 5"), "\(outcome.output)")
  }
}
