/// The tables of a store, format 5, and what guards them.
///
/// Look-up tables keep stream ids, types and actors out of the rows of the log. Nothing in an append-only
/// table ever changes, but that personal text can be erased. Snapshots and projections can be made anew;
/// settings and subscriptions are their users' affair.
enum StoreSchema {
  /// `PRAGMA user_version` of a file in this format.
  static let format: Int64 = 5

  static let tables = [
    """
    CREATE TABLE store (                    -- one row
      store_id        TEXT    NOT NULL      -- random; enters the first commit's hash
    ) STRICT
    """,
    """
    CREATE TABLE streams (
      stream_key      INTEGER PRIMARY KEY,
      stream_id       TEXT    NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE event_types (
      type_key        INTEGER PRIMARY KEY,
      event_type      TEXT    NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE actors (
      actor_key       INTEGER PRIMARY KEY,
      actor           TEXT    NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE commits (
      commit_number   INTEGER PRIMARY KEY,  -- 1, 2, 3, … with no gaps
      last_position   INTEGER NOT NULL,     -- global position of the commit's last event
      recorded_at_us  INTEGER NOT NULL,     -- microseconds since 1970, UTC; strictly increasing
      effective_at_us INTEGER,              -- the same unit; NULL: counts when it was recorded
      actor_key       INTEGER NOT NULL REFERENCES actors,
      correlation_id  TEXT    NOT NULL,
      causation_id    TEXT,
      idempotency_key TEXT,
      fingerprint     BLOB,                 -- SHA-256 of the command that the key names
      reason_digest   BLOB,                 -- SHA-256(salt ‖ text) of the reason
      metadata        TEXT,                 -- other metadata: a JSON object
      commit_hash     BLOB    NOT NULL      -- SHA-256; covers the commit before and all of this one
    ) STRICT
    """,
    """
    CREATE UNIQUE INDEX commits_by_idempotency_key
      ON commits (idempotency_key) WHERE idempotency_key IS NOT NULL
    """,
    """
    CREATE TABLE recorded_events (
      position        INTEGER PRIMARY KEY,  -- global position: 1, 2, 3, … with no gaps
      commit_number   INTEGER NOT NULL REFERENCES commits,
      stream_key      INTEGER NOT NULL REFERENCES streams,
      stream_position INTEGER NOT NULL,     -- 0, 1, 2, … with no gaps in each stream
      type_key        INTEGER NOT NULL REFERENCES event_types,
      event_version   INTEGER NOT NULL,
      data            TEXT    NOT NULL,     -- a JSON object without personal text
      personal_digest BLOB,                 -- SHA-256(salt ‖ text) of the personal text
      UNIQUE (stream_key, stream_position)
    ) STRICT
    """,
    personalTexts,
  ]

  static let personalTextsName = "personal_texts"

  /// By itself, since erasing makes it anew. These very words stand in every file.
  static let personalTexts = """
    CREATE TABLE personal_texts (
      position        INTEGER NOT NULL REFERENCES recorded_events,
      field           TEXT    NOT NULL,     -- the event's own, or 'reason' at a commit's last event
      salt            BLOB    NOT NULL,     -- 16 random bytes
      text            TEXT    NOT NULL,
      PRIMARY KEY (position, field)
    ) STRICT, WITHOUT ROWID
    """

  /// The field under which a commit's reason is stored.
  static let reasonField = "reason"

  /// The log as people read it: one row an event, personal text back in its place.
  static let eventsView = """
    CREATE VIEW events AS
    SELECT e.position AS global_position,
           s.stream_id,
           e.stream_position,
           t.event_type,
           e.event_version,
           CASE WHEN p.text IS NULL THEN e.data
                ELSE json_insert(e.data, '$.' || p.field, p.text) END AS data,
           json_patch(coalesce(c.metadata, '{}'), json_object(
             'userId', a.actor,
             'correlationId', c.correlation_id,
             'causationId', c.causation_id,
             'idempotencyKey', c.idempotency_key,
             'reason', r.text)) AS metadata,
           \(instant("c.recorded_at_us")) AS created_at,
           \(instant("coalesce(c.effective_at_us, c.recorded_at_us)")) AS effective_at
      FROM recorded_events e
      JOIN commits c ON c.commit_number = e.commit_number
      JOIN streams s ON s.stream_key = e.stream_key
      JOIN event_types t ON t.type_key = e.type_key
      JOIN actors a ON a.actor_key = c.actor_key
      LEFT JOIN personal_texts p ON p.position = e.position AND p.field <> '\(reasonField)'
      LEFT JOIN personal_texts r ON r.position = c.last_position AND r.field = '\(reasonField)'
    """

  /// Refuses every change that another program might try; see `Database.init` for why not ours.
  ///
  /// INSERT is guarded too: it is how REPLACE and UPSERT begin, and a row that this program did not
  /// chain would only be found by `verify`.
  static func guards(of table: String) -> [String] {
    ["INSERT", "UPDATE", "DELETE"].map { operation in
      """
      CREATE TRIGGER \(table)_refuses_\(operation.lowercased())
      BEFORE \(operation) ON \(table)
      BEGIN
        SELECT RAISE(ABORT, '\(table) is append-only: nothing but the ledger program writes it');
      END
      """
    }
  }

  /// The guards of all append-only tables.
  static let guards = appendOnlyTables.flatMap(guards(of:))

  static let appendOnlyTables = [
    "store", "streams", "event_types", "actors", "commits", "recorded_events", personalTextsName,
    "tree_nodes",
  ]

  /// The tables of every store, whatever its projections.
  static let tableNames =
    appendOnlyTables + [
      "projections", "snapshots", "settings", "subscriptions", "dead_letters",
    ]

  /// As it is since format 4.
  static let projections = """
    CREATE TABLE projections (
      name            TEXT    PRIMARY KEY,
      lifecycle       TEXT    NOT NULL,     -- inline, or deferred
      version         INTEGER NOT NULL,     -- of the projection's code and tables
      checkpoint      INTEGER NOT NULL,     -- global position of the last event applied
      stopped_at      INTEGER,              -- position of the event that it can't apply; NULL: none
      problem         TEXT,                 -- why not
      rebuild_id      INTEGER,              -- names the rebuild under way; NULL: none is
      rebuilt_through INTEGER               -- how far that has come
    ) STRICT, WITHOUT ROWID
    """

  /// Since format 2.
  static let snapshots = """
    CREATE TABLE snapshots (
      stream_key      INTEGER NOT NULL REFERENCES streams,
      stream_position INTEGER NOT NULL,     -- of the last event in it
      position        INTEGER NOT NULL,     -- global position of that event
      state_version   INTEGER NOT NULL,     -- of the state's encoding and of the code that folds
      taken_at_us     INTEGER NOT NULL,     -- microseconds since 1970, UTC
      state           TEXT    NOT NULL,     -- a JSON document
      checksum        BLOB    NOT NULL,     -- SHA-256 of all this and of the event's commit hash
      PRIMARY KEY (stream_key, stream_position)
    ) STRICT, WITHOUT ROWID
    """

  /// Since format 2.
  static let settings = """
    CREATE TABLE settings (
      name            TEXT    PRIMARY KEY,
      value           INTEGER NOT NULL      -- 0: off; a setting that is not here has its default
    ) STRICT, WITHOUT ROWID
    """

  /// Since format 3.
  static let treeNodes = """
    CREATE TABLE tree_nodes (
      level           INTEGER NOT NULL,     -- 8 or more; a node covers 2^level commits
      node_index      INTEGER NOT NULL,     -- 0, 1, 2, … in each level
      node_hash       BLOB    NOT NULL,     -- SHA-256(01 ‖ left ‖ right), as in RFC 6962
      PRIMARY KEY (level, node_index)
    ) STRICT, WITHOUT ROWID
    """

  /// Since format 5.
  static let subscriptions = """
    CREATE TABLE subscriptions (
      subscription_id INTEGER PRIMARY KEY,
      name            TEXT    NOT NULL UNIQUE,
      checkpoint      INTEGER NOT NULL,     -- global position: all up to it was delivered, or is a dead letter
      event_types     TEXT,                 -- their names, one a line; NULL: every type
      stream_prefix   TEXT,                 -- how its streams' names begin; NULL: every stream
      created_at_us   INTEGER NOT NULL      -- microseconds since 1970, UTC
    ) STRICT
    """

  /// Since format 5.
  static let deadLetters = """
    CREATE TABLE dead_letters (
      subscription_id INTEGER NOT NULL REFERENCES subscriptions,
      position        INTEGER NOT NULL REFERENCES recorded_events,
      stream_key      INTEGER NOT NULL REFERENCES streams,
      attempts        INTEGER NOT NULL,     -- 0: it waits for an earlier one of its stream
      problem         TEXT,                 -- of the last attempt; NULL: there was none
      failed_at_us    INTEGER,              -- when that was: microseconds since 1970, UTC
      is_due          INTEGER NOT NULL,     -- 1: to be tried again, else 0
      PRIMARY KEY (subscription_id, position),
      UNIQUE (subscription_id, stream_key, position)
    ) STRICT, WITHOUT ROWID
    """

  /// Since format 5.
  static let dueDeadLetters = """
    CREATE INDEX due_dead_letters ON dead_letters (subscription_id, position) WHERE is_due = 1
    """

  /// Everything, in order of creation.
  static let statements =
    tables
    + [projections, eventsView, snapshots, settings, treeNodes]
    + [subscriptions, deadLetters, dueDeadLetters] + guards

  /// SQL for microseconds since 1970 as RFC 3339 text; right before 1970 too.
  private static func instant(_ micros: String) -> String {
    let fraction = "((\(micros)) % 1000000 + 1000000) % 1000000"
    return """
      strftime('%Y-%m-%dT%H:%M:%S', ((\(micros)) - \(fraction)) / 1000000, 'unixepoch')
               || printf('.%06dZ', \(fraction))
      """
  }
}
