@testable import EventStore
import LedgerDomain
import LedgerEvents
import Testing

extension RecordedEvent {
  /// What a store gives back for `event`, recorded at position 42 as the third of `account`.
  convenience init(_ event: NewEvent, of account: AccountID) throws {
    self.init(
      type: event.type, version: event.version, data: event.data, of: account,
      personalText: event.personalText)
  }

  /// An event of any type, version and payload, at position 42 as the third of `account`.
  convenience init(
    type: String, version: Int64 = 2, data: [UInt8], of account: AccountID,
    personalText: PersonalText? = nil
  ) {
    let header = CommitHeader(
      number: 40, lastPosition: 42, recordedAtMicros: 1, explicitEffectiveAtMicros: nil,
      actor: "ada", correlationID: "c-1", causationID: nil, idempotencyKey: nil,
      fingerprint: nil, reasonDigest: nil, otherMetadata: nil)
    self.init(
      position: 42, streamID: AccountStream.id(of: account), streamPosition: 2, type: type,
      version: version, data: data, personalText: personalText,
      personalDigest: personalText?.digest,
      commit: Commit(header: header, reason: nil, hash: Digest256(of: [])))
  }
}

/// 16 bytes that are not random.
func fixedSalt() -> [UInt8] { Array(1...16) }

extension NewEvent {
  /// The payload as text.
  var dataText: String { String(decoding: data, as: UTF8.self) }
}
