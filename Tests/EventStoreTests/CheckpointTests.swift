import Testing
import TestSupport

@testable import EventStore

/// A store of many small commits, and what was noted of it on the way.
struct GrownStore {
  let file: TestStore
  let store: EventStore
  /// A checkpoint after every commit, the empty store's first.
  private(set) var checkpoints: [Checkpoint] = []

  /// Every third commit has two events.
  init(commits: Int) throws {
    file = try TestStore()
    store = try file.open()
    checkpoints.append(try store.checkpoint())
    for number in 1...commits {
      let events = (0..<(number.isMultiple(of: 3) ? 2 : 1)).map { _ in NewEvent.numbered(number) }
      try store.append(events, to: "stream \(number % 5)")
      checkpoints.append(try store.checkpoint())
    }
  }
}

extension EventStore {
  func checkpoint() throws -> Checkpoint { try read { try $0.checkpoint(createdAtMicros: 7) } }
}

@Suite("Checkpoints of a store")
struct CheckpointTests {
  @Test("hold the position, the head and the root of the tree over all commits")
  func content() throws {
    let grown = try GrownStore(commits: 600)
    var leaves: [Digest256] = []
    try grown.store.read { log in
      try log.forEachCommit { leaves.append(MerkleTree.leaf($0[0].commit.hash.bytes)) }
    }
    var frontier = MerkleFrontier()
    for (size, checkpoint) in grown.checkpoints.enumerated() {
      if size > 0 { frontier.append(leaves[size - 1]) { _, _, _ in } }
      #expect(checkpoint.treeSize == size)
      #expect(checkpoint.treeRoot == frontier.root)
      #expect(checkpoint.storeID == TestStore.storeID)
    }
    let head = try grown.store.head()
    #expect(grown.checkpoints.last?.headHash == head.hash)
    #expect(grown.checkpoints.last?.position == head.position)
    #expect(grown.checkpoints[0].headHash == HashChain.genesis(storeID: TestStore.storeID))
    #expect(grown.checkpoints[0].treeRoot == MerkleTree.emptyRoot)
    #expect(grown.checkpoints[0].position == 0)
  }

  @Test("store a node for every 256 commits and for every pair of nodes, no others")
  func storedNodes() throws {
    let grown = try GrownStore(commits: 1_100)
    let nodes = try grown.file.raw().rows(
      "SELECT level, node_index FROM tree_nodes ORDER BY level, node_index")
    #expect(
      nodes == [
        ["8", "0"], ["8", "1"], ["8", "2"], ["8", "3"], ["9", "0"], ["9", "1"], ["10", "0"],
      ]
    )
  }

  @Test("are of a history that the store still holds, however far it has grown")
  func stillThere() throws {
    let grown = try GrownStore(commits: 300)
    let heads = grown.checkpoints.enumerated().map { NotedHead($1, source: "line \($0 + 1)") }
    try grown.store.read { try $0.check(against: heads.reversed()) }
    let receipt = try #require(grown.checkpoints.last)
    let head = NotedHead(
      storeID: receipt.storeID, position: receipt.position, headHash: receipt.headHash,
      source: "receipt")
    try grown.store.read { try $0.check(against: [head]) }
  }

  @Test("show that the end was cut off, though all that is left is sound")
  func truncated() throws {
    let grown = try GrownStore(commits: 20)
    let position = grown.checkpoints[18].position
    try grown.file.tamper(
      """
      DELETE FROM recorded_events WHERE position > \(position);
      DELETE FROM commits WHERE last_position > \(position)
      """)
    try grown.file.verify()
    let notes = [18, 20].map { NotedHead(grown.checkpoints[$0], source: "line \($0)") }
    try grown.file.open(.readOnly).read { try $0.check(against: [notes[0]]) }
    let end = grown.checkpoints[20].position
    #expect(
      throws: StoreFileError.damaged(
        path: grown.file.path, position: position + 1,
        problem:
          "line 20: it was noted at position \(end), and the log ends at \(position): the end of the "
          + "log was cut off, or an older copy was put back")
    ) {
      try grown.file.open(.readOnly).read { try $0.check(against: notes) }
    }
  }

  @Test("show that history was written anew, and between which of them")
  func rewritten() throws {
    let grown = try GrownStore(commits: 20)
    let other = try TestStore()
    let store = try other.open()
    for number in 1...20 {
      let count = number.isMultiple(of: 3) ? 2 : 1
      let event = NewEvent.numbered(number == 12 ? 99 : number)
      try store.append(Array(repeating: event, count: count), to: "stream \(number % 5)")
    }
    try other.verify()
    let notes = [5, 11, 12, 20].map { NotedHead(grown.checkpoints[$0], source: "line \($0)") }
    let good = grown.checkpoints[11].position
    #expect(
      throws: StoreFileError.damaged(
        path: other.path, position: good + 1,
        problem:
          "line 12: the history up to position \(good + 2) is another one than it was when this "
          + "was noted")
    ) {
      try store.read { try $0.check(against: notes) }
    }
  }

  @Test("are refused if they speak of another store, of no commit's end or of another tree")
  func wrong() throws {
    let grown = try GrownStore(commits: 12)
    let good = grown.checkpoints[9]
    func altered(
      storeID: String = TestStore.storeID, position: Int64? = nil, size: Int64? = nil,
      root: Digest256? = nil
    ) -> Checkpoint {
      Checkpoint(
        storeID: storeID, position: position ?? good.position, headHash: good.headHash,
        treeSize: size ?? good.treeSize, treeRoot: root ?? good.treeRoot, createdAtMicros: 7)
    }
    let wrong = [
      altered(storeID: "store-2"), altered(position: good.position - 1), altered(size: 8),
      altered(size: 10), altered(root: good.headHash), altered(position: 0), altered(position: -1),
    ]
    for checkpoint in wrong {
      #expect(throws: StoreFileError.self) {
        try grown.store.read { try $0.check(against: [NotedHead(checkpoint, source: "it")]) }
      }
    }
    try grown.store.read { try $0.check(against: [NotedHead(altered(), source: "it")]) }
  }

  @Test("of a migrated file are those that it would have had from the beginning")
  func migrated() throws {
    let grown = try GrownStore(commits: 520)
    try grown.file.raw().run(FormatOneStore.makingFormat1)
    #expect(try grown.file.open().checkpoint() == grown.checkpoints[520])
    let nodes = try grown.file.raw().rows("SELECT level, node_index FROM tree_nodes ORDER BY 1, 2")
    #expect(nodes == [["8", "0"], ["8", "1"], ["9", "0"]])
  }
}
