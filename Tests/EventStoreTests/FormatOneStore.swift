import Testing

@testable import EventStore

/// A store as the first build made it, format 1, with the commits of `SampleLog` and a projection.
struct FormatOneStore {
  let file: TestStore
  /// What its append-only tables hold.
  let contents: [String: [[String?]]]
  let headHash: Digest256

  /// Where the file is kept as it was before.
  var copy: String { file.path + ".format-1" }

  init() throws {
    file = try TestStore(projections: [Tally.self])
    let store = try file.open()
    try SampleLog.write(to: store)
    headHash = try store.head().hash
    try file.raw().run(Self.makingFormat1 + "; VACUUM")
    contents = try file.raw().contents(of: Self.tables)
  }

  /// Takes a store back to format 1.
  static let makingFormat1 =
    """
    DROP TABLE snapshots; DROP TABLE settings; DROP TABLE tree_nodes; DROP TABLE dead_letters;
    DROP TABLE subscriptions; PRAGMA user_version = 1
    """

  static let tables =
    StoreSchema.appendOnlyTables.filter { $0 != "tree_nodes" } + ["tally", "projections"]

  /// What a file's tables hold now.
  func contents(of path: String) throws -> [String: [[String?]]] {
    try RawConnection(path).contents(of: Self.tables)
  }

  /// The format that a file says it has.
  func format(of path: String) throws -> String? {
    try RawConnection(path).value("PRAGMA user_version")
  }
}
