import Foundation

extension CrashOperation {
  /// Everything that is killed, the most telling first. Without `backups` the program has no such
  /// commands yet.
  static func all(withBackups backups: Bool) -> [CrashOperation] {
    essential + [migration(from: 1)] + single + bulk + caches + book + writers
      + (backups ? copies : [])
  }

  private static func command(_ name: String, _ line: String) -> CrashOperation {
    CrashOperation(
      name: name, ledger: .history,
      commands: [CrashCommand("\(line) --idempotency-key k --format ndjson")])
  }

  private static var essential: [CrashOperation] {
    [
      command("transfer", "transfer a b 5 --reason Rent"),
      CrashOperation(
        name: "import commands", ledger: .history,
        commands: [CrashCommand("import commands -", input: "commands.ndjson")],
        isAllOrNothing: false),
      CrashOperation(
        name: "import csv", ledger: .history,
        commands: [CrashCommand("import csv rows.csv --source i \(csv)", .isHarmless)]),
      CrashOperation(
        name: "projections rebuild", ledger: .history,
        commands: [CrashCommand("projections rebuild", .isHarmless)]),
      CrashOperation(
        name: "erase", ledger: .history,
        commands: [
          CrashCommand("erase --account erased --reason Asked --format ndjson --busy-timeout 60")
        ],
        check: { folder in
          for name in try folder.names() {
            try require(
              folder.read(name).range(of: Data(TrialLedger.erasedText.utf8)) == nil,
              "what was erased is in \(name)")
          }
        }),
      CrashOperation(
        name: "4 writers", ledger: .history,
        commands: (0..<4).map {
          CrashCommand("import commands - --busy-timeout 60", input: "commands-\($0).ndjson")
        }, isAllOrNothing: false),
    ]
  }

  private static var single: [CrashOperation] {
    [
      CrashOperation(
        name: "init", ledger: .none, commands: [CrashCommand("init", .isHarmless)],
        check: { try require($0.names().contains("ledger.db"), "no ledger was made") }),
      command("deposit", "deposit a 5 --description Lunch"),
      command("withdraw", "withdraw a 5"),
      command("open", "open new --currency EUR --holder Carol"),
      command("change", "change b --holder Robert --overdraft-limit 10"),
      command("close", "close empty"),
      command("reverse", "reverse 8"),
    ]
  }

  private static let csv =
    "--account a --amount-column what --id-column id --busy-timeout 60 --format ndjson"

  private static var bulk: [CrashOperation] {
    [
      CrashOperation(
        name: "import csv --each", ledger: .history,
        commands: [CrashCommand("import csv few.csv --each --source e \(csv)", .isHarmless)],
        isAllOrNothing: false),
      CrashOperation(
        name: "import events", ledger: .exported,
        commands: [CrashCommand("import events history.ndjson", .isRefusedOnceDone([1]))]),
    ]
  }

  private static var caches: [CrashOperation] {
    [
      CrashOperation(
        name: "snapshot create", ledger: .accounts(withSnapshots: false),
        commands: [CrashCommand("snapshot create --all", .isHarmless)],
        check: { try requireSnapshots(in: $0, areThere: true) }),
      CrashOperation(
        name: "snapshot prune", ledger: .accounts(withSnapshots: true),
        commands: [CrashCommand("snapshot prune --all", .isHarmless)],
        check: { try requireSnapshots(in: $0, areThere: false) }),
    ]
  }

  private static func requireSnapshots(in folder: TrialFolder, areThere: Bool) throws {
    let list = try folder.run("snapshot", "list", "--format", "ndjson")
    try require(list.hasSucceeded, "snapshot list: \(list.errors)")
    try require(list.wholeLines.isEmpty != areThere, "\(list.wholeLines.count) snapshots")
    let verified = try folder.run("snapshot", "verify")
    try require(verified.hasSucceeded, "snapshot verify: \(verified.output)\(verified.errors)")
  }

  private static func migration(from format: Int) -> CrashOperation {
    let command = "deposit acct-42 5 --idempotency-key k --accept-clock --format ndjson"
    return CrashOperation(
      name: "migration", ledger: .format(format), commands: [CrashCommand(command)],
      isAllOrNothing: false,
      check: { folder in
        let names = try folder.names()
        try require(names.contains("ledger.db.format-\(format)"), "no copy was kept")
        try require(!names.contains { $0.hasSuffix(".part") }, "half a copy is left")
      })
  }

  private static var book: [CrashOperation] {
    [
      CrashOperation(
        name: "period close", ledger: .history,
        commands: [CrashCommand("period close 2020-01 --format ndjson", .isRefusedOnceDone([1]))],
        check: { folder in
          let verified = try folder.run("period", "verify")
          try require(verified.hasSucceeded, "period verify: \(verified.output)")
        }),
      CrashOperation(
        name: "subscriptions run", ledger: .history,
        commands: [
          CrashCommand(
            [
              "subscriptions", "run", "s", "--once", "--batch", "50", "--", "/bin/sh", "-c",
              "cat > batch; cat batch >> told",
            ], .isHarmless)
        ], check: requireTold),
    ]
  }

  /// Everything was delivered, and nothing before what stands in front of it.
  private static func requireTold(in folder: TrialFolder) throws {
    var last = 0
    for line in String(decoding: try folder.read("told"), as: UTF8.self).split(separator: "\n") {
      guard
        let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let position = event["globalPosition"] as? Int
      else { throw CrashFinding("no event was delivered, but \(line)") }
      try require(position <= last + 1, "\(position) was delivered after \(last)")
      last = max(last, position)
    }
    let events = try folder.verified().events
    try require(last == events, "\(last) of \(events) events were delivered")
  }

  private static var writers: [CrashOperation] {
    [
      CrashOperation(
        name: "4 writers, same keys", ledger: .history,
        commands: (0..<4).map { _ in
          CrashCommand("import commands - --busy-timeout 60", input: "commands-0.ndjson")
        }, isAllOrNothing: false),
      CrashOperation(
        name: "writers and rebuild", ledger: .history,
        commands: [
          CrashCommand("projections rebuild --busy-timeout 60", .isHarmless),
          CrashCommand("import commands - --busy-timeout 60", input: "commands-1.ndjson"),
          CrashCommand("snapshot create --all --busy-timeout 60", .isHarmless),
          CrashCommand("import csv rows.csv --source i \(csv)", .isHarmless),
        ], isAllOrNothing: false),
    ]
  }

  private static var copies: [CrashOperation] {
    [
      CrashOperation(
        name: "backup", ledger: .history,
        commands: [CrashCommand("backup copy.db", .isRefusedOnceDone([73]))],
        check: { try requireCopy("copy.db", in: $0) }),
      CrashOperation(
        name: "restore", ledger: .backup,
        commands: [CrashCommand("restore backup.db", .isRefusedOnceDone([73]))],
        check: { try requireCopy("backup.db", in: $0) }),
    ]
  }

  /// The file `name` has the same history as the ledger.
  private static func requireCopy(_ name: String, in folder: TrialFolder) throws {
    let copy = try folder.verified(name)
    try require(copy == folder.verified(), "\(name) has another history")
  }

  /// The same for round `round`: of operations that have several files to begin with, another each
  /// time.
  func varied(in round: Int) -> CrashOperation {
    guard case .format = ledger else { return self }
    return Self.migration(from: 1 + round % 4)
  }
}
