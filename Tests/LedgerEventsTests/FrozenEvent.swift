@testable import EventStore
import Foundation
import LedgerDomain
import LedgerEvents
import Testing

/// One line of `fixtures/events/events.ndjson`: an event of alice's as some version stored it, and
/// what it says. Lines are added, never changed: files with such bytes are kept for decades.
struct FrozenEvent: Decodable, CustomTestStringConvertible {
  let name: String
  let type: String
  let version: Int64
  /// The stored bytes, as text.
  let data: String
  let personal: Personal?
  /// The event for people to read.
  let reads: String

  struct Personal: Decodable {
    let field: String
    let salt: String
    let text: String
    let digest: String
  }

  var testDescription: String { name }

  /// `fixtures/events`.
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/events")

  /// All of them; none if the file can't be read, which a test notices.
  static let all: [FrozenEvent] = {
    let text = try? String(
      contentsOf: folder.appendingPathComponent("events.ndjson"), encoding: .utf8)
    let lines = (text ?? "").components(separatedBy: "\n").filter { !$0.isEmpty }
    return lines.compactMap { try? JSONDecoder().decode(FrozenEvent.self, from: Data($0.utf8)) }
  }()

  var personalText: PersonalText? {
    personal.map {
      PersonalText(stored: $0.field, salt: [UInt8](hex: $0.salt) ?? [], text: $0.text)
    }
  }

  /// The event as a store holds it, at `streamPosition` of alice's stream.
  func recorded(
    at streamPosition: Int64 = 0, effectiveAtMicros: Int64? = nil
  ) throws -> RecordedEvent {
    let header = CommitHeader(
      number: 1, lastPosition: streamPosition + 1, recordedAtMicros: 1_000_000_000,
      explicitEffectiveAtMicros: effectiveAtMicros, actor: "ada", correlationID: "c-1",
      causationID: nil, idempotencyKey: nil, fingerprint: nil, reasonDigest: nil,
      otherMetadata: nil)
    return RecordedEvent(
      position: streamPosition + 1, streamID: AccountStream.id(of: try AccountID("alice")),
      streamPosition: streamPosition, type: type, version: version, data: Array(data.utf8),
      personalText: personalText, personalDigest: personalText?.digest,
      commit: Commit(header: header, reason: nil, hash: Digest256(of: [])))
  }

  /// The event as readers see it: in the current version of its type.
  func current(
    at streamPosition: Int64 = 0, effectiveAtMicros: Int64? = nil
  ) throws -> RecordedEvent {
    try LedgerEvent.catalog.current(
      try recorded(at: streamPosition, effectiveAtMicros: effectiveAtMicros))
  }
}

extension AccountEvent {
  /// Everything that the event says, for people to read.
  var reads: String {
    switch self {
    case .created(let opening):
      "\(opening.accountID) opened in \(opening.currency), limit \(opening.overdraftLimit.decimal)"
        + (opening.holder.map { ", holder \($0)" } ?? "")
    case .changed(let change):
      "changed" + (change.overdraftLimit.map { ", limit \($0.text)" } ?? "")
        + (change.holder.map { ", holder \($0)" } ?? "")
    case .deposited(let movement): "\(movement.amount.text) in" + movement.reads("from")
    case .withdrawn(let movement): "\(movement.amount.text) out" + movement.reads("to")
    case .closed: "closed"
    }
  }
}

extension AccountEvent.Movement {
  fileprivate func reads(_ direction: String) -> String {
    (counterparty.map { " \(direction) \($0)" } ?? "") + (transferID.map { " by \($0)" } ?? "")
      + (balanceAfter.map { ", balance after \($0.decimal)" } ?? "")
      + (description.map { ", for \($0)" } ?? "")
  }
}
