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
      "audit --format ndjson", "audit --format csv", "events --backwards --format json",
      "export events", "history a --format csv", "snapshot list --format ndjson",
    ])
  func deterministic(_ dump: String) throws {
    let running = try (0..<3).map { _ in try sandbox.start("ledger \(dump)") }
    let outcomes = try running.map { try $0.outcome() }
    #expect(outcomes.allSatisfy { $0.status == 0 && !$0.output.isEmpty })
    #expect(Set(outcomes.map(\.output)).count == 1)
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
