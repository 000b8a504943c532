import EventStore
import LedgerBench
import LedgerKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A durable deposit as a whole process, against the `sqlite3` shell inserting the same rows.
struct ProcessProfile: Profile {
  static let name = "process"
  static let summary =
    "a deposit as a whole process, against the sqlite3 shell inserting as many rows"
  private static let rounds = 101

  func run(_ bench: Bench) throws {
    let path = "\(bench.folder)/process.db"
    removeStore(at: path)
    defer { removeStore(at: path) }
    _ = bench.ledger(["init"], on: path)
    _ = bench.ledger(["open", "alice", "--currency", "USD"], on: path)
    func deposit() -> ProgramRun { bench.ledger(["deposit", "alice", "1.00"], on: path) }
    _ = deposit()
    guard let shell = programPath("sqlite3") else {
      report([("deposit", RunSample(Self.rounds, deposit))])
      return print("no sqlite3 shell to compare with")
    }
    let copy = "\(bench.folder)/process-shell.db"
    removeStore(at: copy)
    defer { removeStore(at: copy) }
    // The guards of a ledger refuse the shell: the same tables without them.
    _ = ProgramRun([shell, path, "VACUUM INTO '\(copy)'"])
    _ = ProgramRun([shell, copy, Self.withoutGuards])
    let before = try roomTaken(path)
    var (runs, shellRuns): ([ProgramRun], [ProgramRun]) = ([], [])
    for _ in 0..<Self.rounds {
      runs.append(deposit())
      shellRuns.append(ProgramRun([shell, copy, Self.sameRows]))
    }
    let grown = try roomTaken(path) - before
    bench.verify(path)
    let (ours, theirs) = (RunSample(runs), RunSample(shellRuns))
    report([("deposit", ours), ("sqlite3", theirs)])
    print(
      "\(Self.rounds) of each; ratio of the medians "
        + "\((ours.medianMilliseconds / theirs.medianMilliseconds).rounded(to: 100)); "
        + "\(grown / Int64(Self.rounds)) bytes a deposit, whole pages counted")
  }

  private func report(_ samples: [(name: String, sample: RunSample)]) {
    print(label("", 8) + RunSample.header)
    for (name, sample) in samples { print(label(name, 8) + sample.columns) }
  }

  /// How many bytes the log and the projections take.
  private func roomTaken(_ path: String) throws -> Int64 {
    let room = try Ledger.open(path, .readOnly).roomTaken()
    return room.log + room.others
  }

  private static let withoutGuards = """
    PRAGMA journal_mode = WAL;
    \(["store", "streams", "event_types", "actors", "commits", "recorded_events", "personal_texts",
       "tree_nodes"].flatMap { table in
      ["insert", "update", "delete"].map { "DROP TRIGGER \(table)_refuses_\($0);" }
    }.joined())
    """

  /// What a deposit writes: a commit, an event, the balance and the checkpoints, on disk.
  private static let sameRows = """
    PRAGMA synchronous = FULL; BEGIN IMMEDIATE;
    INSERT INTO commits SELECT commit_number + 1, last_position + 1, recorded_at_us + 1, NULL, actor_key,
      '01990000-0000-7000-8000-000000000000', NULL, NULL, NULL, NULL, NULL, randomblob(32)
      FROM commits ORDER BY commit_number DESC LIMIT 1;
    INSERT INTO recorded_events SELECT position + 1, commit_number + 1, stream_key, stream_position + 1,
      type_key, 2, '{"amount":"1.00","currency":"USD","balanceAfter":"100.00"}', NULL
      FROM recorded_events ORDER BY position DESC LIMIT 1;
    UPDATE account_balances SET balance_minor = balance_minor + 100, version = version + 1,
      last_position = last_position + 1 WHERE account_id = 'alice';
    UPDATE projections SET checkpoint = checkpoint + 1 WHERE lifecycle = 'inline'; COMMIT;
    """
}
