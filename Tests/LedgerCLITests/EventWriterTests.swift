import EventStore
import JSONText
import LedgerDomain
import Testing
import TestSupport

@testable import LedgerCLI

@Suite("An event as JSON")
struct EventWriterTests {
  @Test("is written fast as it is written from its record", arguments: [1, 2, 3])
  func sameBytes(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var writers = [EventWriter(isRaw: false), EventWriter(isRaw: true)]
    var commit = Commit.random(number: 1, using: &random)
    for number in 2..<3_000 {
      // Sometimes the next event of the same commit.
      if Bool.random(using: &random) {
        commit = .random(number: Int64(number), using: &random)
      }
      let event = RecordedEvent.random(in: commit, using: &random)
      try #require(writers[0].json(of: event) == JSONValue.object(event.record).compact)
      try #require(writers[1].json(of: event) == JSONValue.object(event.rawRecord).compact)
    }
  }
}

private let texts = ["", "plain", "with \"quotes\" \\", "Käse ☕", "=1+1", "\u{1B}[31m\n\u{202E}"]

extension Commit {
  fileprivate static func random(number: Int64, using random: inout SeededRandom) -> Commit {
    func text() -> String { texts.randomElement(using: &random) ?? "" }
    func perhaps<Value>(_ value: @autoclosure () -> Value) -> Value? {
      Bool.random(using: &random) ? value() : nil
    }
    let others = [#"{"reverses":7}"#, #"{ "a" : "b\/" , "c":[1] }"#, "{}", "no JSON", "[]"]
    let recordedAt = Int64.random(
      in: -9_000_000_000_000_000...9_000_000_000_000_000, using: &random)
    let reason = perhaps(PersonalText.random("reason", text()))
    let header = CommitHeader(
      number: number, lastPosition: number, recordedAtMicros: recordedAt,
      explicitEffectiveAtMicros: perhaps(recordedAt - 5), actor: text(), correlationID: text(),
      causationID: perhaps(text()), idempotencyKey: perhaps(text()), fingerprint: nil,
      reasonDigest: reason?.digest,
      otherMetadata: perhaps(Array((others.randomElement(using: &random) ?? "").utf8)))
    let hash = Digest256(of: Array("\(number)".utf8))
    return Commit(header: header, reason: Bool.random(using: &random) ? reason : nil, hash: hash)
  }
}

extension PersonalText {
  fileprivate static func random(_ field: String, _ text: String) -> PersonalText {
    PersonalText(field: field, salt: Array(repeating: 1, count: saltBytes), text: text)
  }
}

extension RecordedEvent {
  /// An event whose data is of our own making, or an older version's, or somebody else's.
  fileprivate static func random(
    in commit: Commit, using random: inout SeededRandom
  ) -> RecordedEvent {
    let movement = #"{"amount":"5.00","currency":"USD","balanceAfter":"-7.50"}"#
    let kinds: [(type: String, data: String)] = [
      ("MoneyDeposited", movement), ("MoneyWithdrawn", movement), ("AccountClosed", "{}"),
      ("MoneyDeposited", #"{"amount": "5.00", "currency": "USD", "balanceAfter": "0.00"}"#),
      ("MoneyDeposited", #"{"amount":"5.00","currency":"U\u0053D","balanceAfter":"0.00"}"#),
      ("AccountCreated", #"{"accountId":"é","currency":"USD","overdraftLimit":"0.00"}"#),
      ("AccountCreated", #"{"accountId":"a","currency":"USD","overdraftLimit":"0.00"}"#),
      ("AccountChanged", "{}"), ("AccountChanged", #"{"a":[1,{"b":-1.50e3},null,true],"c":""}"#),
      ("PersonalTextErased", #"{"positions":[1,3],"reasons":[]}"#), ("AccountChanged", "{}\n"),
    ]
    let kind = kinds.randomElement(using: &random) ?? ("AccountClosed", "{}")
    let field = kind.type.hasPrefix("Money") ? "description" : "holder"
    let text = PersonalText.random(field, texts.randomElement(using: &random) ?? "")
    let (hasText, isErased) = (
      Bool.random(using: &random), Int.random(in: 0..<4, using: &random) == 0
    )
    return RecordedEvent(
      position: Int64.random(in: 1...9_000_000, using: &random), streamID: "BankAccount-a",
      streamPosition: Int64.random(in: 0...1_000, using: &random), type: kind.type, version: 2,
      data: Array(kind.data.utf8), personalText: hasText && !isErased ? text : nil,
      personalDigest: hasText ? text.digest : nil, commit: commit,
      upcastFrom: Bool.random(using: &random) ? 1 : nil)
  }
}
