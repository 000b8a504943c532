import Foundation
import Testing

@testable import EventStore

/// `fixtures/vectors/encoding-1.json`: inputs, bytes and digests that an independent program made
/// from the format's description. They never change; another encoding gets another file.
private struct Vectors: Decodable {
  struct Genesis: Decodable, Sendable {
    let storeID, bytes, digest: String
  }

  struct PersonalText: Decodable, Sendable {
    let salt, text, digest: String
  }

  struct Event: Decodable, Sendable {
    let position, streamPosition, version: Int64
    let streamID, type, data, bytes, digest: String
    let personalDigest: String?
  }

  struct Commit: Decodable, Sendable {
    let previous, actor, correlationID, bytes, digest: String
    let number, recordedAtMicros: Int64
    let effectiveAtMicros: Int64?
    let causationID, idempotencyKey, fingerprint, reasonDigest, otherMetadata: String?
    let events: [String]
  }

  struct Tree: Decodable, Sendable {
    struct Node: Decodable, Sendable {
      let left, right, node: String
    }

    struct Root: Decodable, Sendable {
      let size: Int
      let root: String
    }

    struct Inclusion: Decodable, Sendable {
      let index, size: Int64
      let path: [String]
    }

    struct Consistency: Decodable, Sendable {
      let first, second: Int64
      let path: [String]
    }

    let entries, leaves: [String]
    let nodes: [Node]
    let roots: [Root]
    let inclusion: [Inclusion]
    let consistency: [Consistency]
  }

  let encodingVersion: Int64
  let genesis: [Genesis]
  let personalTexts: [PersonalText]
  let events: [Event]
  let commits: [Commit]
  let tree: Tree

  init() throws {
    let url = URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../fixtures/vectors/encoding-1.json").standardized
    self = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: url))
  }
}

/// The bytes that hexadecimal digits stand for.
private func bytes(_ hex: String) throws -> [UInt8] {
  let digits = Array(hex)
  return try stride(from: 0, to: digits.count, by: 2).map {
    try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
  }
}

/// The digest that hexadecimal digits stand for; nil for nil.
private func digest(_ hex: String?) throws -> Digest256? {
  try hex.map { try #require(Digest256(bytes: bytes($0))) }
}

@Suite("The encoding that is hashed, frozen as vectors")
struct HashChainTests {
  private let vectors: Vectors

  init() throws { vectors = try Vectors() }

  @Test("the vectors are of this encoding and none are missing")
  func version() {
    #expect(vectors.encodingVersion == HashChain.encodingVersion)
    #expect(vectors.genesis.count == 4)
    #expect(vectors.personalTexts.count == 3)
    #expect(vectors.events.count == 4)
    #expect(vectors.commits.count == 3)
  }

  @Test("genesis: the store id alone")
  func genesis() throws {
    for vector in vectors.genesis {
      var fields = CanonicalBytes("genesis", version: 1)
      fields.append(vector.storeID)
      #expect(fields.bytes == (try bytes(vector.bytes)))
      #expect(HashChain.genesis(storeID: vector.storeID).hex == vector.digest)
    }
  }

  @Test("personal text: salt and text, nothing between them")
  func personalText() throws {
    for vector in vectors.personalTexts {
      let text = PersonalText(field: "any", salt: try bytes(vector.salt), text: vector.text)
      #expect(text.digest.hex == vector.digest)
    }
  }

  @Test("an event, with and without personal text")
  func event() throws {
    for vector in vectors.events {
      #expect(Digest256(of: try bytes(vector.bytes)).hex == vector.digest)
      let hash = HashChain.event(
        position: vector.position, streamID: vector.streamID,
        streamPosition: vector.streamPosition, type: vector.type, version: vector.version,
        data: Array(vector.data.utf8), personalDigest: try digest(vector.personalDigest))
      #expect(hash.hex == vector.digest)
    }
  }

  @Test("a commit, with everything, with nothing optional, and with empty instead of absent")
  func commit() throws {
    for vector in vectors.commits {
      #expect(Digest256(of: try bytes(vector.bytes)).hex == vector.digest)
      let header = CommitHeader(
        number: vector.number, lastPosition: 0, recordedAtMicros: vector.recordedAtMicros,
        explicitEffectiveAtMicros: vector.effectiveAtMicros, actor: vector.actor,
        correlationID: vector.correlationID, causationID: vector.causationID,
        idempotencyKey: vector.idempotencyKey, fingerprint: try digest(vector.fingerprint),
        reasonDigest: try digest(vector.reasonDigest),
        otherMetadata: vector.otherMetadata.map { Array($0.utf8) })
      let hash = HashChain.commit(
        after: try #require(try digest(vector.previous)), header,
        events: try vector.events.compactMap(digest))
      #expect(hash.hex == vector.digest)
    }
  }

  @Test("the tree over commit hashes: leaves, nodes, roots, and paths of both kinds")
  func tree() throws {
    let tree = vectors.tree
    let entries = try tree.entries.map(bytes)
    #expect(Array(tree.entries.prefix(3)) == vectors.commits.map(\.digest))
    #expect(entries.map { MerkleTree.leaf($0).hex } == tree.leaves)
    for vector in tree.nodes {
      let (left, right) = (try digest(vector.left), try digest(vector.right))
      let node = MerkleTree.node(try #require(left), try #require(right))
      #expect(node.hex == vector.node)
    }
    #expect(tree.roots.map(\.size) == Array(0...10))
    for vector in tree.roots {
      #expect(treeRoot(entries[..<vector.size]).hex == vector.root)
    }
    func root(_ range: Range<Int64>) -> Digest256 {
      treeRoot(entries[Int(range.lowerBound)..<Int(range.upperBound)])
    }
    for vector in tree.inclusion {
      let path = MerkleTree.inclusionPath(of: vector.index, in: vector.size, root: root)
      #expect(path.map(\.hex) == vector.path)
    }
    for vector in tree.consistency {
      let path = MerkleTree.consistencyPath(from: vector.first, to: vector.second, root: root)
      #expect(path.map(\.hex) == vector.path)
    }
    #expect(tree.inclusion.count == 6 && tree.consistency.count == 6)
  }

  private func treeRoot(_ entries: ArraySlice<[UInt8]>) -> Digest256 {
    var frontier = MerkleFrontier()
    for entry in entries { frontier.append(MerkleTree.leaf(entry)) { _, _, _ in } }
    return frontier.root
  }

  @Test("a store chains its commits by these hashes, from its id on")
  func chain() throws {
    let file = try TestStore()
    let store = try file.open()
    #expect(try store.head().hash == HashChain.genesis(storeID: TestStore.storeID))
    var previous = try store.head().hash
    for number in 1...3 {
      let events = try store.append([.numbered(number), .numbered(number)], to: "a")
      let commit = try #require(events.first?.commit)
      let digests = events.map(\.digest)
      previous = HashChain.commit(after: previous, commit.header, events: digests)
      #expect(commit.hash == previous)
    }
    #expect(try store.head().hash == previous)
  }
}

@Suite("Bytes with their lengths in front")
struct CanonicalBytesTests {
  @Test("absent, empty and zero differ")
  func absent() throws {
    var fields = CanonicalBytes("k", version: 1)
    fields.append(String?.none)
    fields.append("")
    fields.append([UInt8]?.some([]))
    fields.append(Int64?.none)
    fields.append(Int64?.some(0))
    fields.append(Int64(-2))
    fields.append("é")
    let expected =
      "00000001" + "6b" + "00000008" + "0000000000000001" + "ffffffff" + "00000000" + "00000000"
      + "ffffffff" + "00000008" + "0000000000000000" + "00000008" + "fffffffffffffffe"
      + "00000002" + "c3a9"
    #expect(fields.bytes == (try bytes(expected)))
    #expect(fields.digest == Digest256(of: fields.bytes))
  }

  @Test("a border between two fields can't move")
  func borders() {
    var (left, right) = (CanonicalBytes("k", version: 1), CanonicalBytes("k", version: 1))
    for text in ["ab", "c"] { left.append(text) }
    for text in ["a", "bc"] { right.append(text) }
    #expect(left.bytes != right.bytes)
  }

  @Test("a digest is SHA-256, 32 bytes and 64 digits (FIPS 180-4)")
  func digests() throws {
    let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let abc = Digest256(of: Array("abc".utf8))
    #expect(abc.hex == hex)
    #expect(abc.bytes == (try bytes(hex)))
    #expect(Digest256(bytes: abc.bytes) == abc)
    #expect(Digest256(bytes: Array(abc.bytes.dropLast())) == nil)
    #expect(Digest256(bytes: abc.bytes + [0]) == nil)
    #expect(Digest256(bytes: []) == nil)
  }
}
