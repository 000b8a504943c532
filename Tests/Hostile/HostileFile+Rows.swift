import Foundation
import Tampering

/// Files in which several rows contradict each other, as no change of one value makes them.
extension HostileFile {
  static let contradictions: [HostileFile] = scripts.map { name, sql in
    HostileFile(.contradictions, name) { pristine, path in
      try Data(pristine.bytes).write(to: URL(fileURLWithPath: path))
      try RawLedger(path).run(sql + "; PRAGMA wal_checkpoint(TRUNCATE)")
    }
  }

  private static let most = 1 << 53
  private static let lastCommit = "(SELECT max(commit_number) FROM commits)"
  /// The projection has applied a part of the log only, and goes on from there.
  private static let alertsLag = """
    UPDATE alert_progress SET last_position = 50;
    UPDATE projections SET checkpoint = 50 WHERE name = 'alerts'
    """

  private static let scripts: [(String, String)] = [
    (
      "a commit that caused itself",
      """
      UPDATE recorded_events SET commit_number = 2 WHERE position = 1;
      UPDATE commits SET causation_id = '1' WHERE commit_number = 2
      """
    ),
    (
      "a commit of as many events as there can be",
      """
      UPDATE recorded_events SET position = \(most)
       WHERE position = (SELECT max(position) FROM recorded_events);
      UPDATE commits SET last_position = \(most), causation_id = '1' WHERE commit_number = \(lastCommit)
      """
    ),
    (
      "a log that ends before its last events",
      "UPDATE commits SET last_position = 1 WHERE commit_number = \(lastCommit)"
    ),
    (
      "an erasure without its commit",
      """
      DELETE FROM commits WHERE commit_number IN
        (SELECT commit_number FROM recorded_events JOIN event_types USING (type_key)
          WHERE event_type = 'PersonalTextErased')
      """
    ),
    (
      "a rule that is none, and movements that it has not seen",
      "UPDATE alert_rules SET kind = 'x', added_position = added_position + \(Int64.min); "
        + alertsLag
    ),
    (
      "an account that slept since before all time",
      """
      INSERT INTO alert_rules
        VALUES (12, 'sleepy', 'dormant', NULL, NULL, NULL, NULL, 86400000000, 0, NULL);
      DELETE FROM alert_movements;
      INSERT INTO alert_movements SELECT account_id, \(Int64.min), 1, 1 FROM account_balances;
      \(alertsLag)
      """
    ),
    (
      "months that count more than can be added up",
      """
      INSERT INTO monthly_statements
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1100)
        SELECT 'acct-42', '0' || x, 'USD', 0, 0, \(most), \(most), 1 FROM n
      """
    ),
    (
      "days that count more than can be added up",
      """
      INSERT INTO book_counters
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1100)
        SELECT '0' || x, 'USD', \(most), \(most), \(most), \(most), \(most), \(most), 0, 0, 0, 1 FROM n
      """
    ),
  ]
}
