import EventStore
import Testing

/// One change behind the program's back, and the position that `verify` is to name.
struct Tampering: Sendable, CustomTestStringConvertible {
  let sql: String
  let position: Int64?

  init(_ sql: String, at position: Int64?) { (self.sql, self.position) = (sql, position) }

  /// Changes one column of the rows that `rows` names.
  static func set(_ table: String, _ change: String, _ rows: String, at position: Int64?) -> Self {
    Tampering("UPDATE \(table) SET \(change) WHERE \(rows)", at: position)
  }

  var testDescription: String { sql }

  /// Expects a sample log with this change to be found damaged.
  func expectFound() throws {
    let file = try TestStore()
    try SampleLog.write(to: file.open())
    try file.verify()
    try file.tamper(sql)
    let error = #expect(throws: StoreFileError.self) { try file.verify() }
    guard let error else { return }
    guard case .damaged(file.path, let found, let problem) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(found == position, "\(problem)")
    #expect(!problem.isEmpty)
  }
}

@Suite("No column of the log can be changed unseen")
struct TamperedColumnTests {
  static let lookUps: [Tampering] = [
    .set("store", "store_id = 'other'", "true", at: 1),
    .set("streams", "stream_key = 77", "stream_id = 'b'", at: 3),
    .set("streams", "stream_id = 'c'", "stream_id = 'b'", at: 3),
    .set("streams", "stream_id = 'B'", "stream_id = 'b'", at: 3),
    .set("event_types", "type_key = 77", "event_type = 'Opened'", at: 1),
    .set("event_types", "event_type = 'Shut'", "event_type = 'Opened'", at: 1),
    .set("actors", "actor_key = 77", "actor = 'bob'", at: 3),
    .set("actors", "actor = 'eve'", "actor = 'bob'", at: 3),
  ]

  static let commits: [Tampering] =
    [
      "commit_number = 9", "last_position = 4", "recorded_at_us = recorded_at_us - 1",
      "recorded_at_us = 4102444800000000", "recorded_at_us = 0", "effective_at_us = 5",
      "effective_at_us = recorded_at_us", "actor_key = 1", "correlation_id = ''",
      "correlation_id = 'c-2 '", "causation_id = ''", "causation_id = 'x'", "idempotency_key = 'x'",
      "fingerprint = zeroblob(32)", "fingerprint = x''", "reason_digest = zeroblob(32)",
      "metadata = ''", "metadata = '{}'", "commit_hash = zeroblob(32)", "commit_hash = x'00'",
    ].map { .set("commits", $0, "commit_number = 2", at: 3) }
    + [
      "effective_at_us = NULL", "effective_at_us = 6", "causation_id = NULL",
      "idempotency_key = NULL", "idempotency_key = 'other'", "fingerprint = NULL",
      "fingerprint = x'00'", "reason_digest = NULL", "metadata = NULL",
      "metadata = '{\"ip\":\"::2\"}'", "metadata = '{\"ip\": \"::1\"}'",
    ].map { .set("commits", $0, "commit_number = 1", at: 1) }

  static let events: [Tampering] = [
    .set("recorded_events", "position = 99", "position = 5", at: 5),
    .set("recorded_events", "position = 0", "position = 1", at: 1),
    .set("recorded_events", "commit_number = 3", "position = 3", at: 3),
    .set("recorded_events", "commit_number = 99", "position = 3", at: 3),
    .set("recorded_events", "stream_key = 2", "position = 4", at: 4),
    .set("recorded_events", "stream_position = 7", "position = 3", at: 3),
    .set("recorded_events", "stream_position = 7", "position = 5", at: 4),
    .set("recorded_events", "type_key = 1", "position = 3", at: 3),
    .set("recorded_events", "event_version = 2", "position = 3", at: 3),
    .set("recorded_events", "data = '{\"number\":30}'", "position = 3", at: 3),
    .set("recorded_events", "data = data || ' '", "position = 3", at: 3),
    .set("recorded_events", "data = ''", "position = 3", at: 3),
    .set("recorded_events", "personal_digest = NULL", "position = 1", at: 1),
    .set("recorded_events", "personal_digest = zeroblob(32)", "position = 3", at: 3),
    .set("recorded_events", "personal_digest = x'00'", "position = 3", at: 3),
  ]

  static let personalTexts: [Tampering] = [
    .set("personal_texts", "position = 2", "position = 1", at: 1),
    .set("personal_texts", "field = 'other'", "position = 2", at: 2),
    .set("personal_texts", "salt = zeroblob(16)", "position = 1", at: 1),
    .set("personal_texts", "salt = x''", "position = 1", at: 1),
    .set("personal_texts", "text = 'Alice B.'", "position = 1", at: 1),
    .set("personal_texts", "text = ''", "position = 1", at: 1),
    .set("personal_texts", "text = 'at once'", "position = 2 AND field = 'reason'", at: 2),
    .set("personal_texts", "text = 'x'", "position = 5 AND field = 'reason'", at: 5),
  ]

  @Test(
    "a changed column is found where it was changed",
    arguments: lookUps + commits + events + personalTexts)
  func changed(_ tampering: Tampering) throws {
    try tampering.expectFound()
  }

  @Test("the border between salt and text can't be moved")
  func saltBorder() throws {
    // The sample's salts are 16 times the letter A.
    try Tampering.set(
      "personal_texts", "salt = CAST('AAAAAAAAAAAAAAA' AS BLOB), text = 'A' || text",
      "position = 1", at: 1
    ).expectFound()
  }

  @Test(
    "a handle that has read and written finds it too",
    arguments: lookUps.dropFirst() + [.set("recorded_events", "data = '{}'", "position = 3", at: 3)]
  )
  func usedHandle(_ tampering: Tampering) throws {
    let file = try TestStore()
    let store = try file.open()
    try SampleLog.write(to: store)
    try store.verify()
    try file.tamper(tampering.sql)
    #expect(throws: StoreFileError.self) { try store.verify() }
  }
}
