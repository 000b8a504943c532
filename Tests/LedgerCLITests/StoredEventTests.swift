import EventStore
import Foundation
import LedgerKit
import Testing

/// Events that other versions of the program stored.
@Suite("Events of other versions")
struct StoredEventTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.run("ledger init")
    try store("AccountCreated", 1, #"{"accountId": "a", "currency": "USD", "name": "Ada"}"#)
    try store("MoneyDeposited", 1, #"{"amount": 100.00, "currency": "USD", "description": "Pay"}"#)
  }

  /// Records an event below the rules.
  private func store(_ type: String, _ version: Int64, _ data: String) throws {
    let configuration = EventStore.Configuration(
      applicationID: Ledger.applicationID,
      clockMicros: { Int64(Date().timeIntervalSince1970 * 1_000_000) })
    let store = try EventStore(
      path: sandbox.path("ledger.db"), access: .readWrite, configuration: configuration)
    let event = NewEvent(type: type, version: version, data: Array(data.utf8))
    let append = StreamAppend(
      streamID: "BankAccount-a", expectedVersion: .any, events: [event])
    _ = try store.write {
      try $0.append(NewCommit(appends: [append], actor: "old", correlationID: "c"))
    }
  }

  @Test("version 1 is read by every command, and --raw shows what is stored")
  func version1() throws {
    #expect(try sandbox.run("ledger deposit a 0.50").status == 0)
    #expect(try sandbox.run("ledger balance a").output == "a  100.50 USD\n")
    #expect(try sandbox.run("ledger balance-at a --version 1").output == "a  100.00 USD\n")
    #expect(try sandbox.run("ledger accounts -O csv").output.contains("a,USD,100.50,active,2,Ada,"))
    let history = try sandbox.run("ledger history a").output
    #expect(history.contains("deposit  100.00   100.00        Pay"))
    let audit = try sandbox.run("ledger audit a --format ndjson").output
    #expect(
      audit.contains(
        #""eventVersion":2,"data":{"amount":"100.00","currency":"USD","description":"Pay"},"#))
    let raw = try sandbox.run("ledger events --raw --format ndjson").output
    #expect(raw.contains(#""eventVersion":1,"data":"{\"amount\": 100.00, \"currency\": \"USD\","#))
    #expect(try sandbox.run("ledger verify").status == 0)
    try sandbox.run("ledger export events -o all.ndjson; ledger init --db copy.db")
    #expect(try sandbox.run("ledger import events all.ndjson --db copy.db").status == 0)
    #expect(try sandbox.run("ledger export events --db copy.db | cmp - all.ndjson").status == 0)
    let doctor = try sandbox.run("ledger doctor --upcasters --format csv")
    #expect(doctor.status == 0)
    #expect(
      doctor.output == """
        check,subject,ok,finding,severity
        upcasters,AccountCreated version 1,true,1 of 1 events can be read,none
        upcasters,MoneyDeposited version 1,true,1 of 1 events can be read,none
        upcasters,MoneyDeposited version 2,true,1 of 1 events can be read,none

        """)
  }

  @Test(
    "what this version can't read stops every command with its name and exit status 65",
    arguments: [
      ("MoneyBurnt", 1, "the event type 'MoneyBurnt' is unknown to this version, which knows: "),
      ("MoneyDeposited", 3, "version 3 of 'MoneyDeposited' is unknown to this version, "),
    ])
  func unknown(_ type: String, _ version: Int64, _ problem: String) throws {
    try store(type, version, #"{"amount":"1.00","currency":"USD","balanceAfter":"101.00"}"#)
    let commands = [
      "deposit a 1", "close a", "audit", "audit a", "events", "events --backwards",
      "history a", "balance-at a --version 2", "export events",
      "snapshot create a", "open b --currency USD", "why 3",
    ]
    for command in commands {
      let outcome = try sandbox.run("ledger \(command)")
      #expect(outcome.status == 65, "\(command)")
      let sentence = "ledger: unknown_event: the event at position 3 can't be read: \(problem)"
      #expect(outcome.errors.hasPrefix(sentence), "\(command): \(outcome.errors)")
    }
    let json = try sandbox.run("ledger audit --format json").errors
    #expect(json.hasPrefix(#"{"error":{"code":"unknown_event","message":"the event at position 3"#))
    #expect(json.hasSuffix(#","position":3}}"# + "\n"))
    let verify = try sandbox.run("ledger verify")
    #expect(verify.status == 65)
    #expect(verify.output.hasPrefix("NOT OK at position 3: \(problem)"))
    let replay = try sandbox.run("ledger replay a")
    #expect(replay.status == 65)
    #expect(replay.output.contains("BUG FOUND at event #2 (position 3): \(problem)"))
    let raw = try sandbox.run("ledger events --raw --type \(type) --after 2 --format ndjson")
    #expect(raw.status == 0)
    #expect(raw.output.contains(#""eventType":"\#(type)","eventVersion":\#(version),"#))
  }

  @Test("the dry run of the upcasters lists everything that can't be read, and goes on")
  func dryRun() throws {
    try store("MoneyBurnt", 1, "{}")
    try store("MoneyDeposited", 3, "{}")
    try store("MoneyDeposited", 1, #"{"amount":0.001,"currency":"USD"}"#)
    try store("MoneyWithdrawn", 2, #"{"amount":"1.00"}"#)
    try store("MoneyDeposited", 1, #"{"amount":1,"currency":"USD"}"#)
    // The events were written below the rules, and so beside the projections.
    for (option, others) in [("--upcasters", [String]()), ("", ["projections"])] {
      let outcome = try sandbox.run("ledger doctor \(option)")
      #expect(outcome.status == 65)
      let lines = outcome.output.split(separator: "\n").filter { $0.contains("PROBLEM") }
      let places = ["position 3", "position 4", "position 5", "position 6"] + others
      #expect(lines.count == places.count)
      for (line, place) in zip(lines, places) { #expect(line.contains(place)) }
      #expect(
        outcome.output.contains("version 1 of 'MoneyDeposited' can't be upcast: its amount 0.001"))
      #expect(outcome.output.contains("MoneyDeposited version 1  2 of 3 events can be read"))
      #expect(outcome.output.contains("MoneyDeposited version 3  0 of 1 events can be read"))
      #expect(outcome.output.contains("MoneyBurnt version 1      0 of 1 events can be read"))
    }
    #expect(try sandbox.run("ledger doctor -O ndjson | grep -c false").output == "5\n")
  }
}
