import EventStore

extension EventStore {
  /// The events of each commit as they are stored.
  func storedCommits() throws -> [[RecordedEvent]] {
    var query = EventQuery()
    query.isRaw = true
    let events = try events(query)
    let numbers = events.map(\.commit.header.number)
    return Set(numbers).sorted().map { number in
      events.filter { $0.commit.header.number == number }
    }
  }
}

extension RecordedEvent {
  /// The same event, but for what is named.
  func with(
    position: Int64? = nil, streamID: String? = nil, streamPosition: Int64? = nil,
    type: String? = nil, version: Int64? = nil, data: [UInt8]? = nil,
    personalText: PersonalText?? = nil, personalDigest: Digest256?? = nil, commit: Commit? = nil
  ) -> RecordedEvent {
    RecordedEvent(
      position: position ?? self.position, streamID: streamID ?? self.streamID,
      streamPosition: streamPosition ?? self.streamPosition, type: type ?? self.type,
      version: version ?? self.version, data: data ?? self.data,
      personalText: personalText ?? self.personalText,
      personalDigest: personalDigest ?? self.personalDigest, commit: commit ?? self.commit)
  }
}

extension Commit {
  /// The same commit, but for what is named.
  func with(header: CommitHeader? = nil, reason: PersonalText?? = nil, hash: Digest256? = nil)
    -> Commit
  {
    Commit(
      header: header ?? self.header, reason: reason ?? self.reason, hash: hash ?? self.hash)
  }
}

extension CommitHeader {
  /// The same header, but for what is named.
  func with(
    number: Int64? = nil, lastPosition: Int64? = nil, recordedAtMicros: Int64? = nil,
    effectiveAtMicros: Int64?? = nil, actor: String? = nil, correlationID: String? = nil,
    causationID: String?? = nil, idempotencyKey: String?? = nil, fingerprint: Digest256?? = nil,
    reasonDigest: Digest256?? = nil, otherMetadata: [UInt8]?? = nil
  ) -> CommitHeader {
    CommitHeader(
      number: number ?? self.number, lastPosition: lastPosition ?? self.lastPosition,
      recordedAtMicros: recordedAtMicros ?? self.recordedAtMicros,
      explicitEffectiveAtMicros: effectiveAtMicros ?? explicitEffectiveAtMicros,
      actor: actor ?? self.actor, correlationID: correlationID ?? self.correlationID,
      causationID: causationID ?? self.causationID,
      idempotencyKey: idempotencyKey ?? self.idempotencyKey,
      fingerprint: fingerprint ?? self.fingerprint,
      reasonDigest: reasonDigest ?? self.reasonDigest,
      otherMetadata: otherMetadata ?? self.otherMetadata)
  }
}
