package import EventStore
package import JSONText
import LedgerDomain
import LedgerEvents

/// A proof as a small JSON file.
package enum ProofRecord: Hashable {
  case inclusion(InclusionProof)
  case consistency(ConsistencyProof)

  private static let format = "ledger-proof/1"
  private static let inclusionMembers = [
    "format", "proves", "checkpoint", "event", "commit", "path",
  ]
  private static let consistencyMembers = ["format", "proves", "first", "second", "path"]
  private static let commitMembers =
    ["number", "previousHash"] + CommitRecord.members + ["eventHashes", "hash"]

  /// What it proves, in one word.
  package var name: String {
    switch self {
    case .inclusion: "inclusion"
    case .consistency: "consistency"
    }
  }

  /// Throws `ProofError` unless it holds for one of `trusted`.
  package func check(against trusted: [Checkpoint]) throws(ProofError) {
    switch self {
    case .inclusion(let proof):
      try Self.checkField(of: proof.event)
      try proof.check(against: trusted)
    case .consistency(let proof): try proof.check(against: trusted)
    }
  }
}

extension ProofRecord {
  /// The name of a personal text is not hashed; its event's type says what it must be.
  private static func checkField(of event: RecordedEvent) throws(ProofError) {
    guard let text = event.personalText else { return }
    let type = LedgerEvent.catalog.types.first { $0.name == event.type }
    guard text.field == type?.personalField else {
      throw ProofError(
        problem: "its personal text stands under the name '\(text.field)', which is not that of "
          + "'\(event.type)'")
    }
  }
}

// MARK: Writing

extension ProofRecord {
  /// Throws `EventDecodingError` if bytes that should be text are not.
  package func record() throws(EventDecodingError) -> [JSONMember] {
    let start = [JSONMember("format", .string(Self.format)), JSONMember("proves", .string(name))]
    switch self {
    case .inclusion(let proof):
      return start + [
        JSONMember("checkpoint", .object(CheckpointRecord.record(of: proof.checkpoint))),
        JSONMember("event", try EventRecord.json(proof.event)),
        JSONMember("commit", try Self.commit(of: proof)), JSONMember("path", Self.list(proof.path)),
      ]
    case .consistency(let proof):
      return start + [
        JSONMember("first", .object(CheckpointRecord.record(of: proof.first))),
        JSONMember("second", .object(CheckpointRecord.record(of: proof.second))),
        JSONMember("path", Self.list(proof.path)),
      ]
    }
  }

  private static func commit(of proof: InclusionProof) throws(EventDecodingError) -> JSONValue {
    let commit = proof.event.commit
    return .object(
      [
        JSONMember("number", .integer(commit.header.number)),
        JSONMember("previousHash", .string(proof.previousHash.hex)),
      ] + (try CommitRecord.json(commit, at: proof.event.position)) + [
        JSONMember("eventHashes", list(proof.eventHashes)),
        JSONMember("hash", .string(commit.hash.hex)),
      ])
  }

  private static func list(_ hashes: [Digest256]) -> JSONValue {
    .array(hashes.map { .string($0.hex) })
  }
}

// MARK: Reading

extension ProofRecord {
  /// Reads the file at `path`; `-` is standard input.
  ///
  /// Throws `InputError` if it can't be read or is no proof. Whether it proves anything, `check` says.
  package init(path: String) throws(InputError) {
    let bytes = try InputFile(path: path).allBytes(atMost: 64 * LineSource.longestLineBytes)
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw InputError(
        path: path, problem: "it is no JSON: \(error.problem), at byte \(error.offset + 1)")
    }
    do {
      self = try Self.parse(value)
    } catch {
      throw InputError(path: path, problem: error.problem)
    }
  }

  private static func parse(_ value: JSONValue) throws(RecordError) -> ProofRecord {
    guard let format = value["format"]?.string else {
      throw RecordError(problem: "it is no proof: it has no member 'format'")
    }
    guard format == Self.format else {
      throw RecordError(
        problem: "its format is '\(format)', and this version reads '\(Self.format)'")
    }
    switch value["proves"]?.string {
    case "inclusion": return .inclusion(try inclusion(value))
    case "consistency": return .consistency(try consistency(value))
    case let other:
      throw RecordError(
        problem: "it proves \(other.map { "'\($0)'" } ?? "nothing"), and this version checks "
          + "'inclusion' and 'consistency'")
    }
  }

  private static func consistency(_ value: JSONValue) throws(RecordError) -> ConsistencyProof {
    let proof = try StrictObject(value, name: "the proof", having: consistencyMembers)
    return ConsistencyProof(
      first: try CheckpointRecord.parse(proof.member("first")),
      second: try CheckpointRecord.parse(proof.member("second")),
      path: try proof.digests("path"))
  }

  private static func inclusion(_ value: JSONValue) throws(RecordError) -> InclusionProof {
    let proof = try StrictObject(value, name: "the proof", having: inclusionMembers)
    let object = try StrictObject(
      proof.member("commit"), name: "its commit", having: commitMembers)
    let event = try EventRecord(proof.member("event"))
    // Where a commit ends is not hashed: it follows from its events, and the proof shows one of them.
    let commit = try CommitRecord.commit(object, lastPosition: event.position)
    return InclusionProof(
      checkpoint: try CheckpointRecord.parse(proof.member("checkpoint")),
      event: event.recorded(in: commit), previousHash: try object.digest("previousHash"),
      eventHashes: try object.digests("eventHashes"), path: try proof.digests("path"))
  }
}
