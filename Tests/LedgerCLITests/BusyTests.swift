import Foundation
import Testing

/// What happens to writers while another one is at work for too long.
@Suite("A ledger that another writer holds")
struct BusyTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 1)
    try sandbox.run("ledger deposit a 1 --description Text")
    try sandbox.write("what\n1.00\n", to: "rows.csv")
    try sandbox.write(#"{"command":"deposit","account":"a","amount":"1"}"# + "\n", to: "lines")
  }

  private static let commands = [
    "deposit a 5", "transfer a b 1", "withdraw a 1", "open c --currency USD",
    "change b --holder Bob", "close b", "reverse 3", "import commands lines",
    "import csv rows.csv --source other --account a --amount-column what",
    "projections rebuild", "snapshot create a", "snapshot prune --all",
    "snapshot settings --every 5", "erase 4 --reason Asked", "period close 2020-01",
    "subscriptions create s",
  ]

  @Test("is waited for so long and no longer: exit 75, nothing is written, and it works later")
  func bounded() throws {
    // An import holds the lock for as long as its input goes on.
    let input = Pipe()
    let holder = try sandbox.start(
      "exec ledger import csv - --source held --account a --amount-column what", input: input)
    input.fileHandleForWriting.write(Data("what\n1.00\n".utf8))
    var tries = 0
    while try sandbox.run("ledger snapshot prune --all --busy-timeout 0").status != 75 {
      tries += 1
      try #require(tries < 1_000)
    }
    for command in Self.commands {
      let outcome = try sandbox.run("ledger \(command) --busy-timeout 0.02")
      #expect(outcome.status == 75, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("another program is using ledger.db"), "\(outcome.errors)")
      #expect(outcome.output.isEmpty, "\(command)")
    }
    // Who reads waits for nobody.
    #expect(try sandbox.run("ledger balance a --busy-timeout 0").output == "a  2.00 USD\n")
    #expect(
      try sandbox.run("ledger verify --busy-timeout 0").output.hasPrefix("OK: 4 commits, 4 events"))
    input.fileHandleForWriting.closeFile()
    #expect(try holder.outcome().status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  3.00 USD\n")
    for command in Self.commands where command != "close b" {
      let outcome = try sandbox.run("ledger \(command)")
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    #expect(try sandbox.run("ledger verify").status == 0)
  }
}
