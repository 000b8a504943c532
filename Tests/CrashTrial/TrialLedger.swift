import Foundation

/// The kinds of ledger with which a round begins.
enum TrialLedger: Hashable {
  /// Two accounts with money and texts, and a history of so many rows as the trial is told.
  case history
  /// Many accounts, each with some events, and a snapshot of each if asked.
  case accounts(withSnapshots: Bool)
  /// A file of an older format, as it is kept in the fixtures.
  case format(Int)
  /// No file at all.
  case none
  /// None, but `backup.db`, a backup of `history`.
  case backup
  /// An empty one, and `history.ndjson`, an export of `history`.
  case exported

  /// What stands in the holder's name of an account whose texts are erased.
  static let erasedText = "Zyxwvutsrq"

  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures")

  /// Makes it in `folder`, with a history of about `rows` events.
  func make(in folder: TrialFolder, rows: Int) throws {
    switch self {
    case .history: try Self.makeHistory(in: folder, rows: rows)
    case .accounts(let withSnapshots):
      try Self.makeAccounts(in: folder, rows: rows)
      if withSnapshots { try folder.prepare("ledger snapshot create --all") }
    case .format(let number):
      let original = Self.fixtures.appendingPathComponent("ledgers/format-\(number).ledger")
      try FileManager.default.copyItem(
        atPath: original.path, toPath: folder.path("ledger.db"))
    case .none: break
    case .backup:
      try Self.makeHistory(in: folder, rows: rows)
      try folder.prepare("ledger backup backup.db; rm ledger.db")
    case .exported:
      try Self.makeHistory(in: folder, rows: rows)
      try folder.prepare("ledger export events -o history.ndjson; rm ledger.db; ledger init")
    }
    try Self.writeInputs(in: folder, rows: rows)
  }

  private static func makeHistory(in folder: TrialFolder, rows: Int) throws {
    try folder.write(csv(rows: rows, "h"), to: "history.csv")
    try folder.prepare(
      """
      ledger init
      ledger open a --currency USD --holder Alice
      ledger open b --currency USD --holder Bob
      ledger open empty --currency USD
      ledger open erased --currency USD --holder \(erasedText)-holder
      ledger deposit a 1000000 --effective 2020-01-01
      ledger deposit b 1000000 --effective 2020-01-01
      ledger deposit erased 5 --description \(erasedText)-description --reason \(erasedText)-reason
      ledger deposit a 7 --idempotency-key reversed
      ledger import csv history.csv --source h --account a --amount-column what --id-column id
      ledger projections list
      ledger subscriptions create s
      rm history.csv
      """)
  }

  private static func makeAccounts(in folder: TrialFolder, rows: Int) throws {
    let accounts = max(1, rows / 8)
    let lines = (0..<8).flatMap { round in
      (0..<accounts).map { "\(round)-\($0),account-\($0),1.00\n" }
    }
    try folder.write("id,who,what\n" + lines.joined(), to: "history.csv")
    try folder.prepare(
      """
      ledger init
      ledger import csv history.csv --source h --account-column who --amount-column what \
        --id-column id --open-accounts --currency USD
      rm history.csv
      """)
  }

  /// The files that operations read.
  private static func writeInputs(in folder: TrialFolder, rows: Int) throws {
    try folder.write(csv(rows: rows, "i"), to: "rows.csv")
    try folder.write(csv(rows: max(10, rows / 20), "e"), to: "few.csv")
    for writer in 0..<4 {
      try folder.write(commands(rows / 4, "w\(writer)"), to: "commands-\(writer).ndjson")
    }
    // Three transactions of 1,024 lines, so that a kill can fall between them.
    try folder.write(commands(rows * 5 / 4, "c"), to: "commands.ndjson")
  }

  private static func csv(rows: Int, _ id: String) -> String {
    "id,what\n" + (0..<rows).map { "\(id)-\($0),1.00\n" }.joined()
  }

  private static func commands(_ count: Int, _ key: String) -> String {
    (0..<count).map { number in
      let key = #""idempotencyKey":"\#(key)-\#(number)""#
      return switch number % 3 {
      case 0: #"{"command":"deposit","account":"a","amount":"2.00",\#(key)}"# + "\n"
      case 1: #"{"command":"transfer","from":"a","to":"b","amount":"1.00",\#(key)}"# + "\n"
      default: #"{"command":"withdraw","account":"b","amount":"0.50",\#(key)}"# + "\n"
      }
    }.joined()
  }
}
