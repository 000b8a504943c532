import EventStore
import Testing

@Suite("No table, index, view or trigger can be added, removed or changed unseen")
struct TamperedSchemaTests {
  @Test(
    "a changed schema is found and named",
    arguments: [
      ("CREATE TABLE extra (x)", "table 'extra'"),
      ("CREATE TABLE \"events \" (x)", "table 'events '"),
      ("CREATE INDEX extra ON commits (actor_key)", "index 'extra'"),
      ("CREATE VIEW extra AS SELECT 1", "view 'extra'"),
      (
        "CREATE TRIGGER extra AFTER UPDATE ON projections BEGIN SELECT 1; END", "trigger 'extra'"
      ),
      ("DROP TRIGGER commits_refuses_insert", "trigger 'commits_refuses_insert' is missing"),
      (
        "DROP TRIGGER recorded_events_refuses_delete",
        "trigger 'recorded_events_refuses_delete' is missing"
      ),
      (
        """
        DROP TRIGGER actors_refuses_update;
        CREATE TRIGGER actors_refuses_update BEFORE UPDATE ON actors BEGIN SELECT 1; END
        """, "trigger 'actors_refuses_update' was changed"
      ),
      (
        "DROP INDEX commits_by_idempotency_key", "index 'commits_by_idempotency_key' is missing"
      ),
      ("DROP VIEW events", "view 'events' is missing"),
      (
        "DROP VIEW events; CREATE VIEW events AS SELECT 1 AS global_position",
        "view 'events' was changed"
      ),
      ("ALTER TABLE commits ADD COLUMN extra TEXT", "table 'commits' was changed"),
      ("DROP TABLE projections", "table 'projections' is missing"),
    ])
  func changed(_ sql: String, _ named: String) throws {
    let file = try TestStore()
    try SampleLog.write(to: file.open())
    try file.raw().run(sql)
    let error = #expect(throws: StoreFileError.self) { try file.verify() }
    guard case .damaged(file.path, let position, let problem) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(position == nil)
    #expect(problem.contains(named), "\(problem)")
  }
}
