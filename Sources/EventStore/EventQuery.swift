internal import SQLite

/// Which events to read, and in which order. All conditions must hold.
public struct EventQuery: Hashable, Sendable {
  /// Nil means every stream.
  public var streamID: String?
  /// Only streams whose id begins with this.
  public var streamPrefix: String?
  /// Only these types of event; nil means every type.
  public var types: [String]?
  /// Only what this actor asked for.
  public var actor: String?
  /// Only commits with this correlation id.
  public var correlationID: String?
  /// Only global positions above this one.
  public var after: Int64?
  /// Only global positions up to this one.
  public var through: Int64?
  /// Only stream positions above this one.
  public var afterStreamPosition: Int64?
  /// Only stream positions up to this one.
  public var throughStreamPosition: Int64?
  /// Only what was recorded at or after: microseconds since 1970, UTC.
  public var recordedFromMicros: Int64?
  /// Only what was recorded at or before: microseconds since 1970, UTC.
  public var recordedThroughMicros: Int64?
  /// Only what counts at or after: microseconds since 1970, UTC.
  public var effectiveFromMicros: Int64?
  /// Only what counts at or before: microseconds since 1970, UTC.
  public var effectiveThroughMicros: Int64?
  /// In which order events come.
  public var order: Order = .recorded
  /// The last first.
  public var isReversed = false
  /// At most so many.
  public var limit: Int?
  /// Whether to fetch personal text.
  public var includesPersonalText = true
  /// Whether events come as they are stored, whatever their version, instead of upcast.
  public var isRaw = false

  /// The two clocks.
  public enum Order: Hashable, Sendable {
    /// By global position.
    case recorded
    /// By effective time, then by global position.
    case effective
  }

  /// Every event of `streamID`, or of the whole log if it is nil, in the order of recording.
  public init(streamID: String? = nil) {
    self.streamID = streamID
  }
}

extension EventQuery {
  /// Whether it leaves out events between the first and the last that it lets through.
  var isSelective: Bool {
    types != nil || actor != nil || correlationID != nil || streamPrefix != nil
      || effectiveFromMicros != nil || effectiveThroughMicros != nil
  }

  /// The query as SQL, and the values of its parameters in order; nil if no event can match.
  func sql(_ log: ReadTransaction) throws -> (text: String, values: [any Bindable])? {
    guard let conditions = try conditions(log) else { return nil }
    let effective = Self.effectiveAt
    let place = streamID == nil ? "e.position" : "e.stream_position"
    let keys = order == .recorded ? [place] : [effective, place]
    let ordering = keys.map { isReversed ? $0 + " DESC" : $0 }.joined(separator: ", ")
    let filters = conditions.map(\.sql).joined(separator: " AND ")
    let text = """
      SELECT \(EventRow.columns)
        FROM recorded_events e
       CROSS JOIN commits c ON c.commit_number = e.commit_number
      \(filters.isEmpty ? "" : " WHERE \(filters)")
       ORDER BY \(ordering)
      """
    return (text, conditions.map(\.value))
  }

  private typealias Condition = (sql: String, value: any Bindable)

  private static let effectiveAt = "coalesce(c.effective_at_us, c.recorded_at_us)"

  private func conditions(_ log: ReadTransaction) throws -> [Condition]? {
    let names = log.store.names
    var conditions: [Condition] = []
    func add(_ sql: String, _ value: (any Bindable)?) {
      if let value { conditions.append((sql, value)) }
    }
    if let streamID {
      guard let key = try names.streams.key(of: streamID) else { return nil }
      add("e.stream_key = ?", key)
    }
    if let actor {
      guard let key = try names.actors.key(of: actor) else { return nil }
      add("c.actor_key = ?", key)
    }
    if let types {
      let keys = try types.compactMap(names.eventTypes.key(of:))
      guard !keys.isEmpty else { return nil }
      // One parameter for any number of types, so that the statement stays the same.
      add("e.type_key IN (SELECT value FROM json_each(?))", "\(keys)")
    }
    // Unary plus: the log is scanned in its own order rather than stream by stream and then sorted.
    add(
      "+e.stream_key IN (SELECT stream_key FROM streams WHERE instr(stream_id, ?) = 1)",
      streamPrefix)
    add("c.correlation_id = ?", correlationID)
    // Recorded times follow positions, so that a range of them is one of positions.
    add("e.position > ?", after)
    add("e.position > ?", try recordedFromMicros.map { try log.lastPosition(recordedBefore: $0) })
    add("e.position <= ?", through)
    add(
      "e.position <= ?",
      try recordedThroughMicros.map { try log.lastPosition(recordedThrough: $0) })
    add("e.stream_position > ?", afterStreamPosition)
    add("e.stream_position <= ?", throughStreamPosition)
    add("\(Self.effectiveAt) >= ?", effectiveFromMicros)
    add("\(Self.effectiveAt) <= ?", effectiveThroughMicros)
    return conditions
  }
}
