import Foundation
import LedgerKit
import Testing

/// `fixtures/feed`: the export of a ledger, and what outsiders were told of it when each version of
/// each type was fixed, a file for each.
///
/// Files never change, and none goes away. Who tells anything else raises the version of its type
/// in `IntegrationEvent.Kind`, adds a schema for it, and adds the new version's file.
@Suite("A frozen integration event")
struct FrozenFeedTests {
  static let folder = Program.fixtures.appendingPathComponent("feed")
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    let ledger = Self.folder.appendingPathComponent("ledger.ndjson").path
    let loaded = try sandbox.run("ledger init && ledger import events '\(ledger)'")
    try #require(loaded.status == 0, "\(loaded.errors)")
  }

  private func expect(_ output: String, is file: String) throws {
    let text = try String(
      contentsOf: Self.folder.appendingPathComponent("\(file).ndjson"), encoding: .utf8)
    #expect(output == text, "\(file) has changed: give what is told now a version of its own")
  }

  @Test("is still told to the byte", arguments: IntegrationEvent.Kind.allCases)
  func sameBytes(_ kind: IntegrationEvent.Kind) throws {
    let told = try sandbox.run("ledger events --integration --type \(kind.rawValue) -O ndjson")
    try expect(told.output, is: kind.schemaName)
  }

  @Test("is still wrapped to the byte")
  func envelope() throws {
    let told = try sandbox.run("ledger events --integration --cloud-events -O ndjson")
    try expect(told.output, is: "CloudEvent.v1")
  }
}
