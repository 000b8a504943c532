import EventStore
import Foundation
import LedgerDomain
import LedgerKit
import Testing

/// Ledgers that were loaded from an export.
@Suite("A loaded ledger")
struct LoadedLedgerTests {
  /// A sandbox with `all.ndjson`: an account and a deposit, recorded in the year 2099.
  private func future() throws -> Sandbox {
    let sandbox = try Sandbox()
    let path = sandbox.path("future.db")
    let environment = Ledger.Environment(
      clockMicros: { Int64(4_084_000_000_000_000) },
      randomBytes: { [UInt8](repeating: 7, count: $0) })
    try Ledger.create(at: path, environment: environment)
    let ledger = try Ledger(
      path: path, options: .init(access: .readWrite), environment: environment)
    let (account, usd) = (try AccountID("a"), try #require(Currency(code: "USD")))
    let options = CommandOptions(actor: "tomorrow")
    _ = try ledger.perform(.open(account, usd), options)
    _ = try ledger.perform(.deposit(Amount("5"), to: account), options)
    #expect(try sandbox.run("ledger export events --db future.db -o all.ndjson").status == 0)
    return sandbox
  }

  @Test("from the future is loaded and read; commands need --accept-clock, and stay in order")
  func clockBehind() throws {
    let sandbox = try future()
    try sandbox.run("ledger init")
    let loaded = try sandbox.run("ledger import events all.ndjson")
    #expect(loaded.status == 0)
    #expect(loaded.output.hasPrefix("Loaded 2 commits of ledger "))
    #expect(try sandbox.run("ledger balance-at a now").output == "a  5.00 USD\n")
    let refused = try sandbox.run("ledger deposit a 1")
    #expect(refused.status == 1)
    #expect(refused.errors.hasPrefix("ledger: clock_behind: the clock says "))
    #expect(refused.errors.hasSuffix("set the clock right, or use --accept-clock\n"))
    #expect(try sandbox.run("ledger snapshot create --all").output == "Took 1 snapshot.\n")
    let booked = try sandbox.run("ledger deposit a 1 --accept-clock --format ndjson")
    #expect(booked.status == 0)
    #expect(booked.output.contains(#""recordedAt":"2099-06-01T12:26:40.000002Z""#))
    #expect(try sandbox.run("ledger balance a").output == "a  6.00 USD\n")
    #expect(try sandbox.run("ledger verify").status == 0)
  }

  @Test("comes from standard input as well, and is not written over by its own answer")
  func standardInput() throws {
    let sandbox = try future()
    try sandbox.run("ledger init; ledger init --db other.db")
    #expect(try sandbox.run("cat all.ndjson | ledger import events - -O ndjson").status == 0)
    #expect(try sandbox.run("ledger export events | cmp - all.ndjson").status == 0)
    let over = try sandbox.run("ledger import events all.ndjson --db other.db -o all.ndjson")
    #expect(over.status == 64)
    #expect(try sandbox.run("ledger export events | cmp - all.ndjson").status == 0)
  }

  @Test("is whole or empty: a killed load leaves nothing, and can be repeated")
  func killed() throws {
    let sandbox = try future()
    try sandbox.run("ledger init")
    // The rest of the file never comes: the load waits in its transaction.
    let pipe = Pipe()
    let victim = try sandbox.start("exec ledger import events -", input: pipe)
    let file = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("all.ndjson")))
    try pipe.fileHandleForWriting.write(contentsOf: file.prefix(file.count - 40))
    Thread.sleep(forTimeInterval: 0.5)
    kill(victim.process.processIdentifier, SIGKILL)
    victim.process.waitUntilExit()
    try pipe.fileHandleForWriting.close()
    #expect(try sandbox.run("ledger audit -O ndjson").output.isEmpty)
    #expect(try sandbox.run("ledger import events all.ndjson").status == 0)
    #expect(try sandbox.run("ledger export events | cmp - all.ndjson").status == 0)
  }
}
