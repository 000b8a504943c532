import Testing

@testable import EventStore

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

  @Test("none is made of what was edited, or is missing")
  func edited() throws {
    for sql in [
      "UPDATE recorded_events SET data = '{}' WHERE position = 5",
      "UPDATE commits SET correlation_id = 'x' WHERE commit_number = 4",
      "DELETE FROM recorded_events WHERE position = 5",
      "UPDATE recorded_events SET commit_number = 9 WHERE position = 5",
    ] {
      let grown = try GrownStore(commits: 10)
      try grown.file.tamper(sql)
      let store = try grown.file.open(.readOnly)
      #expect(throws: StoreFileError.self, "\(sql)") {
        try store.read { try $0.proveInclusion(of: 5, in: grown.checkpoints[6]) }
      }
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
        #expect(throws: Never.self) { try proof.check(against: [late]) }
        // The empty history is the beginning of any other.
        let isTold = first > 0 || second == 0
        #expect((try? proof.check(against: [early])) != nil || !isTold)
        #expect((try? proof.check(against: [early])) == nil || isTold)
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
