import Foundation
import TestSupport
import Testing

/// Rebuilds of the program itself, several at once.
@Suite("Rebuilds beside one another")
struct RebuildRaceTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 12_000)
  }

  private func isRebuilding() throws -> Bool {
    try sandbox.objects("ledger projections list --format ndjson").contains {
      $0["rebuiltThrough"] is Int
    }
  }

  @Test(
    "the one that began first ends with exit 75, and the one that began last is done",
    arguments: ["", "commit_links"])
  func overtaken(_ names: String) throws {
    // Between seeing the first and starting the second, the first may end.
    for _ in 0..<10 {
      let first = try sandbox.start("ledger projections rebuild account_balances periods")
      while try first.process.isRunning && !isRebuilding() {}
      let second = try sandbox.run("ledger projections rebuild \(names) --busy-timeout 60")
      #expect(second.status == 0, "\(second.errors)")
      let outcome = try first.outcome()
      guard outcome.status != 0 else { continue }
      #expect(outcome.status == 75)
      #expect(outcome.errors.hasPrefix("ledger: rebuild_overtaken: "), "\(outcome.errors)")
      #expect(try !isRebuilding())
      #expect(try sandbox.run("ledger projections verify").status == 0)
      #expect(try sandbox.run("ledger projections rebuild").status == 0)
      #expect(try sandbox.run("ledger verify").status == 0)
      return
    }
    Issue.record("no rebuild was overtaken")
  }

  @Test("of any number that begin at once, whatever they rebuild, one is done and all of them end")
  func atOnce() throws {
    let running = try ["account_balances", "commit_links", "transactions", ""].map {
      try sandbox.start("timeout 60 ledger projections rebuild \($0) --busy-timeout 60")
    }
    let statuses = try running.map { try $0.outcome().status }
    #expect(statuses.allSatisfy { [0, 75].contains($0) }, "\(statuses)")
    #expect(statuses.contains(0))
    #expect(try sandbox.run("ledger projections verify").status == 0)
    #expect(try sandbox.run("ledger verify").status == 0)
  }
}
