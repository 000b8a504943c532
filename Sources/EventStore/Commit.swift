/// What all events of one commit share, as recorded.
public struct CommitHeader: Hashable, Sendable {
  /// 1, 2, 3, … in the order of recording, with no gaps.
  public let number: Int64
  /// The global position of the last event.
  public let lastPosition: Int64
  /// Microseconds since 1970, UTC; strictly increasing from commit to commit.
  public let recordedAtMicros: Int64
  /// When the commit counts, if its writer said so; nil means: when it was recorded.
  public let explicitEffectiveAtMicros: Int64?
  /// Who asked for it.
  public let actor: String
  /// Shared by commits that belong together.
  public let correlationID: String
  /// What caused it; nil if nobody said.
  public let causationID: String?
  /// The caller's name for the command; nil if it had none.
  public let idempotencyKey: String?
  /// What the idempotency key stands for; nil exactly if there is no key.
  public let fingerprint: Digest256?
  /// SHA-256 of the reason's salt and text; nil if none was given.
  public let reasonDigest: Digest256?
  /// Other metadata: the bytes of a JSON object; nil if there is none.
  public let otherMetadata: [UInt8]?

  package init(
    number: Int64, lastPosition: Int64, recordedAtMicros: Int64,
    explicitEffectiveAtMicros: Int64?, actor: String, correlationID: String, causationID: String?,
    idempotencyKey: String?, fingerprint: Digest256?, reasonDigest: Digest256?,
    otherMetadata: [UInt8]?
  ) {
    self.number = number
    self.lastPosition = lastPosition
    self.recordedAtMicros = recordedAtMicros
    self.explicitEffectiveAtMicros = explicitEffectiveAtMicros
    self.actor = actor
    self.correlationID = correlationID
    self.causationID = causationID
    self.idempotencyKey = idempotencyKey
    self.fingerprint = fingerprint
    self.reasonDigest = reasonDigest
    self.otherMetadata = otherMetadata
  }

  /// When the commit counts: microseconds since 1970, UTC.
  public var effectiveAtMicros: Int64 { explicitEffectiveAtMicros ?? recordedAtMicros }
}

/// A recorded commit.
public struct Commit: Hashable, Sendable {
  // Shared: every event of a commit carries it, and copying it costs more than all the rest.
  private let content: Content

  private final class Content: Sendable {
    let header: CommitHeader
    let reason: PersonalText?
    let hash: Digest256

    init(header: CommitHeader, reason: PersonalText?, hash: Digest256) {
      (self.header, self.reason, self.hash) = (header, reason, hash)
    }
  }

  package init(header: CommitHeader, reason: PersonalText?, hash: Digest256) {
    content = Content(header: header, reason: reason, hash: hash)
  }

  /// Everything about the commit but its text and its hash.
  public var header: CommitHeader { content.header }
  /// Why it was written; nil if nobody said, or it was erased.
  public var reason: PersonalText? { content.reason }
  /// The hash chain's head after this commit.
  public var hash: Digest256 { content.hash }

  /// Whether a reason was given and erased; true too if the read left personal text out.
  public var isReasonErased: Bool { header.reasonDigest != nil && reason == nil }

  // Fields of the header without a copy of it and all its text.
  var number: Int64 { content.header.number }
  package var lastPosition: Int64 { content.header.lastPosition }
  package var recordedAtMicros: Int64 { content.header.recordedAtMicros }
  package var effectiveAtMicros: Int64 { content.header.effectiveAtMicros }
  package var explicitEffectiveAtMicros: Int64? { content.header.explicitEffectiveAtMicros }
  package var fingerprint: Digest256? { content.header.fingerprint }
  package var otherMetadata: [UInt8]? { content.header.otherMetadata }

  /// Whether everything about both is the same.
  public static func == (left: Commit, right: Commit) -> Bool {
    left.content === right.content
      || left.hash == right.hash && left.header == right.header && left.reason == right.reason
  }

  /// Hashes what tells commits apart.
  public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// One event as recorded.
///
/// A class without identity: it goes from hand to hand, and a copy of so much text would cost more than
/// most of what is done with it.
public final class RecordedEvent: Hashable, Sendable {
  /// The place in the whole log: 1, 2, 3, … with no gaps.
  public let position: Int64
  /// The stream.
  public let streamID: String
  /// The place in its stream: 0, 1, 2, …
  public let streamPosition: Int64
  /// The stable name of its type, independent of any Swift name.
  public let type: String
  /// The version of its type's payload.
  public let version: Int64
  /// The payload, JSON: exactly as stored, unless it was upcast.
  public let data: [UInt8]
  /// Nil if the event has none, if it was erased, or if the read left it out.
  public let personalText: PersonalText?
  /// SHA-256 of the personal text; still there if the text was erased.
  public let personalDigest: Digest256?
  /// The commit that recorded it.
  public let commit: Commit
  /// The version in which it is stored, if `data` was made from that by upcasters; else nil.
  public let upcastFrom: Int64?

  package init(
    position: Int64, streamID: String, streamPosition: Int64, type: String, version: Int64,
    data: [UInt8], personalText: PersonalText?, personalDigest: Digest256?, commit: Commit,
    upcastFrom: Int64? = nil
  ) {
    self.position = position
    self.streamID = streamID
    self.streamPosition = streamPosition
    self.type = type
    self.version = version
    self.data = data
    self.personalText = personalText
    self.personalDigest = personalDigest
    self.commit = commit
    self.upcastFrom = upcastFrom
  }

  /// Whether it had personal text that was erased; true too if the read left personal text out.
  public var isTextErased: Bool { personalDigest != nil && personalText == nil }

  /// Whether everything about both is the same, their commits included.
  public static func == (left: RecordedEvent, right: RecordedEvent) -> Bool {
    left === right
      || left.position == right.position && left.streamID == right.streamID
        && left.streamPosition == right.streamPosition && left.type == right.type
        && left.version == right.version && left.data == right.data
        && left.personalText == right.personalText
        && left.personalDigest == right.personalDigest && left.upcastFrom == right.upcastFrom
        && left.commit == right.commit
  }

  /// Hashes what tells events apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(position)
    hasher.combine(commit)
  }
}

/// An event that is to be recorded.
public struct NewEvent: Hashable, Sendable {
  /// The stable name of its type.
  public var type: String
  /// The version of its type's payload.
  public var version: Int64
  /// The payload: one JSON object.
  public var data: [UInt8]
  /// Kept apart from the data; nil if there is none.
  public var personalText: PersonalText?

  /// A value with all its fields.
  public init(type: String, version: Int64, data: [UInt8], personalText: PersonalText? = nil) {
    (self.type, self.version, self.data) = (type, version, data)
    self.personalText = personalText
  }
}

/// Events for one stream, to be recorded if the stream is where the writer believes it is.
///
/// Where a stream stands in a commit twice, the second is expected to find what the first appends.
public struct StreamAppend: Hashable, Sendable {
  /// The stream.
  public var streamID: String
  /// Where the writer believes the stream to be.
  public var expectedVersion: ExpectedVersion
  /// The events, in order.
  public var events: [NewEvent]

  /// A value with all its fields.
  public init(streamID: String, expectedVersion: ExpectedVersion, events: [NewEvent]) {
    (self.streamID, self.expectedVersion, self.events) = (streamID, expectedVersion, events)
  }
}

/// What is to be recorded in one commit: all of it or nothing.
public struct NewCommit: Hashable, Sendable {
  /// The events, stream by stream, in the order in which they will stand in the log.
  public var appends: [StreamAppend]
  /// Who asked for it.
  public var actor: String
  /// Shared by commits that belong together.
  public var correlationID: String
  /// What caused it; nil if nobody said.
  public var causationID: String?
  /// Nil if the command may be repeated freely.
  public var idempotency: Idempotency?
  /// Why it is written; nil if nobody says.
  public var reason: PersonalText?
  /// Microseconds since 1970, UTC; nil means: when it is recorded.
  public var effectiveAtMicros: Int64?
  /// The bytes of a JSON object.
  public var otherMetadata: [UInt8]?

  /// The caller's name for one command, and what the command was.
  public struct Idempotency: Hashable, Sendable {
    /// The caller's name for the command.
    public var key: String
    /// SHA-256 of what the key stands for.
    public var fingerprint: Digest256

    /// A value with all its fields.
    public init(key: String, fingerprint: Digest256) {
      (self.key, self.fingerprint) = (key, fingerprint)
    }
  }

  /// A value with all its fields; without appends, one whose events are still to be decided.
  public init(
    appends: [StreamAppend] = [], actor: String, correlationID: String, causationID: String? = nil,
    idempotency: Idempotency? = nil, reason: PersonalText? = nil, effectiveAtMicros: Int64? = nil,
    otherMetadata: [UInt8]? = nil
  ) {
    self.appends = appends
    self.actor = actor
    self.correlationID = correlationID
    self.causationID = causationID
    self.idempotency = idempotency
    self.reason = reason
    self.effectiveAtMicros = effectiveAtMicros
    self.otherMetadata = otherMetadata
  }
}
