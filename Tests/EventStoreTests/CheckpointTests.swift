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
        path: grown.file.path, position: nil,
        problem:
          "line 20: it ends at position \(end), and the log at \(position): the end of the log "
          + "was cut off")
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

@Suite("Proofs of a store")
struct ProofTests {
  private func inclusion(
    _ grown: GrownStore, _ position: Int64, _ checkpoint: Checkpoint
  ) throws -> InclusionProof {
    try #require(
      try grown.store.read { try $0.proveInclusion(of: position, in: checkpoint) })
  }

  @Test("every event is proved in every kind of checkpoint that has it, by a short path")
  func everyEvent() throws {
    let grown = try GrownStore(commits: 700)
    for size in [1, 2, 3, 255, 256, 257, 511, 512, 513, 700] {
      let checkpoint = grown.checkpoints[size]
      for position in Set([1, 2, checkpoint.position / 2, checkpoint.position])
      where 1...checkpoint.position ~= position {
        let proof = try inclusion(grown, position, checkpoint)
        #expect(proof.path.count <= 10)
        #expect(proof.event.position == position)
        #expect(throws: Never.self) { try proof.check(against: [checkpoint]) }
      }
    }
  }

  @Test("none is made of what is not there, or is later than the checkpoint")
  func absent() throws {
    let grown = try GrownStore(commits: 10)
    let checkpoint = grown.checkpoints[6]
    for position in [-1, 0, checkpoint.position + 1, 1_000] {
      let proof = try grown.store.read { try $0.proveInclusion(of: position, in: checkpoint) }
      #expect(proof == nil)
    }
  }

  @Test("anything changed in it proves nothing")
  func altered() throws {
    let grown = try GrownStore(commits: 30)
    let text = PersonalText(field: "note", salt: [UInt8](repeating: 3, count: 16), text: "hello")
    let reason = PersonalText(field: "reason", salt: [UInt8](repeating: 4, count: 16), text: "so")
    var event = NewEvent.numbered(1)
    event.personalText = text
    let appends = [StreamAppend(streamID: "a", expectedVersion: .any, events: [event])]
    let recorded = try grown.store.append(NewCommit(appends, reason: reason))[0]
    let checkpoint = try grown.store.checkpoint()
    let good = try inclusion(grown, recorded.position, checkpoint)
    #expect(throws: Never.self) { try good.check(against: [checkpoint]) }
    let stranger = Digest256(of: [1])
    func proof(
      event: RecordedEvent? = nil, previous: Digest256? = nil, hashes: [Digest256]? = nil,
      path: [Digest256]? = nil
    ) -> InclusionProof {
      InclusionProof(
        checkpoint: checkpoint, event: event ?? good.event,
        previousHash: previous ?? good.previousHash, eventHashes: hashes ?? good.eventHashes,
        path: path ?? good.path)
    }
    let other = PersonalText(field: "note", salt: text.salt, text: "hullo")
    let wrong = [
      proof(event: good.event.with(data: Array("{}".utf8))),
      proof(event: good.event.with(personalText: .some(other))),
      proof(event: good.event.with(type: "Other")), proof(previous: stranger),
      proof(hashes: good.eventHashes + [stranger]), proof(hashes: [stranger]),
      proof(path: good.path.dropLast()), proof(path: good.path + [stranger]),
    ]
    for (index, proof) in wrong.enumerated() {
      #expect(throws: ProofError.self, "\(index)") { try proof.check(against: [checkpoint]) }
    }
    #expect(throws: ProofError.self) { try good.check(against: []) }
    #expect(throws: ProofError.self) { try good.check(against: [grown.checkpoints[30]]) }
  }

  @Test("of consistency lead from every checkpoint to every later one")
  func consistency() throws {
    let grown = try GrownStore(commits: 600)
    let sizes = [0, 1, 2, 3, 200, 255, 256, 257, 300, 511, 512, 513, 600]
    for first in sizes {
      for second in sizes where first <= second {
        let (early, late) = (grown.checkpoints[first], grown.checkpoints[second])
        let proof = try grown.store.read { try $0.proveConsistency(from: early, to: late) }
        #expect(throws: Never.self) { try proof.check(against: [early]) }
        #expect(throws: Never.self) { try proof.check(against: [late]) }
      }
    }
  }

  @Test("of consistency need a checkpoint that is trusted, and contradict none")
  func trust() throws {
    let grown = try GrownStore(commits: 40)
    let (early, late) = (grown.checkpoints[17], grown.checkpoints[40])
    let proof = try grown.store.read { try $0.proveConsistency(from: early, to: late) }
    let forged = Checkpoint(
      storeID: early.storeID, position: early.position, headHash: early.headHash,
      treeSize: early.treeSize, treeRoot: late.treeRoot, createdAtMicros: 7)
    for trusted in [[], [grown.checkpoints[18]], [forged], [forged, late]] {
      #expect(throws: ProofError.self) { try proof.check(against: trusted) }
    }
    let other = ConsistencyProof(first: forged, second: late, path: proof.path)
    #expect(throws: ProofError.self) { try other.check(against: [late]) }
  }
}
