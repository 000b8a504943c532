internal import SQLite

/// What the whole history of a store was at one moment: small enough to be kept elsewhere, and enough to
/// show later that the store still holds that very history.
public struct Checkpoint: Hashable, Sendable {
  /// The store's id.
  public let storeID: String
  /// Global position of the last event; 0 before the first.
  public let position: Int64
  /// The head of the hash chain.
  public let headHash: Digest256
  /// How many commits there were: the entries of the tree.
  public let treeSize: Int64
  /// The root of the Merkle tree over the hashes of all commits (RFC 6962, section 2.1).
  public let treeRoot: Digest256
  /// When it was made: microseconds since 1970, UTC. Says nothing about the history.
  public let createdAtMicros: Int64

  package init(
    storeID: String, position: Int64, headHash: Digest256, treeSize: Int64, treeRoot: Digest256,
    createdAtMicros: Int64
  ) {
    self.storeID = storeID
    self.position = position
    self.headHash = headHash
    self.treeSize = treeSize
    self.treeRoot = treeRoot
    self.createdAtMicros = createdAtMicros
  }

  /// Whether `other` speaks of the same history, whenever it was made.
  func isOfSameHistory(as other: Checkpoint) -> Bool {
    storeID == other.storeID && position == other.position && headHash == other.headHash
      && treeSize == other.treeSize && treeRoot == other.treeRoot
  }
}

/// What somebody noted of a store's history at one position: a checkpoint, or what a writer was told when
/// its commit was recorded.
public struct NotedHead: Hashable, Sendable {
  /// The store's id.
  public let storeID: String
  /// Global position of a commit's last event; 0 for the empty store.
  public let position: Int64
  /// The head of the hash chain there.
  public let headHash: Digest256
  /// Nil if only the head was noted.
  public let tree: Tree?
  /// Where it was noted, for messages, such as `line 3 of FILE`.
  public let source: String

  /// The tree of all commits up to there.
  public struct Tree: Hashable, Sendable {
    /// How many commits.
    public let size: Int64
    /// Its root.
    public let root: Digest256
  }

  /// A head that was noted when its commit was recorded.
  public init(storeID: String, position: Int64, headHash: Digest256, source: String) {
    self.storeID = storeID
    self.position = position
    self.headHash = headHash
    self.source = source
    tree = nil
  }

  /// The head that a checkpoint notes.
  public init(_ checkpoint: Checkpoint, source: String) {
    storeID = checkpoint.storeID
    position = checkpoint.position
    headHash = checkpoint.headHash
    tree = Tree(size: checkpoint.treeSize, root: checkpoint.treeRoot)
    self.source = source
  }
}

extension ReadTransaction {
  /// A checkpoint of everything there is, made at `createdAtMicros`.
  public func checkpoint(createdAtMicros: Int64) throws -> Checkpoint {
    let head = try head()
    return Checkpoint(
      storeID: store.storeID, position: head.position, headHash: head.hash,
      treeSize: head.commitNumber, treeRoot: try treeRoot(size: head.commitNumber),
      createdAtMicros: createdAtMicros)
  }

  /// What a checkpoint made when `position` was the last said of the history; nil if no commit ends there.
  package func checkpoint(endingAt position: Int64, createdAtMicros: Int64) throws -> Checkpoint? {
    guard let place = try commitPlace(endingAt: position) else { return nil }
    return Checkpoint(
      storeID: store.storeID, position: position, headHash: place.hash, treeSize: place.number,
      treeRoot: try treeRoot(size: place.number), createdAtMicros: createdAtMicros)
  }

  /// The root of the tree over the first `size` commits.
  func treeRoot(size: Int64) throws -> Digest256 {
    try CommitTree(database: store.database).root(0..<size)
  }

  /// Throws `StoreFileError.damaged` unless the log still holds the history of each of `heads`.
  ///
  /// Trusts the log's own hashes. The position is the first one after the last head that it holds, or
  /// after its end if that was cut off; nil if it is another store's, or only the tree differs.
  public func check(against heads: [NotedHead]) throws {
    var lastGood: Int64 = 0
    for noted in heads.sorted(by: { $0.position < $1.position }) {
      if let problem = try problem(with: noted, after: lastGood) {
        throw StoreFileError(problem, path: store.path)
      }
      lastGood = noted.position
    }
  }

  /// What keeps the log, which holds everything up to `lastGood`, from being the history of `noted`; nil
  /// if nothing does.
  private func problem(with noted: NotedHead, after lastGood: Int64) throws -> StoreProblem? {
    func problem(_ text: String, at position: Int64?) -> StoreProblem {
      StoreProblem(position: position, problem: "\(noted.source): \(text)")
    }
    guard noted.storeID == store.storeID else {
      return problem("it speaks of '\(noted.storeID)', and this is '\(store.storeID)'", at: nil)
    }
    let head = try head()
    guard noted.position <= head.position else {
      return problem(
        "it was noted at position \(noted.position), and the log ends at \(head.position): the end of "
          + "the log was cut off, or an older copy was put back", at: head.position + 1)
    }
    let place = try commitPlace(endingAt: noted.position)
    let history = "the history up to position \(noted.position)"
    guard let place, place.hash == noted.headHash else {
      return problem(
        "\(history) is another one than it was when this was noted", at: lastGood + 1)
    }
    guard let tree = noted.tree else { return nil }
    guard tree.size == place.number, try treeRoot(size: place.number) == tree.root else {
      return problem("\(history) has another tree than this was noted with", at: nil)
    }
    return nil
  }

  /// Number and hash of the commit that ends at `position`; nil if none does.
  private func commitPlace(endingAt position: Int64) throws -> (number: Int64, hash: Digest256)? {
    guard position != 0 else { return (0, HashChain.genesis(storeID: store.storeID)) }
    return try store.database.first(
      """
      SELECT c.commit_number, c.commit_hash
        FROM commits c JOIN recorded_events e ON e.commit_number = c.commit_number
       WHERE e.position = ?1 AND c.last_position = ?1
      """, position
    ) { row in
      guard LogBounds.numbers.contains(row.int64(0)) else {
        throw StoreFileError.damaged(
          path: store.path, position: position, problem: "its commit has an impossible number")
      }
      return (row.int64(0), try digest(row.bytes(1), "commit_hash", at: position))
    }
  }
}
