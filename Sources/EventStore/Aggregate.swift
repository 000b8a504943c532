/// What the events of one stream add up to: the consistency boundary of a program's rules.
///
/// The same fold serves commands, time travel and snapshots.
public protocol Aggregate {
  /// The state before the first event of `streamID`.
  init(streamID: String)

  /// Moves the state past `event`, which comes in the current version of its type.
  ///
  /// Holds no rules: they ran before the event was stored. Throws only if the event can't be read.
  mutating func evolve(_ event: RecordedEvent) throws

  /// How the state is kept in snapshots; nil, the default, means never.
  static var snapshots: SnapshotCodec<Self>? { get }
}

extension Aggregate {
  /// No snapshots.
  public static var snapshots: SnapshotCodec<Self>? { nil }
}

/// How an aggregate's state is written into snapshots, and read back.
public struct SnapshotCodec<State>: Sendable {
  /// Raised whenever the encoding, or what `evolve` makes of any event, changes: snapshots of another
  /// version are ignored and replaced.
  public let version: Int64
  /// The state as one JSON document.
  public let encode: @Sendable (State) -> [UInt8]
  /// The state of a stream, read back; throws if the bytes are no such state.
  public let decode: @Sendable (_ streamID: String, _ bytes: [UInt8]) throws -> State

  /// A codec with all its parts.
  public init(
    version: Int64, encode: @escaping @Sendable (State) -> [UInt8],
    decode: @escaping @Sendable (_ streamID: String, _ bytes: [UInt8]) throws -> State
  ) {
    (self.version, self.encode, self.decode) = (version, encode, decode)
  }
}

/// An aggregate's state as its stream has left it, and how it was found.
public struct Loaded<State: Aggregate> {
  /// Its stream.
  public let streamID: String
  /// What the events add up to.
  public var state: State
  /// The stream position of the last event in it; nil before the first.
  public var version: Int64?
  /// The stream position of the snapshot it started from, or of the newest one since; nil if there
  /// was none.
  public internal(set) var snapshotVersion: Int64?
  /// How many events were folded to find it, after the snapshot it started from; 0 if it was moved on from
  /// an earlier state, as no snapshot would have helped.
  public internal(set) var eventsFolded = 0
  /// The recorded time of the first event after the snapshot; nil if there is none.
  var unsavedSinceMicros: Int64?
  /// Stream positions of snapshots that can't be used.
  var unusableSnapshots: [Int64] = []

  /// The state before the first event of `streamID`.
  public init(before streamID: String) {
    self.streamID = streamID
    state = State(streamID: streamID)
  }

  init(_ snapshot: Snapshot, _ state: State) {
    streamID = snapshot.streamID
    self.state = state
    version = snapshot.streamPosition
    snapshotVersion = snapshot.streamPosition
  }

  /// Moves the state past `event`, the next of its stream.
  public mutating func evolve(_ event: RecordedEvent) throws {
    try state.evolve(event)
    version = event.streamPosition
    unsavedSinceMicros = unsavedSinceMicros ?? event.commit.header.recordedAtMicros
  }

  /// Moves the state past an event that was just recorded, without reading it back.
  package mutating func evolve(recordedAtMicros: Int64, _ change: (inout State) -> Void) {
    change(&state)
    version = (version ?? -1) + 1
    unsavedSinceMicros = unsavedSinceMicros ?? recordedAtMicros
  }

  /// A snapshot of it was just written.
  mutating func isSaved() {
    snapshotVersion = version
    unsavedSinceMicros = nil
    eventsFolded = 0
    unusableSnapshots = []
  }

  mutating func fold(_ event: RecordedEvent) throws {
    try evolve(event)
    eventsFolded += 1
  }

  /// How many events there are after the newest snapshot.
  var eventsSinceSnapshot: Int64 { (version ?? -1) - (snapshotVersion ?? -1) }
}

extension ReadTransaction {
  /// The state of `streamID` after its last event: the newest snapshot and the events after it.
  public func load<State: Aggregate>(
    _ type: State.Type, _ streamID: String
  ) throws -> Loaded<State> {
    try load(type, EventQuery(streamID: streamID))
  }

  /// The state that the events of `query`, which must name a stream, add up to in order of recording.
  ///
  /// Starts from the newest snapshot whose events the query lets through; from none if it filters by more
  /// than positions and recorded time. Throws what `evolve` throws, and `EventDecodingError` at an event
  /// that this program can't read.
  public func load<State: Aggregate>(
    _ type: State.Type, _ query: EventQuery
  ) throws -> Loaded<State> {
    guard let streamID = query.streamID else {
      preconditionFailure("an aggregate is loaded from one stream")
    }
    precondition(
      query.order == .recorded && !query.isReversed && query.limit == nil && query.after == nil
        && query.afterStreamPosition == nil && query.recordedFromMicros == nil && !query.isRaw,
      "an aggregate is folded from its first event on")
    var query = query
    let isWhole = !query.isSelective
    var loaded =
      try (isWhole ? newestSnapshot(type, query) : nil) ?? Loaded(before: streamID)
    query.afterStreamPosition = loaded.snapshotVersion
    try fold(query, isWhole: isWhole, into: &loaded)
    return loaded
  }

  /// The state of a stream after its last event: `earlier` and the events after it.
  public func load<State: Aggregate>(after earlier: Loaded<State>) throws -> Loaded<State> {
    var loaded = earlier
    loaded.eventsFolded = 0
    var query = EventQuery(streamID: earlier.streamID)
    query.afterStreamPosition = earlier.version
    try fold(query, isWhole: true, into: &loaded)
    loaded.eventsFolded = 0
    return loaded
  }

  /// Folds the events of `query` into `loaded`, without a gap if they are all that there are.
  private func fold<State: Aggregate>(
    _ query: EventQuery, isWhole: Bool, into loaded: inout Loaded<State>
  ) throws {
    var query = query
    query.includesPersonalText = false
    try forEachEvent(query) { event in
      guard !isWhole || event.streamPosition == (loaded.version ?? -1) + 1 else {
        throw StoreFileError.damaged(
          path: store.path, position: event.position, problem: "its stream has a gap before it")
      }
      try loaded.fold(event)
    }
    store.eventsFolded += Int64(loaded.eventsFolded)
  }
}
