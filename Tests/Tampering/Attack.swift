import EventStore

/// What somebody can do who knows the format: the file is whole afterwards, and `verify` alone has
/// nothing to find. Only a checkpoint that was kept elsewhere tells.
package enum Attack {
  /// Takes away the last `count` commits and all that speaks of them.
  package static func truncate(_ path: String, commits count: Int64) throws {
    let raw = try RawLedger(path)
    let end = try raw.rows(
      """
      SELECT commit_number, last_position FROM commits
       ORDER BY commit_number DESC LIMIT 1 OFFSET \(count)
      """
    ).first
    let (commit, position) = (end?[0].integer ?? 0, end?[1].integer ?? 0)
    for table in ["personal_texts", "recorded_events", "snapshots"] {
      try raw.run("DELETE FROM \(table) WHERE position > \(position)")
    }
    try raw.run("DELETE FROM commits WHERE commit_number > \(commit)")
    try raw.run("DELETE FROM tree_nodes WHERE (node_index + 1) << level > \(commit)")
    for (table, key, user) in [
      ("streams", "stream_key", "recorded_events"), ("event_types", "type_key", "recorded_events"),
      ("actors", "actor_key", "commits"),
    ] {
      try raw.run("DELETE FROM \(table) WHERE \(key) NOT IN (SELECT \(key) FROM \(user))")
    }
    try rebuildProjections(path, raw)
  }

  /// Adds `amount` minor units to the first deposit from outside that has no idempotency key, to every
  /// balance after it, and computes every hash anew. Returns the position of the deposit.
  package static func enlargeDeposit(_ path: String, by amount: Int64) throws -> Int64 {
    let raw = try RawLedger(path)
    let deposit = try raw.rows(
      """
      SELECT e.position, e.stream_key, e.data->>'amount'
        FROM recorded_events e JOIN event_types USING (type_key) JOIN commits USING (commit_number)
       WHERE event_type = 'MoneyDeposited' AND event_version = 2 AND idempotency_key IS NULL
         AND e.data->>'transferId' IS NULL AND NOT EXISTS (
               SELECT 1 FROM recorded_events c JOIN event_types t USING (type_key)
                WHERE c.stream_key = e.stream_key AND t.event_type = 'AccountClosed')
       ORDER BY position LIMIT 1
      """)[0]
    let (position, stream) = (deposit[0].integer ?? 0, deposit[1].literal)
    try replace("amount", in: deposit[0].literal, with: deposit[2].text, plus: amount, raw)
    let balances = try raw.rows(
      """
      SELECT position, data->>'balanceAfter' FROM recorded_events
       WHERE stream_key = \(stream) AND position >= \(position)
         AND data->>'balanceAfter' IS NOT NULL
      """)
    for row in balances {
      try replace("balanceAfter", in: row[0].literal, with: row[1].text, plus: amount, raw)
    }
    try raw.run("DELETE FROM snapshots")
    try plant(try rechain(raw), raw)
    try rebuildProjections(path, raw)
    return position
  }

  private static func replace(
    _ member: String, in position: String, with decimal: String, plus amount: Int64,
    _ raw: RawLedger
  ) throws {
    let sum = "\((Int64(decimal.replacing(".", with: "")) ?? 0) + amount)"
    let decimals = decimal.split(separator: ".").dropFirst().first?.count ?? 0
    let text =
      decimals == 0 ? sum : "\(sum.dropLast(decimals)).\(sum.suffix(decimals))"
    try raw.run(
      """
      UPDATE recorded_events SET data = json_replace(data, '$.\(member)', '\(text)')
       WHERE position = \(position)
      """)
  }

  /// Computes every commit's hash from what is stored, as FORMAT.md describes it; returns them.
  private static func rechain(_ raw: RawLedger) throws -> [Digest256] {
    var hashes: [Digest256] = []
    var genesis = CanonicalBytes("genesis", version: 1)
    genesis.append(try raw.texts("SELECT store_id FROM store")[0])
    var previous = genesis.digest
    let commits = try raw.rows(
      """
      SELECT commit_number, recorded_at_us, effective_at_us, actor, correlation_id, causation_id,
             idempotency_key, fingerprint, reason_digest, metadata
        FROM commits JOIN actors USING (actor_key) ORDER BY commit_number
      """)
    for commit in commits {
      let number = commit[0].literal
      let events = try raw.rows(
        """
        SELECT position, stream_position, stream_id, event_type, event_version, data,
               personal_digest
          FROM recorded_events JOIN streams USING (stream_key) JOIN event_types USING (type_key)
         WHERE commit_number = \(number) ORDER BY position
        """)
      var fields = CanonicalBytes("commit", version: 1)
      fields.append(previous)
      for value in commit { fields.append(value) }
      fields.append(Int64(events.count))
      for var event in events {
        if event[3].text == "PeriodClosed" {
          event[5] = try noteAnew(previous, hashes, in: event[0].literal, raw)
        }
        var fieldsOfEvent = CanonicalBytes("event", version: 1)
        for value in event { fieldsOfEvent.append(value) }
        fields.append(fieldsOfEvent.digest)
      }
      previous = fields.digest
      hashes.append(previous)
      try raw.run(
        "UPDATE commits SET commit_hash = x'\(previous.hex)' WHERE commit_number = \(number)")
    }
    return hashes
  }

  /// Writes head and root of the commits so far into the close at `position`; returns its data.
  private static func noteAnew(
    _ head: Digest256, _ commits: [Digest256], in position: String, _ raw: RawLedger
  ) throws -> StoredValue {
    try raw.run(
      """
      UPDATE recorded_events SET data = json_replace(data, '$.checkpoint.headHash', '\(head.hex)',
             '$.checkpoint.treeRoot', '\(root(commits[...]).hex)')
       WHERE position = \(position)
      """)
    return try raw.rows("SELECT data FROM recorded_events WHERE position = \(position)")[0][0]
  }

  private static func root(_ commits: ArraySlice<Digest256>) -> Digest256 {
    guard commits.count > 1 else {
      return commits.first.map { Digest256(of: [0] + $0.bytes) } ?? Digest256(of: [])
    }
    var left = 1
    while left * 2 < commits.count { left *= 2 }
    return Digest256(
      of: [1] + root(commits.prefix(left)).bytes + root(commits.dropFirst(left)).bytes)
  }

  /// Stores the nodes of the tree over `commits` that a file keeps: those of level 8 and above.
  private static func plant(_ commits: [Digest256], _ raw: RawLedger) throws {
    var nodes = commits.map { Digest256(of: [0] + $0.bytes) }
    var level = 0
    while nodes.count > 1 {
      nodes = stride(from: 0, to: nodes.count - 1, by: 2).map {
        Digest256(of: [1] + nodes[$0].bytes + nodes[$0 + 1].bytes)
      }
      level += 1
      for (index, node) in nodes.enumerated() where level >= 8 {
        try raw.run("REPLACE INTO tree_nodes VALUES (\(level), \(index), x'\(node.hex)')")
      }
    }
  }

  /// Lets the program itself make its read models anew.
  private static func rebuildProjections(_ path: String, _ raw: RawLedger) throws {
    try raw.run("DELETE FROM projections")
    try EventStore.ofLedger(at: path, clockMicros: { 0 }).write { _ in }
  }
}

extension CanonicalBytes {
  fileprivate mutating func append(_ value: StoredValue) {
    switch value {
    case .null: append(nil as Int64?)
    case .integer(let integer): append(integer)
    case .text(let bytes), .blob(let bytes): append(bytes)
    }
  }
}
