/// Changes of the file that change no history: `verify` has nothing to say against them.
package enum Harmless {
  /// Saved states of accounts are a cache, settings and subscriptions their users' affair, and where a
  /// projection has stopped or is being rebuilt is said anew when it is asked.
  static func isHarmless(_ tampering: Tampering) -> Bool {
    usersTables.contains(tampering.table)
      || tampering.table == "snapshots" && tampering.kind == .deleted
      || tampering.table == "projections" && notes.contains(tampering.column ?? "")
  }

  /// What users choose or do, and no event says.
  package static let usersTables = ["settings", "subscriptions", "dead_letters"]

  /// How a full-text index packs its terms: `verify` compares what it says with the events, term by term, and
  /// leaves how that is found to SQLite.
  static func isUnchecked(_ tampering: Tampering) -> Bool {
    uncheckedTables.contains(tampering.table)
  }

  /// The tables that `isUnchecked` speaks of.
  package static let uncheckedTables = ["transactions_text_data", "transactions_text_idx"]

  private static let notes = ["stopped_at", "problem", "rebuild_id", "rebuilt_through"]

  /// The keys of look-up tables, in pairs exchanged or all moved behind the end, wherever they are
  /// used: they are names inside the file, that no hash covers and no reader sees.
  static func renumberedKeys(_ raw: RawLedger) throws -> [Tampering] {
    let users = try usersOfKeys(raw)
    return try users.sorted { $0.key < $1.key }.flatMap { column, tables in
      let keys = try raw.integers("SELECT \(column) FROM \(tables[0]) ORDER BY 1")
      let last = keys.last ?? 0
      let swaps = zip(keys, keys.dropFirst()).map { one, two in
        "UPDATE %table SET \(column) = -(\(one + two) - \(column)) WHERE \(column) IN (\(one), \(two))"
      }
      return (swaps + ["UPDATE %table SET \(column) = -(\(last + 1) + \(column))"]).map { sql in
        let updates = tables.flatMap { table in
          [
            sql.replacing("%table", with: table),
            "UPDATE \(table) SET \(column) = -\(column) WHERE \(column) < 0",
          ]
        }
        return Tampering(tables[0], column, .consistent, updates.joined(separator: "; "))
      }
    }
  }

  /// The look-up tables' keys, and the tables that have them: their own first.
  private static func usersOfKeys(_ raw: RawLedger) throws -> [String: [String]] {
    var users: [String: [String]] = [:]
    for (table, column) in [
      ("streams", "stream_key"), ("event_types", "type_key"), ("actors", "actor_key"),
    ] {
      let others = try raw.texts(
        """
        SELECT s.name FROM sqlite_schema s, pragma_table_info(s.name) c
         WHERE s.type = 'table' AND c.name = '\(column)' AND s.name <> '\(table)' ORDER BY 1
        """)
      users[column] = [table] + others
    }
    return users
  }
}
