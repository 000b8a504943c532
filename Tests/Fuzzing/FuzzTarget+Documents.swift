import EventStore
import JSONText
import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What is stored, and could have been changed in the file.
extension FuzzTarget {
  static let documents = [json, event, snapshotState, moments, links]

  private static let json = FuzzTarget(
    "json", tokens: ["{", "}", "[", "]", "\"", ":", ",", "null", "true", "1e9", "-0.5", "\\u00e9"]
  ) {
    { check, bytes in
      let value: JSONValue
      do {
        value = try JSONValue(parsing: bytes)
      } catch let error as JSONParseError {
        return try check.require(!error.problem.isEmpty, "an error without a word")
      }
      let compact = value.compact
      for printed in [compact, value.pretty] {
        try check.require(try JSONValue(parsing: printed), is: value, "a document printed and read")
      }
      try check.require(
        !String(decoding: compact, as: UTF8.self).unicodeScalars.contains(where: \.steersTerminal),
        "a terminal would obey what is printed")
      if JSONValue.isCompact(bytes) { try check.require(bytes, is: compact, "a compact document") }
    }
  }

  /// The first byte says of which type, version and stream, and whether there is a text.
  private static let event = FuzzTarget(
    "event",
    tokens: [
      "\"amount\":\"1.00\"", "\"currency\":\"USD\"", "\"balanceAfter\":\"1.00\"",
      "\"counterparty\":\"a\"", "\"transferId\":\"t\"", "\"accountId\":\"a\"", "1e2",
      "\"positions\":[1]", "\"reasons\":[]", "\"period\":\"2026-03\"",
    ]
  ) {
    { check, bytes in
      guard let first = bytes.first else { return }
      let stored = recorded(Array(bytes.dropFirst()), first)
      let current = try LedgerEvent.catalog.current(stored)
      if let fast = AccountEvent.canonical(current) {
        try check.require(try AccountEvent(parsing: current), is: fast, "read slowly and fast")
      }
      let event = try LedgerEvent(current)
      guard case .account(_, let accountEvent) = event, accountEvent.movement?.balanceAfter != nil
      else { return }
      let salt = [UInt8](repeating: 7, count: PersonalText.saltBytes)
      let again = accountEvent.stored { salt }
      let reread = try AccountEvent(
        RecordedEvent(
          position: 42, streamID: current.streamID, streamPosition: 2, type: again.type,
          version: again.version, data: again.data, personalText: again.personalText,
          personalDigest: again.personalText?.digest, commit: current.commit))
      try check.require(reread, is: accountEvent, "an event stored and read")
    }
  }

  private static func recorded(_ data: [UInt8], _ choice: UInt8) -> RecordedEvent {
    let types =
      LedgerEvent.catalog.types + [
        .init(PersonalTextErased.type, version: PersonalTextErased.version)
      ]
    let type = types[Int(choice & 0x1F) % types.count]
    let isAccounts = AccountEvent.types.contains { $0.name == type.name }
    let isMisplaced = choice & 0x40 != 0
    let text =
      choice & 0x80 != 0
      ? PersonalText(
        field: type.personalField ?? "reason",
        salt: [UInt8](repeating: 7, count: PersonalText.saltBytes), text: "x") : nil
    let header = CommitHeader(
      number: 40, lastPosition: 42, recordedAtMicros: 1, explicitEffectiveAtMicros: nil,
      actor: "ada", correlationID: "c-1", causationID: nil, idempotencyKey: nil,
      fingerprint: nil, reasonDigest: nil, otherMetadata: data)
    return RecordedEvent(
      position: 42, streamID: isAccounts == isMisplaced ? BookStream.id : "BankAccount-a",
      streamPosition: 2, type: type.name, version: choice & 0x20 != 0 ? 1 : type.version,
      data: data, personalText: text, personalDigest: text?.digest,
      commit: Commit(header: header, reason: nil, hash: Digest256(of: [])))
  }

  private static let snapshotState = FuzzTarget(
    "snapshot-state",
    tokens: [
      "\"version\":9", "\"status\":\"active\"", "\"currency\":\"USD\"", "\"balance\":\"-1.00\"",
      "\"overdraftLimit\":\"0.00\"", "\"openedAtUs\":-9223372036854775808",
    ]
  ) {
    { check, bytes in
      guard let codec = AccountState.snapshots,
        let state = try? codec.decode("BankAccount-a", bytes)
      else { return }
      let again = try codec.decode("BankAccount-a", codec.encode(state))
      try check.require(again, is: state, "a state stored and read")
    }
  }

  private static let moments = FuzzTarget("moments") {
    { check, bytes in
      guard let moments = Moments.decoded(bytes) else { return }
      try check.require(
        Moments.decoded(Moments.encoded(moments)), is: moments, "moments stored and read")
      _ = AccountTimeline.Block.Sums(of: moments)
    }
  }

  private static let links = FuzzTarget("links", tokens: ["\"reverses\":1", "\"corrects\":2"]) {
    { _, bytes in _ = try LinkMetadata(recorded(bytes, 0)) }
  }
}
