internal import SQLite

/// The places of one stream's events, found without reading the events.
package struct StreamIndex {
  private let key: Int64
  private let log: ReadTransaction
  /// Stream position of the last event.
  package let lastVersion: Int64

  /// Nil if the stream has no events.
  init?(_ streamID: String, _ log: ReadTransaction) throws {
    guard let key = try log.store.names.streams.key(of: streamID),
      let lastVersion = try log.version(of: streamID)
    else { return nil }
    (self.key, self.log, self.lastVersion) = (key, log, lastVersion)
  }

  /// Stream position of the last event at or before the global position; nil if there is none.
  package func version(through position: Int64) throws -> Int64? {
    try lastVersion(in: 0...lastVersion) { version in
      try self.position(at: version).map { $0 <= position } ?? false
    }
  }

  /// Global position of the event at a stream position; nil if there is none.
  package func position(at version: Int64) throws -> Int64? {
    try log.store.database.first(
      "SELECT position FROM recorded_events WHERE stream_key = ? AND stream_position = ?",
      key, version
    ) { $0.int64(0) }
  }

  /// When the event at a stream position counts: microseconds since 1970, UTC; nil if there is none.
  package func effectiveAtMicros(at version: Int64) throws -> Int64? {
    try log.store.database.first(
      """
      SELECT coalesce(c.effective_at_us, c.recorded_at_us)
        FROM recorded_events e JOIN commits c ON c.commit_number = e.commit_number
       WHERE e.stream_key = ? AND e.stream_position = ?
      """, key, version
    ) { $0.int64(0) }
  }

  /// The last stream position of `range` for which `condition` holds, which holds for all before any that
  /// it holds for; nil if it holds for none. The last is tried first.
  package func lastVersion(
    in range: ClosedRange<Int64>, where condition: (Int64) throws -> Bool
  ) throws -> Int64? {
    if try condition(range.upperBound) { return range.upperBound }
    var (held, failed) = (range.lowerBound - 1, range.upperBound)
    while failed - held > 1 {
      let middle = held + (failed - held) / 2
      if try condition(middle) { held = middle } else { failed = middle }
    }
    return held < range.lowerBound ? nil : held
  }
}

extension ReadTransaction {
  /// The places of the events of `streamID`; nil if it has none.
  package func index(of streamID: String) throws -> StreamIndex? {
    try StreamIndex(streamID, self)
  }
}
