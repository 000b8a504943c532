import Testing

@testable import EventStore

extension TestStore {
  /// The stream positions of a stream's snapshots, oldest first.
  func snapshots(of streamID: String = "a") throws -> [Int64] {
    try raw().rows(
      """
      SELECT stream_position FROM snapshots JOIN streams USING (stream_key)
       WHERE stream_id = '\(streamID)' ORDER BY stream_position
      """
    ).compactMap { $0[0].flatMap { Int64($0) } }
  }

  /// Writes a snapshot behind the program's back, with a right checksum: `state` at an event that is
  /// there.
  func plant(
    _ state: [UInt8], of streamID: String = "a", at streamPosition: Int64,
    stateVersion: Int64 = Counter.stateVersion
  ) throws {
    let found = try open(.readOnly).read { try $0.place(of: streamID, at: streamPosition) }
    let place = try #require(found)
    let snapshot = Snapshot(
      streamID, at: streamPosition, position: place.position, stateVersion: stateVersion,
      takenAtMicros: clock.micros, state: state, commitHash: place.commitHash)
    try raw().run(
      """
      INSERT OR REPLACE INTO snapshots (stream_key, stream_position, position, state_version,
        taken_at_us, state, checksum)
      SELECT stream_key, \(streamPosition), \(place.position), \(stateVersion), \(clock.micros),
             CAST(x'\(state.hex)' AS TEXT), x'\(snapshot.checksum.hex)'
        FROM streams WHERE stream_id = '\(streamID)'
      """)
  }

  /// Writes a counter's snapshot behind the program's back, with a right checksum.
  func plant(_ counter: Counter, of streamID: String = "a", at streamPosition: Int64) throws {
    try plant(counter.bytes, of: streamID, at: streamPosition)
  }
}
