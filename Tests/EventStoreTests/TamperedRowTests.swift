import EventStore
import Testing

@Suite("No row of the log can be added, removed or moved unseen")
struct TamperedRowTests {
  static let deleted: [Tampering] = [
    Tampering("DELETE FROM recorded_events WHERE position = 1", at: 1),
    // Blamed on the commit that should end there.
    Tampering("DELETE FROM recorded_events WHERE position = 2", at: 1),
    Tampering("DELETE FROM recorded_events WHERE position = 3", at: 3),
    Tampering("DELETE FROM recorded_events WHERE position = 4", at: 4),
    Tampering("DELETE FROM commits WHERE commit_number = 1", at: 1),
    Tampering("DELETE FROM commits WHERE commit_number = 2", at: 3),
    Tampering("DELETE FROM commits WHERE commit_number = 3", at: 4),
    Tampering(
      "DELETE FROM commits WHERE commit_number = 2; DELETE FROM recorded_events WHERE position = 3",
      at: 3),
    Tampering("DELETE FROM personal_texts WHERE position = 1", at: 1),
    Tampering("DELETE FROM personal_texts WHERE position = 2", at: 2),
    Tampering("DELETE FROM streams WHERE stream_id = 'b'", at: 3),
    Tampering("DELETE FROM event_types WHERE event_type = 'Moved'", at: 2),
    Tampering("DELETE FROM actors WHERE actor = 'bob'", at: 3),
  ]

  static let moved: [Tampering] = [
    Tampering(
      """
      UPDATE recorded_events SET data = CASE position WHEN 4 THEN '{"number":5}'
        ELSE '{"number":4}' END WHERE position IN (4, 5)
      """, at: 4),
    Tampering(
      """
      UPDATE recorded_events SET position = -position WHERE position IN (2, 3);
      UPDATE recorded_events SET position = 5 + position WHERE position < 0;
      """, at: 1),
    Tampering(
      """
      UPDATE recorded_events SET position = -position WHERE position IN (4, 5);
      UPDATE recorded_events SET position = 9 + position WHERE position < 0;
      UPDATE personal_texts SET position = 4 WHERE field = 'description' AND position = 5;
      """, at: 4),
    Tampering(
      """
      UPDATE recorded_events SET stream_position = 9 - stream_position WHERE position IN (1, 2);
      UPDATE recorded_events SET stream_position = stream_position - 8 WHERE position IN (1, 2);
      """, at: 1),
    Tampering(
      """
      UPDATE recorded_events SET position = -position;
      UPDATE recorded_events SET position = 1 - position;
      UPDATE personal_texts SET position = -position;
      UPDATE personal_texts SET position = 1 - position;
      UPDATE commits SET last_position = last_position + 1;
      """, at: 1),
  ]

  static let added: [String] = [
    "INSERT INTO recorded_events VALUES (6, 3, 1, 3, 2, 1, '{}', NULL)",
    "INSERT INTO recorded_events VALUES (6, 4, 1, 3, 2, 1, '{}', NULL)",
    "INSERT INTO recorded_events VALUES (0, 1, 1, 3, 2, 1, '{}', NULL)",
    "INSERT INTO recorded_events VALUES (-1, 0, 1, 3, 2, 1, '{}', NULL)",
    """
    INSERT INTO commits SELECT 4, 5, recorded_at_us + 1, NULL, 1, '', NULL, NULL, NULL, NULL, NULL,
      commit_hash FROM commits WHERE commit_number = 3
    """,
    """
    INSERT INTO commits SELECT 0, 0, recorded_at_us - 1, NULL, 1, '', NULL, NULL, NULL, NULL, NULL,
      commit_hash FROM commits WHERE commit_number = 1
    """,
    "INSERT INTO personal_texts VALUES (3, 'description', zeroblob(16), 'orphan')",
    "INSERT INTO personal_texts VALUES (3, 'reason', zeroblob(16), 'orphan')",
    "INSERT INTO personal_texts VALUES (1, 'reason', zeroblob(16), 'not the last event')",
    "INSERT INTO personal_texts VALUES (1, 'zzz', zeroblob(16), 'second text')",
    "INSERT INTO personal_texts VALUES (1, 'aaa', zeroblob(16), 'second text')",
    "INSERT INTO personal_texts VALUES (99, 'description', zeroblob(16), 'no event')",
    "INSERT INTO streams VALUES (99, 'unused')",
    "INSERT INTO event_types VALUES (99, 'Unused')",
    "INSERT INTO actors VALUES (99, 'unused')",
    "INSERT INTO store VALUES ('second')",
  ]

  @Test("a deleted row is found", arguments: deleted)
  func expectDeletedFound(_ tampering: Tampering) throws { try tampering.expectFound() }

  @Test("rows that changed places are found", arguments: moved)
  func expectMovedFound(_ tampering: Tampering) throws { try tampering.expectFound() }

  @Test("a tail cut off inside a commit is found")
  func truncated() throws {
    try Tampering(
      """
      DELETE FROM personal_texts WHERE position = 5 AND field = 'description';
      DELETE FROM recorded_events WHERE position = 5;
      """, at: 4
    ).expectFound()
  }

  @Test("an added row is found", arguments: added)
  func expectAddedFound(_ sql: String) throws {
    let file = try TestStore()
    try SampleLog.write(to: file.open())
    try file.tamper(sql)
    let error = #expect(throws: StoreFileError.self) { try file.verify() }
    guard case .damaged = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
