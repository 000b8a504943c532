import Testing

/// One process waits for what another writes.
@Suite("Waiting for another process")
struct VersionWaitTests {
  @Test("a summary answers once other processes opened the account and took it to the version")
  func waits() throws {
    let sandbox = try Sandbox()
    try sandbox.run("ledger init")
    let waiting = try (1...2).map { version in
      try sandbox.start("ledger summary a --after-version \(version) --timeout 5m --format ndjson")
    }
    try sandbox.run("ledger open a --currency USD; ledger deposit a 5; ledger deposit a 7")
    for (version, waiter) in zip(1...2, waiting) {
      let outcome = try waiter.outcome()
      #expect(outcome.status == 0 && outcome.errors.isEmpty)
      let answer = try #require(try Sandbox.objects(in: outcome.output).first)
      #expect(try #require(answer["version"] as? Int) >= version)
    }
  }
}
