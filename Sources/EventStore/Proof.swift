internal import SQLite

/// Why a proof proves nothing.
public struct ProofError: Error, Hashable, Sendable {
  /// What is wrong.
  public let problem: String

  /// A value with its field.
  public init(problem: String) { self.problem = problem }
}

/// Shows, without the store, that one event is in the history of a checkpoint.
public struct InclusionProof: Hashable, Sendable {
  /// The checkpoint that it was made for.
  public let checkpoint: Checkpoint
  /// The event as it is stored, with its commit.
  public let event: RecordedEvent
  /// The hash of the commit before; the genesis hash if there is none.
  public let previousHash: Digest256
  /// The hashes of all events of the commit, in order.
  public let eventHashes: [Digest256]
  /// From the commit's leaf up to the root, the lowest first.
  public let path: [Digest256]

  package init(
    checkpoint: Checkpoint, event: RecordedEvent, previousHash: Digest256,
    eventHashes: [Digest256], path: [Digest256]
  ) {
    self.checkpoint = checkpoint
    self.event = event
    self.previousHash = previousHash
    self.eventHashes = eventHashes
    self.path = path
  }

  /// Throws `ProofError` unless the event, its commit and its texts are just so in the history of one of
  /// `trusted`.
  public func check(against trusted: [Checkpoint]) throws(ProofError) {
    func check(_ isRight: Bool, _ problem: @autoclosure () -> String) throws(ProofError) {
      guard isRight else { throw ProofError(problem: problem()) }
    }
    let commit = event.commit
    try check(
      checkpoint.treeSize > 0 && (1...checkpoint.treeSize).contains(commit.header.number),
      "there is no commit \(commit.header.number) in the history of its checkpoint")
    if let text = event.personalText {
      try check(text.hasDigest(event.personalDigest), "its personal text is not that of its digest")
    }
    if let reason = commit.reason {
      try check(
        reason.hasDigest(commit.header.reasonDigest), "its reason is not that of its digest")
    }
    try check(eventHashes.contains(event.digest), "the event is not one of its commit")
    let hash = HashChain.commit(after: previousHash, commit.header, events: eventHashes)
    try check(hash == commit.hash, "the commit's hash is not that of its content")
    let root = MerkleTree.root(
      from: MerkleTree.leaf(hash), at: commit.header.number - 1, in: checkpoint.treeSize,
      path)
    try check(root == checkpoint.treeRoot, "its path doesn't lead to the root of its checkpoint")
    try check(
      try checkpoint.isKnown(among: trusted),
      "it was made for a checkpoint of \(checkpoint.treeSize) commits, and yours is another; ask for "
        + "a proof made for yours")
  }
}

/// Shows, without the store, that the history of one checkpoint begins with that of another.
public struct ConsistencyProof: Hashable, Sendable {
  /// The earlier checkpoint.
  public let first: Checkpoint
  /// The later one.
  public let second: Checkpoint
  /// The roots that the two trees share.
  public let path: [Digest256]

  package init(first: Checkpoint, second: Checkpoint, path: [Digest256]) {
    (self.first, self.second, self.path) = (first, second, path)
  }

  /// Throws `ProofError` unless `second` extends `first`, at least one of which is among `trusted`, and
  /// the other contradicts none of them. Of that other one, it proves size and root of the tree alone.
  public func check(against trusted: [Checkpoint]) throws(ProofError) {
    guard first.storeID == second.storeID else {
      throw ProofError(problem: "its checkpoints are of two ledgers")
    }
    // Every commit has an event.
    let (commits, noCommits) = second.treeSize.subtractingReportingOverflow(first.treeSize)
    let (events, noEvents) = second.position.subtractingReportingOverflow(first.position)
    guard !noCommits, !noEvents, commits >= 0, events >= commits else {
      throw ProofError(problem: "its first checkpoint is not before its second")
    }
    let isConsistent = MerkleTree.isConsistent(
      first: first.treeSize, first.treeRoot, second: second.treeSize, second.treeRoot, path)
    guard isConsistent else {
      throw ProofError(problem: "its path doesn't lead from the first root to the second")
    }
    let known = (try first.isKnown(among: trusted), try second.isKnown(among: trusted))
    // Every history begins with the empty one: that says nothing about the second.
    guard known.1 || known.0 && first.treeSize > 0 else {
      throw ProofError(
        problem: known.0
          ? "yours is the empty one, with which every history begins; name the second as well"
          : "it is about checkpoints of \(first.treeSize) and \(second.treeSize) commits, and yours "
            + "is neither of them")
    }
  }
}

extension Checkpoint {
  /// Whether one of `trusted` says the same. Throws `ProofError` if one of the same size says otherwise.
  fileprivate func isKnown(among trusted: [Checkpoint]) throws(ProofError) -> Bool {
    let rivals = trusted.filter { $0.storeID == storeID && $0.treeSize == treeSize }
    guard rivals.allSatisfy(isOfSameHistory) else {
      throw ProofError(
        problem: "its checkpoint of \(treeSize) commits is not yours: that is another history")
    }
    return !rivals.isEmpty
  }
}

extension ReadTransaction {
  /// A proof that the event at `position` is in the history of `checkpoint`, which the log must hold; nil
  /// if that ends before. Throws `StoreFileError.damaged` if the event is not what was recorded.
  public func proveInclusion(of position: Int64, in checkpoint: Checkpoint) throws
    -> InclusionProof?
  {
    guard (1...max(1, checkpoint.position)).contains(position), checkpoint.treeSize > 0 else {
      return nil
    }
    func damaged(_ problem: String) -> StoreFileError {
      .damaged(path: store.path, position: position, problem: problem)
    }
    guard let events = try commit(at: position, isRaw: true),
      let event = events.first(where: { $0.position == position })
    else { throw damaged("event \(position) is missing") }
    let number = event.commit.header.number
    guard (1...checkpoint.treeSize).contains(number) else {
      throw damaged("its commit \(number) is not in that history")
    }
    let tree = CommitTree(database: store.database)
    let path = try MerkleTree.inclusionPath(
      of: number - 1, in: checkpoint.treeSize, root: tree.root)
    let proof = InclusionProof(
      checkpoint: checkpoint, event: event, previousHash: try hash(ofCommit: number - 1),
      eventHashes: events.map(\.digest), path: path)
    // Whoever edited the event would have somebody else find that out.
    do throws(ProofError) {
      try proof.check(against: [checkpoint])
    } catch {
      throw damaged(error.problem)
    }
    try checkTexts(of: event, Erasures(store.database))
    return proof
  }

  /// A proof that the history of `second` begins with that of `first`; the log must hold both.
  public func proveConsistency(
    from first: Checkpoint, to second: Checkpoint
  ) throws -> ConsistencyProof {
    precondition(first.treeSize <= second.treeSize, "the first checkpoint is the earlier one")
    let tree = CommitTree(database: store.database)
    let path = try MerkleTree.consistencyPath(
      from: first.treeSize, to: second.treeSize, root: tree.root)
    return ConsistencyProof(first: first, second: second, path: path)
  }

  /// The genesis hash for commit 0.
  private func hash(ofCommit number: Int64) throws -> Digest256 {
    guard number > 0 else { return HashChain.genesis(storeID: store.storeID) }
    let hash = try store.database.first(
      "SELECT commit_hash FROM commits WHERE commit_number = ?", number
    ) { try digest($0.bytes(0), "commit_hash", at: 0) }
    guard let hash else {
      throw StoreFileError.damaged(
        path: store.path, position: nil, problem: "commit \(number) is missing")
    }
    return hash
  }
}
