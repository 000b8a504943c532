import EventStore
import JSONText
import LedgerDomain

/// What exported ledgers and proofs say of a commit as a whole, besides its number and its hashes.
enum CommitRecord {
  /// The members, in order.
  static let members = [
    "recordedAt", "effectiveAt", "actor", "correlationId", "causationId", "idempotencyKey",
    "fingerprint", "reason", "metadata",
  ]

  /// Throws `EventDecodingError`, at `position`, if bytes that should be text are not.
  static func json(
    _ commit: Commit, at position: Int64
  ) throws(EventDecodingError) -> [JSONMember] {
    let header = commit.header
    let metadata = try header.otherMetadata.map { bytes throws(EventDecodingError) in
      try EventRecord.text(bytes, at: position)
    }
    let values: [JSONValue] = [
      .string(Instant(micros: header.recordedAtMicros).description),
      .text(header.explicitEffectiveAtMicros.map { Instant(micros: $0).description }),
      .string(header.actor), .string(header.correlationID), .text(header.causationID),
      .text(header.idempotencyKey), .text(header.fingerprint?.hex),
      PersonalTextRecord.json(commit.reason, digest: header.reasonDigest, withField: false),
      .text(metadata),
    ]
    return zip(members, values).map { JSONMember($0, $1) }
  }

  /// The commit that `object` holds, with its `number` and its `hash`.
  static func commit(
    _ object: StrictObject, lastPosition: Int64
  ) throws(RecordError) -> Commit {
    let reason = try PersonalTextRecord(object, "reason", field: PersonalTextRecord.reason)
    let header = CommitHeader(
      number: try object.integer("number"), lastPosition: lastPosition,
      recordedAtMicros: try object.instant("recordedAt"),
      explicitEffectiveAtMicros: try object.optional("effectiveAt", object.instant),
      actor: try object.text("actor"), correlationID: try object.text("correlationId"),
      causationID: try object.optional("causationId", object.text),
      idempotencyKey: try object.optional("idempotencyKey", object.text),
      fingerprint: try object.optional("fingerprint", object.digest),
      reasonDigest: reason?.digest,
      otherMetadata: try object.optional("metadata", object.text).map { Array($0.utf8) })
    return Commit(header: header, reason: reason?.text, hash: try object.digest("hash"))
  }
}
