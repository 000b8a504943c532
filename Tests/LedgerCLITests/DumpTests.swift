import Foundation
import Testing

/// Dumps of the log, as scripts take them.
@Suite("Dumps")
struct DumpTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.makeLedger(deposits: 500)
    try sandbox.run(
      "ledger transfer a b 20 --description 'Käse ☕' --reason why --idempotency-key k")
  }

  @Test(
    "are the same bytes on every run, and from processes at once",
    arguments: [
      "audit --format ndjson", "audit --format csv --with-checkpoint", "audit a --with-checkpoint",
      "audit --format json --with-checkpoint", "events --backwards --format json",
      "export events", "history a --format csv", "snapshot list --format ndjson",
    ])
  func deterministic(_ dump: String) throws {
    let running = try (0..<3).map { _ in try sandbox.start("ledger \(dump)") }
    let outcomes = try running.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 && !$0.output.isEmpty })
    #expect(Set(outcomes.map(\.output)).count == 1)
    let elsewhere = "TZ=Pacific/Apia LC_ALL=tr_TR.UTF-8 LANG=ar_EG.UTF-8 LEDGER_ACTOR=x"
    #expect(try sandbox.run("\(elsewhere) ledger \(dump)").output == outcomes[0].output)
  }

  @Test("that end with a checkpoint are what the ledger is later verified against")
  func verified() throws {
    try sandbox.run("ledger audit a --limit 3 --with-checkpoint -O ndjson -o dump.ndjson")
    #expect(try sandbox.run("wc -l < dump.ndjson").output == "4\n")
    try sandbox.run("ledger deposit b 1")
    let outcome = try sandbox.run("ledger verify --against dump.ndjson")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("holds the history of 1 checkpoint\n"))
    try sandbox.run(#"sed -i 's/"headHash":"......../"headHash":"00000000/' dump.ndjson"#)
    let refused = try sandbox.run("ledger verify --against dump.ndjson")
    #expect(refused.status == 65)
    #expect(refused.output.contains("dump.ndjson, line 4: the history up to position"))
  }

  @Test("in pages after the last position make the whole")
  func pages() throws {
    let whole = try sandbox.run("ledger audit --format ndjson").output
    var (pages, last, count) = ("", 0, 0)
    while true {
      let page = try sandbox.run("ledger audit --after \(last) --limit 137 --format ndjson").output
      guard let event = try Sandbox.objects(in: page).last else { break }
      last = try #require(event["globalPosition"] as? Int)
      (pages, count) = (pages + page, count + 1)
    }
    #expect(pages == whole)
    #expect(count == 4)
  }
}
