import Testing

@testable import EventStore

/// The tree over plain entries, computed as RFC 6962, section 2.1, defines it.
private struct NaiveTree {
  let entries: [[UInt8]]

  func root(_ range: Range<Int64>) -> Digest256 {
    guard let first = range.first else { return Digest256(of: []) }
    guard range.count > 1 else { return Digest256(of: [0] + entries[Int(first)]) }
    var left: Int64 = 1
    while left * 2 < range.count { left *= 2 }
    let middle = first + left
    return Digest256(
      of: [1] + root(first..<middle).bytes + root(middle..<range.upperBound).bytes)
  }

  func root(of size: Int64) -> Digest256 { root(0..<size) }
}

private func digests(_ hex: [String]) throws -> [Digest256] {
  try hex.map { try #require(Digest256(hex: $0)) }
}

@Suite("The Merkle tree, by the vectors published for RFC 6962")
struct MerkleTreeVectorTests {
  private let tree: NaiveTree
  private let roots: [Digest256]

  init() throws {
    let entries = [
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
    ]
    tree = NaiveTree(entries: try entries.map { try #require([UInt8](hex: $0)) })
    roots = try digests([
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ])
  }

  @Test("the empty tree")
  func empty() {
    let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(MerkleTree.emptyRoot.hex == hex)
    #expect(MerkleFrontier().root.hex == hex)
  }

  @Test("the roots over the first 1 to 8 entries")
  func growing() {
    var frontier = MerkleFrontier()
    for (index, entry) in tree.entries.enumerated() {
      frontier.append(MerkleTree.leaf(entry)) { _, _, _ in }
      #expect(frontier.root == roots[index])
    }
  }

  @Test("inclusion paths")
  func inclusion() throws {
    let vectors: [(index: Int64, size: Int64, path: [String])] = [
      (0, 1, []),
      (
        0, 8,
        [
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
      ),
      (
        5, 8,
        [
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
      ),
      (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
      (
        1, 5,
        [
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
      ),
    ]
    for vector in vectors {
      let path = MerkleTree.inclusionPath(of: vector.index, in: vector.size, root: tree.root)
      #expect(path.map(\.hex) == vector.path)
    }
  }

  @Test("consistency paths")
  func consistency() throws {
    let vectors: [(first: Int64, second: Int64, path: [String])] = [
      (1, 1, []),
      (
        1, 8,
        [
          "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
      ),
      (
        6, 8,
        [
          "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
      ),
      (
        2, 5,
        [
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
      ),
    ]
    for vector in vectors {
      let path = MerkleTree.consistencyPath(
        from: vector.first, to: vector.second, root: tree.root)
      #expect(path.map(\.hex) == vector.path)
    }
  }
}

@Suite("The Merkle tree, at every size up to 300")
struct MerkleTreePropertyTests {
  private let leaves: [Digest256]
  /// The roots of all subtrees that any path may name: by where they begin, and how many they cover.
  private let roots: SubtreeRoots

  /// Computes each root once, so that every size can be tried.
  private final class SubtreeRoots {
    let leaves: [Digest256]
    private var known: [Range<Int64>: Digest256] = [:]

    init(_ leaves: [Digest256]) { self.leaves = leaves }

    func root(_ range: Range<Int64>) -> Digest256 {
      if let root = known[range] { return root }
      guard range.count > 1 else { return leaves[Int(range.lowerBound)] }
      var left: Int64 = 1
      while left * 2 < range.count { left *= 2 }
      let middle = range.lowerBound + left
      let root = MerkleTree.node(
        root(range.lowerBound..<middle), root(middle..<range.upperBound))
      known[range] = root
      return root
    }
  }

  init() {
    leaves = (0..<300).map { MerkleTree.leaf(Array("entry \($0)".utf8)) }
    roots = SubtreeRoots(leaves)
  }

  @Test("every entry of every size is proved by a short path, and no other entry by it")
  func inclusion() {
    for size in Int64(1)...300 {
      let root = roots.root(0..<size)
      let longest = Int64.bitWidth - (size - 1).leadingZeroBitCount
      for index in 0..<size {
        let path = MerkleTree.inclusionPath(of: index, in: size, root: roots.root)
        let leaf = leaves[Int(index)]
        guard path.count <= longest,
          MerkleTree.root(from: leaf, at: index, in: size, path) == root
        else {
          Issue.record("entry \(index) of \(size)")
          continue
        }
        let other = (index + 1) % size
        if other != index,
          MerkleTree.root(from: leaf, at: other, in: size, path) == root
            || MerkleTree.root(from: leaves[Int(other)], at: index, in: size, path) == root
        {
          Issue.record("entry \(index) of \(size) is taken for \(other)")
        }
      }
    }
  }

  @Test("a path that is longer, shorter or changed anywhere proves nothing")
  func alteredInclusion() {
    for size: Int64 in [1, 2, 3, 7, 8, 9, 100, 255, 256, 257, 300] {
      let root = roots.root(0..<size)
      for index in Set([0, 1, size / 2, size - 2, size - 1]).filter({ (0..<size).contains($0) }) {
        let path = MerkleTree.inclusionPath(of: index, in: size, root: roots.root)
        let leaf = leaves[Int(index)]
        for altered in alterations(of: path) {
          #expect(MerkleTree.root(from: leaf, at: index, in: size, altered) != root)
        }
        for wrong in [-1, size, size + 1] {
          #expect(MerkleTree.root(from: leaf, at: wrong, in: size, path) == nil)
        }
      }
    }
  }

  @Test("every size extends every smaller one, and a short path proves it")
  func consistency() {
    for second in Int64(0)...300 {
      let secondRoot = root(of: second)
      for first in 0...second {
        let path = MerkleTree.consistencyPath(from: first, to: second, root: roots.root)
        let isConsistent = MerkleTree.isConsistent(
          first: first, root(of: first), second: second, secondRoot, path)
        let isShort = path.count <= Int64.bitWidth - second.leadingZeroBitCount + 1
        if !isConsistent || !isShort { Issue.record("\(first) in \(second)") }
      }
    }
  }

  @Test("no other history is taken for an extension")
  func alteredConsistency() {
    let stranger = MerkleTree.leaf(Array("stranger".utf8))
    for second: Int64 in [1, 2, 3, 6, 7, 8, 9, 64, 100, 129, 256, 300] {
      for first in [0, 1, 2, 3, second / 2, second - 1, second] where 0...second ~= first {
        let path = MerkleTree.consistencyPath(from: first, to: second, root: roots.root)
        func isConsistent(
          _ firstRoot: Digest256, _ secondRoot: Digest256, _ path: [Digest256]
        ) -> Bool {
          MerkleTree.isConsistent(
            first: first, firstRoot, second: second, secondRoot, path)
        }
        #expect(!isConsistent(stranger, root(of: second), path))
        if first > 0 { #expect(!isConsistent(root(of: first), stranger, path)) }
        for altered in alterations(of: path) {
          #expect(!isConsistent(root(of: first), root(of: second), altered))
        }
        #expect(
          !MerkleTree.isConsistent(
            first: second + 1, root(of: first), second: second, root(of: second), path))
      }
    }
  }

  @Test("the edge of a growing tree knows its root and the subtrees that it completes")
  func frontier() {
    var frontier = MerkleFrontier()
    for size in Int64(1)...300 {
      var completed = 0
      frontier.append(leaves[Int(size) - 1]) { level, index, node in
        completed += 1
        let count = Int64(1) << Int64(level)
        if node != roots.root(index * count..<(index + 1) * count) { Issue.record("\(size)") }
      }
      #expect(completed == size.trailingZeroBitCount + 1)
      #expect(frontier.size == size)
      let resumed = MerkleFrontier(size: size, root: roots.root)
      if frontier.root != root(of: size) || resumed.root != root(of: size) {
        Issue.record("the root of \(size)")
      }
    }
  }

  private func root(of size: Int64) -> Digest256 {
    size == 0 ? MerkleTree.emptyRoot : roots.root(0..<size)
  }

  /// `path` with each of its hashes changed, left out or doubled, and with one more.
  private func alterations(of path: [Digest256]) -> [[Digest256]] {
    let stranger = MerkleTree.leaf(Array("stranger".utf8))
    var altered = [path + [stranger], [stranger] + path]
    for index in path.indices {
      var (changed, shorter, longer) = (path, path, path)
      changed[index] = stranger
      shorter.remove(at: index)
      longer.insert(path[index], at: index)
      altered += [changed, shorter, longer]
    }
    return altered
  }
}
