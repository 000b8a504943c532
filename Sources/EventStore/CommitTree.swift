internal import SQLite

/// The tree of a store's commits, of which the file keeps the larger perfect subtrees.
///
/// Nodes below level 8 are computed from the hashes of at most 256 commits: storing them would cost
/// 45 bytes a commit, where the rest costs a third of a byte.
struct CommitTree {
  let database: Database

  /// The lowest level of which nodes are stored.
  static let lowestStoredLevel = 8
  /// How many commits a node of the lowest stored level covers.
  static let commitsPerStoredNode: Int64 = 1 << lowestStoredLevel

  /// The root over the commits numbered `range.lowerBound + 1` to `range.upperBound`.
  ///
  /// Reads a few stored nodes and the hashes of at most 512 commits. Throws `StoreFileError.damaged`
  /// where one is missing.
  func root(_ range: Range<Int64>) throws -> Digest256 {
    guard range.count > 1 else {
      return range.isEmpty ? MerkleTree.emptyRoot : try computed(range)
    }
    if range.count < Self.commitsPerStoredNode { return try computed(range) }
    if let (level, index) = Self.place(of: range) { return try stored(level, index) }
    let middle = range.lowerBound + MerkleTree.split(Int64(range.count))
    return MerkleTree.node(
      try root(range.lowerBound..<middle), try root(middle..<range.upperBound))
  }

  /// The level and index of the node that covers just `range`; nil if none does.
  private static func place(of range: Range<Int64>) -> (level: Int, index: Int64)? {
    let count = Int64(range.count)
    guard count.nonzeroBitCount == 1, range.lowerBound & (count - 1) == 0 else { return nil }
    let level = count.trailingZeroBitCount
    return (level, range.lowerBound >> Int64(level))
  }

  private func stored(_ level: Int, _ index: Int64) throws -> Digest256 {
    guard let hash = try storedNode(level, index) else {
      throw damaged("the tree's node \(index) of level \(level) is missing or has no 32 bytes")
    }
    return hash
  }

  /// The node as it is stored; nil if it is missing, or no digest.
  func storedNode(_ level: Int, _ index: Int64) throws -> Digest256? {
    try database.first(
      "SELECT node_hash FROM tree_nodes WHERE level = ? AND node_index = ?", Int64(level), index
    ) { Digest256(bytes: $0.bytes(0)) } ?? nil
  }

  /// How many nodes are stored of a tree over so many commits.
  static func storedNodes(ofCommits commits: Int64) -> Int64 {
    var nodes: Int64 = 0
    var onLevel = commits / commitsPerStoredNode
    while onLevel > 0 { (nodes, onLevel) = (nodes + onLevel, onLevel / 2) }
    return nodes
  }

  private func computed(_ range: Range<Int64>) throws -> Digest256 {
    var frontier = MerkleFrontier()
    try database.forEach(
      """
      SELECT commit_hash FROM commits WHERE commit_number > ? AND commit_number <= ?
       ORDER BY commit_number
      """, range.lowerBound, range.upperBound
    ) { frontier.append(MerkleTree.leaf($0.bytes(0))) { _, _, _ in } }
    guard frontier.size == range.count else {
      throw damaged("commits \(range.lowerBound + 1) to \(range.upperBound) are not all there")
    }
    return frontier.root
  }

  /// Stores the nodes that commit `number`, which was just recorded, completes.
  func extend(through number: Int64) throws {
    guard number.isMultiple(of: Self.commitsPerStoredNode) else { return }
    var (level, index) = (Self.lowestStoredLevel, number / Self.commitsPerStoredNode - 1)
    var node = try computed(number - Self.commitsPerStoredNode..<number)
    try store(node, level, index)
    while index & 1 == 1 {
      node = MerkleTree.node(try stored(level, index - 1), node)
      (level, index) = (level + 1, index >> 1)
      try store(node, level, index)
    }
  }

  /// Stores the nodes of a file that has commits and no nodes yet.
  func build() throws {
    let commits = try database.first("SELECT count(*) FROM commits") { $0.int64(0) } ?? 0
    let step = Self.commitsPerStoredNode
    for number in stride(from: step, through: commits, by: Int64.Stride(step)) {
      try extend(through: number)
    }
  }

  private func store(_ node: Digest256, _ level: Int, _ index: Int64) throws {
    try database.run(
      "INSERT INTO tree_nodes (level, node_index, node_hash) VALUES (?, ?, ?)",
      Int64(level), index, node.bytes)
  }

  private func damaged(_ problem: String) -> StoreFileError {
    .damaged(path: database.path, position: nil, problem: problem)
  }
}
