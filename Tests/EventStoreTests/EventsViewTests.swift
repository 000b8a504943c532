import EventStore
import Testing

@Suite("The log as people read it, in the view `events`")
struct EventsViewTests {
  let file: TestStore

  init() throws { file = try TestStore() }

  @Test("the columns keep their names")
  func columns() throws {
    let names = try file.raw().rows("SELECT name FROM pragma_table_info('events')").map { $0[0] }
    let pinned = [
      "global_position", "stream_id", "stream_position", "event_type", "data", "metadata",
      "created_at",
    ]
    #expect(names.filter { pinned.contains($0 ?? "") } == pinned)
  }

  @Test("one row an event, in its place, under its names")
  func rows() throws {
    try SampleLog.write(to: file.open())
    let rows = try file.raw().rows(
      """
      SELECT global_position, stream_id, stream_position, event_type, data->>'number',
             metadata->>'userId', metadata->>'correlationId'
        FROM events ORDER BY global_position
      """)
    #expect(
      rows == [
        ["1", "a", "0", "Opened", "1", "alice", "c-1"],
        ["2", "a", "1", "Moved", "2", "alice", "c-1"],
        ["3", "b", "0", "Moved", "3", "bob", "c-2"],
        ["4", "a", "2", "Moved", "4", "alice", "c-3"],
        ["5", "b", "1", "Moved", "5", "alice", "c-3"],
      ])
  }

  @Test("personal text is back in its place, and the reason stands at every event of its commit")
  func personalText() throws {
    try SampleLog.write(to: file.open())
    let rows = try file.raw().rows(
      "SELECT data->>'description', metadata->>'reason', data FROM events ORDER BY global_position")
    #expect(rows.map { $0[0] } == ["Alice A.", nil, nil, nil, "dinner"])
    #expect(rows.map { $0[1] } == ["as agreed", "as agreed", nil, "rent", "rent"])
    #expect(rows[1][2] == "{\"number\":2}")
  }

  @Test("text of any kind comes back as it is", arguments: ["", "\"quoted\"", "{}", "💶\n\\", "'"])
  func oddText(_ text: String) throws {
    let event = NewEvent(
      type: "T", version: 1, data: Array("{}".utf8), personalText: .sample(text))
    try file.open().append([event], to: "a")
    #expect(try file.raw().value("SELECT data->>'description' FROM events") == text)
  }

  @Test("text that was erased is absent and takes nothing else with it")
  func erased() throws {
    try SampleLog.write(to: file.open())
    try file.tamper("DELETE FROM personal_texts")
    let rows = try file.raw().rows(
      """
      SELECT data->>'number', data->>'description', metadata->>'reason', metadata->>'userId'
        FROM events WHERE global_position = 1
      """)
    #expect(rows == [["1", nil, nil, "alice"]])
    #expect(try file.raw().value("SELECT count(*) FROM events") == "5")
  }

  @Test("other metadata stands beside the commit's own")
  func metadata() throws {
    try SampleLog.write(to: file.open())
    let rows = try file.raw().rows(
      """
      SELECT metadata->>'ip', metadata->>'causationId', metadata->>'idempotencyKey'
        FROM events WHERE global_position IN (2, 3) ORDER BY global_position
      """)
    #expect(rows == [["::1", "c-0", "k"], [nil, nil, nil]])
    let plain = try file.raw().value("SELECT metadata FROM events WHERE global_position = 3")
    #expect(plain == "{\"userId\":\"bob\",\"correlationId\":\"c-2\"}")
  }

  @Test(
    "instants print in full, before 1970 too",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
      (-1, "1969-12-31T23:59:59.999999Z"), (-999_999, "1969-12-31T23:59:59.000001Z"),
      (-1_000_000, "1969-12-31T23:59:59.000000Z"), (-1_000_001, "1969-12-31T23:59:58.999999Z"),
      (-2_208_988_800_000_000, "1900-01-01T00:00:00.000000Z"),
      (-62_135_596_799_999_999, "0001-01-01T00:00:00.000001Z"),
      (1_699_999_999_123_456, "2023-11-14T22:13:19.123456Z"),
    ] as [(Int64, String)])
  func instants(_ micros: Int64, _ text: String) throws {
    var commit = NewCommit([
      StreamAppend(streamID: "a", expectedVersion: .any, events: [.numbered(1)])
    ])
    commit.effectiveAtMicros = micros
    let store = try file.open()
    try store.append(commit)
    let rows = try file.raw().rows("SELECT effective_at, created_at FROM events")
    #expect(rows == [[text, "2023-11-14T22:13:20.000000Z"]])
  }

  @Test("what has no effective time counts when it was recorded")
  func effective() throws {
    file.clock.micros = 1_582_979_696_789_012
    try file.open().append([.numbered(1)], to: "a")
    let rows = try file.raw().rows("SELECT effective_at, created_at FROM events")
    #expect(rows == [["2020-02-29T12:34:56.789012Z", "2020-02-29T12:34:56.789012Z"]])
  }
}
