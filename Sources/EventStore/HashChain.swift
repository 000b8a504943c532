/// How events and commits are hashed, encoding version 1.
///
/// `event` covers one event; `commit` covers the commit before, everything immutable in this commit's
/// header, and the digests of its events in order. Personal text enters only as its own digest, so that
/// it can be erased while every hash still verifies.
enum HashChain {
  static let encodingVersion: Int64 = 1

  /// What stands for "the commit before" in the first commit.
  static func genesis(storeID: String) -> Digest256 {
    var fields = CanonicalBytes("genesis", version: encodingVersion)
    fields.append(storeID)
    return fields.digest
  }

  static func event(
    position: Int64, streamID: String, streamPosition: Int64, type: String, version: Int64,
    data: [UInt8], personalDigest: Digest256?
  ) -> Digest256 {
    var fields = CanonicalBytes("event", version: encodingVersion)
    fields.append(position)
    fields.append(streamPosition)
    fields.append(streamID)
    fields.append(type)
    fields.append(version)
    fields.append(data)
    fields.append(personalDigest)
    return fields.digest
  }

  static func commit(
    after previous: Digest256, _ header: CommitHeader, events: [Digest256]
  ) -> Digest256 {
    var fields = CanonicalBytes("commit", version: encodingVersion)
    fields.append(previous)
    fields.append(header.number)
    fields.append(header.recordedAtMicros)
    fields.append(header.explicitEffectiveAtMicros)
    fields.append(header.actor)
    fields.append(header.correlationID)
    fields.append(header.causationID)
    fields.append(header.idempotencyKey)
    fields.append(header.fingerprint)
    fields.append(header.reasonDigest)
    fields.append(header.otherMetadata)
    fields.append(Int64(events.count))
    for event in events { fields.append(event) }
    return fields.digest
  }
}

extension RecordedEvent {
  /// The digest of this event's content.
  var digest: Digest256 {
    HashChain.event(
      position: position, streamID: streamID, streamPosition: streamPosition, type: type,
      version: version, data: data, personalDigest: personalDigest)
  }
}
