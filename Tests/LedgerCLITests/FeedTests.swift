import Foundation
import JSONText
import LedgerKit
import Testing

/// `events --integration` and `--cloud-events`, and the schemas in the documentation.
@Suite("The feed for outsiders")
struct FeedTests {
  private static let folder = Program.root
    .appendingPathComponent("Sources/LedgerKit/LedgerKit.docc/Schemas")
  private static let envelope = "CloudEvent.v1"

  let sandbox: Sandbox

  /// A ledger with one of each, made by commands.
  init() throws {
    sandbox = try Sandbox()
    let made = try sandbox.run(
      """
      set -e; exec > /dev/null; export LEDGER_ACTOR=ada
      ledger init
      ledger open a --currency USD --holder Ada --overdraft-limit 5
      ledger open b --currency USD
      ledger change b --overdraft-limit 7
      ledger change b --holder Bob
      ledger deposit a 100 --description Pay --causation-id run-7
      ledger withdraw a 1
      ledger transfer a b 20 --description Rent
      ledger reverse 8
      ledger deposit a 3 --corrects 5
      ledger period close 2020-01
      ledger period reopen --reason late
      ledger open y --currency JPY
      ledger close y
      ledger erase 8 --reason asked
      """)
    try #require(made.status == 0, "\(made.errors)")
  }

  private static func schema(_ name: String) throws -> JSONSchema {
    let file = folder.appendingPathComponent("\(name).json")
    return try JSONSchema(String(contentsOf: file, encoding: .utf8))
  }

  /// The documents that a command prints, one a line.
  private func documents(_ command: String) throws -> [JSONValue] {
    let outcome = try sandbox.run(command)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try Self.documents(in: outcome.output)
  }

  private static func documents(in text: String) throws -> [JSONValue] {
    try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }

  @Test("has a schema for everything it tells, and tells everything that has one")
  func schemas() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .map { $0.replacingOccurrences(of: ".json", with: "") }
    let told = try documents("ledger events --integration --format ndjson").map { event in
      "\(event["type"]?.string ?? "").v\(event["version"]?.int64 ?? 0)"
    }
    #expect(Set(told).union([Self.envelope]) == Set(names))
    #expect(Set(told) == Set(IntegrationEvent.Kind.allCases.map(\.schemaName)))
    for name in names {
      #expect(try Self.schema(name).root["$id"] == .string("urn:ledger:\(name)"))
    }
  }

  @Test("tells what the schemas say, from start to end and as it was frozen")
  func valid() throws {
    var events = try documents("ledger events --integration --format ndjson")
    #expect(events.count == 14)
    for kind in IntegrationEvent.Kind.allCases {
      let file = FrozenFeedTests.folder.appendingPathComponent("\(kind.schemaName).ndjson")
      events += try Self.documents(in: String(contentsOf: file, encoding: .utf8))
    }
    for event in events {
      let schema = try Self.schema("\(event["type"]?.string ?? "").v1")
      #expect(try schema.problems(of: event) == [])
    }
  }

  @Test("has envelopes as their schema says, and in them what comes without")
  func envelopes() throws {
    let schema = try Self.schema(Self.envelope)
    for options in ["--integration", "", "--stream BankAccount-a", "--backwards --limit 3"] {
      let plain = try documents("ledger events \(options) --format ndjson")
      let wrapped = try documents("ledger events \(options) --cloud-events --format ndjson")
      #expect(wrapped.map { $0["data"] } == plain)
      for envelope in wrapped { #expect(try schema.problems(of: envelope) == []) }
    }
    // Who reads both feeds into one table finds no id twice.
    let both = try ["--integration", ""].flatMap {
      try documents("ledger events \($0) --cloud-events --format ndjson").map { $0["id"] }
    }
    #expect(Set(both).count == 30)
  }

  @Test("is checked by a validator that finds what is wrong")
  func validator() throws {
    let schema = try Self.schema("AccountClosed.v1")
    let event = try #require(
      try documents("ledger events --integration --type AccountClosed --format ndjson").first)
    func problems(_ change: (inout [JSONMember]) -> Void) throws -> [String] {
      var members = event.members
      change(&members)
      return try schema.problems(of: .object(members))
    }
    #expect(try problems { _ in } == [])
    #expect(try problems { $0.removeLast() } == ["$: has no 'data'"])
    #expect(try problems { $0.append(JSONMember("more", .null)) } == ["$: has 'more' besides"])
    #expect(try problems { $0[0].value = .string("Closed") } == ["$.type: is not the constant"])
    #expect(try problems { $0[1].value = .integer(2) } == ["$.version: is not the constant"])
    #expect(try problems { $0[3].value = .integer(0) } == ["$.position: is less than 1"])
    #expect(try problems { $0[3].value = .string("1") } == ["$.position: is of type string"])
    #expect(try problems { $0[4].value = .string("now") } == ["$.recordedAt: 'now' doesn't match"])
    let data = JSONValue.object([JSONMember("accountId", .string("ä"))])
    #expect(
      try problems { $0[11].value = data } == ["$.data.accountId: 'ä' doesn't match"])
    let strange = try JSONSchema(#"{"enum":[1,2],"oneOf":[]}"#)
    #expect(
      try strange.problems(of: .integer(3)) == [
        "$: the schema says 'oneOf'", "$: is none of the options",
      ])
  }

  @Test("delivers a transfer of which only one leg is asked for: whole and once")
  func oneLeg() throws {
    for options in [
      "--stream BankAccount-a --after 7 --through 8", "--stream BankAccount-b -O json",
    ] {
      let told = try sandbox.run(
        "ledger events --integration --type TransferCompleted --limit 1 -O ndjson \(options)")
      #expect(told.output.contains(#""position":8,"#))
      #expect(told.output.contains(#""from":"a","to":"b","amount":"20.00","currency":"USD","#))
      #expect(told.output.contains(#""description":"[erased]","positions":[7,8]}}"#))
    }
    #expect(
      try sandbox.run("ledger events --integration --through 7 --after 6").output
        == "There are no events.\n")
  }

  @Test(
    "refuses what it can't be told as",
    arguments: [
      ("--integration --raw", "--raw shows what is stored"),
      ("--cloud-events --raw -O ndjson", "--raw shows what is stored"),
      ("--integration -O csv", "don't have the same columns; use --format ndjson or json"),
      ("--cloud-events -O csv", "don't have the same columns; use --format ndjson or json"),
      ("--cloud-events", "--cloud-events is JSON; use --format ndjson or json"),
      ("--integration --type AccountCreated", "there is no event type 'AccountCreated'; use Acc"),
      ("--type TransferCompleted", "there is no event type 'TransferCompleted'; use AccountCrea"),
    ])
  func refusals(_ options: String, _ sentence: String) throws {
    let outcome = try sandbox.run("ledger events \(options)")
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(sentence))
    #expect(outcome.output.isEmpty)
  }
}
