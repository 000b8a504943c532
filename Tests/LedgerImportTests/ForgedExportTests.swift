import LedgerDomain
import LedgerKit
import Testing

@testable import EventStore
@testable import LedgerImport

/// Lines whose hashes are right: somebody made them who knows how.
@Suite("A forged export is refused at its line:")
struct ForgedExportTests {
  /// One opening, and deposits under these keys and of these amounts in USD.
  private func forge(_ deposits: [(key: String?, amount: String)]) throws -> [String] {
    let source = try Exchange(seed: 7)
    try source.perform(.open(try AccountID("a"), .usd))
    var lines = try source.lines()
    var hash = try source.head.hash
    for (index, deposit) in deposits.enumerated() {
      let events = event(Int64(index) + 1, deposit, after: hash)
      hash = events[0].commit.hash
      lines.append(try CommitLine.text(of: events, in: source.ledger.id))
    }
    return lines
  }

  private func event(
    _ version: Int64, _ deposit: (key: String?, amount: String), after hash: Digest256
  ) -> [RecordedEvent] {
    let header = CommitHeader(
      number: version + 1, lastPosition: version + 1,
      recordedAtMicros: Exchange.nowMicros + version, explicitEffectiveAtMicros: nil,
      actor: "eve", correlationID: "c", causationID: nil, idempotencyKey: deposit.key,
      fingerprint: deposit.key.map { Digest256(of: Array($0.utf8)) }, reasonDigest: nil,
      otherMetadata: nil)
    let amount = deposit.amount
    let data = #"{"amount":"\#(amount)","currency":"USD","balanceAfter":"\#(amount)"}"#
    func event(_ hash: Digest256) -> RecordedEvent {
      RecordedEvent(
        position: version + 1, streamID: "BankAccount-a", streamPosition: version,
        type: "MoneyDeposited", version: 2, data: Array(data.utf8), personalText: nil,
        personalDigest: nil, commit: Commit(header: header, reason: nil, hash: hash))
    }
    return [event(HashChain.commit(after: hash, header, events: [event(hash).digest]))]
  }

  private func refusal(of lines: [String]) throws -> InputError? {
    let target = try Exchange(seed: 8)
    let error = #expect(throws: InputError.self) { try target.load(lines) }
    #expect(try target.head.commitNumber == 0)
    return error
  }

  @Test("nothing, if it only follows the rules")
  func wellMade() throws {
    let target = try Exchange(seed: 8)
    let head = try target.load(try forge([("k", "1.00"), (nil, "2.00"), ("l", "3.00")]))
    #expect(head.commitNumber == 4)
    #expect(try target.ledger.balance(of: AccountID("a")).balance.decimal == "6.00")
    // The balances that they say are wrong: that is for verify to find.
    #expect(throws: StoreFileError.self) { try target.ledger.verify() }
  }

  @Test("an idempotency key that named a commit before")
  func keyTwice() throws {
    let error = try refusal(of: try forge([("k", "1.00"), ("l", "1.00"), ("k", "1.00")]))
    #expect(error?.line == 4)
    #expect(error?.problem == "position 4: its idempotency key named another commit before")
  }

  @Test("a balance of more than 64 bits")
  func overflow() throws {
    let most = "92233720368547758.07"
    let error = try refusal(of: try forge([(nil, most), (nil, "0.01")]))
    #expect(error?.line == 3)
    #expect(error?.problem.hasPrefix("position 3: no projection can hold it: ") == true)
  }

  @Test("an amount that is none", arguments: ["0.00", "-1.00", "1", "1.000", "x"])
  func malformed(_ amount: String) throws {
    let error = try refusal(of: try forge([(nil, "1.00"), (nil, amount)]))
    #expect(error?.line == 3)
    #expect(error?.problem.hasPrefix("position 3: its amount") == true)
  }
}
