/// Which events to read, and in which order.
public struct EventQuery: Hashable, Sendable {
  /// Nil means every stream.
  public var streamID: String?
  /// Only global positions above this one.
  public var after: Int64?
  /// Only global positions up to this one.
  public var through: Int64?
  /// Only stream positions up to this one.
  public var throughStreamPosition: Int64?
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
  /// The query as SQL: the conditions stand in the order of `values`.
  func sql(streamKey: Int64?) -> (text: String, values: [Int64]) {
    let effective = "coalesce(c.effective_at_us, c.recorded_at_us)"
    let conditions: [(condition: String, value: Int64?)] = [
      ("e.stream_key = ?", streamKey),
      ("e.position > ?", after),
      ("e.position <= ?", through),
      ("e.stream_position <= ?", throughStreamPosition),
      ("c.recorded_at_us <= ?", recordedThroughMicros),
      ("\(effective) >= ?", effectiveFromMicros),
      ("\(effective) <= ?", effectiveThroughMicros),
      // A limit of -1 is none: <https://sqlite.org/lang_select.html#limitoffset>
      ("LIMIT ?", Int64(limit ?? -1)),
    ]
    let given = conditions.filter { $0.value != nil }
    let filters = given.dropLast().map(\.condition)
    let place = streamKey == nil ? "e.position" : "e.stream_position"
    let keys = order == .recorded ? [place] : [effective, place]
    let ordering = keys.map { isReversed ? $0 + " DESC" : $0 }.joined(separator: ", ")
    let text = """
      SELECT \(EventRow.columns)
        FROM recorded_events e
       CROSS JOIN commits c ON c.commit_number = e.commit_number
      \(filters.isEmpty ? "" : " WHERE " + filters.joined(separator: " AND "))
       ORDER BY \(ordering)
       LIMIT ?
      """
    return (text, given.compactMap(\.value))
  }
}
