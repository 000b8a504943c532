/// The Merkle tree of RFC 6962, section 2.1, over a list of entries that only grows.
///
/// Subtrees are named by the range of entries that they cover, counted from 0. `root` computes or reads
/// the root of one.
enum MerkleTree {
  /// The root over no entries.
  static let emptyRoot = Digest256(of: [])

  static func leaf(_ entry: [UInt8]) -> Digest256 {
    entry.withUnsafeBytes { digest(0x00, $0) }
  }

  static func leaf(_ entry: Digest256) -> Digest256 {
    entry.withUnsafeBytes { digest(0x00, $0) }
  }

  static func node(_ left: Digest256, _ right: Digest256) -> Digest256 {
    left.withUnsafeBytes { left in right.withUnsafeBytes { digest(0x01, left, $0) } }
  }

  /// The first byte tells leaves from nodes, so that none can pass for the other.
  private static func digest(
    _ kind: UInt8, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer? = nil
  ) -> Digest256 {
    let count = 1 + first.count + (second?.count ?? 0)
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { bytes in
      bytes[0] = kind
      bytes[1...].copyBytes(from: first)
      if let second { bytes[(1 + first.count)...].copyBytes(from: second) }
      return Digest256(of: UnsafeRawBufferPointer(bytes))
    }
  }

  /// How many entries are left of the root's split: the largest power of two below `count`, which is
  /// at least 2.
  static func split(_ count: Int64) -> Int64 {
    1 << (Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }

  // MARK: Proving

  /// The roots that lead from entry `index` to the root over `size` entries, the lowest first
  /// (RFC 9162, section 2.1.3.1).
  static func inclusionPath(
    of index: Int64, in size: Int64, root: (Range<Int64>) throws -> Digest256
  ) rethrows -> [Digest256] {
    precondition(0 <= index && index < size, "the entry is in the tree")
    var path: [Digest256] = []
    var range = 0..<size
    while range.count > 1 {
      let middle = range.lowerBound + split(Int64(range.count))
      let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
      path.append(try root(index < middle ? right : left))
      range = index < middle ? left : right
    }
    return path.reversed()
  }

  /// The roots that show that the tree over `second` entries begins with the one over `first`
  /// (RFC 9162, section 2.1.4.1); none if that is plain.
  static func consistencyPath(
    from first: Int64, to second: Int64, root: (Range<Int64>) throws -> Digest256
  ) rethrows -> [Digest256] {
    precondition(0 <= first && first <= second, "a tree only grows")
    guard first > 0, first < second else { return [] }
    var path: [Digest256] = []
    var range = 0..<second
    // Down to the subtree that ends where the first tree did.
    while range.upperBound != first {
      let middle = range.lowerBound + split(Int64(range.count))
      let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
      path.append(try root(first <= middle ? right : left))
      range = first <= middle ? left : right
    }
    // Whoever checks this knows the first root already, if that subtree is all of the first tree.
    if range.lowerBound > 0 { path.append(try root(range)) }
    return path.reversed()
  }

  // MARK: Checking

  /// The root over `size` entries to which `path` leads from the leaf of entry `index`; nil if no path
  /// of that length does (RFC 9162, section 2.1.3.2).
  static func root(
    from leaf: Digest256, at index: Int64, in size: Int64, _ path: [Digest256]
  ) -> Digest256? {
    guard 0 <= index, index < size else { return nil }
    var (place, last) = (index, size - 1)
    var root = leaf
    for sibling in path {
      guard last > 0 else { return nil }
      if place & 1 == 1 || place == last {
        root = node(sibling, root)
        // Up to where the subtree has a sibling on its right, or is the left edge.
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        root = node(root, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 ? root : nil
  }

  /// Whether `path` shows that the tree of `second` entries begins with that of `first`
  /// (RFC 9162, section 2.1.4.2).
  static func isConsistent(
    first: Int64, _ firstRoot: Digest256, second: Int64, _ secondRoot: Digest256,
    _ path: [Digest256]
  ) -> Bool {
    guard 0 <= first, first <= second else { return false }
    guard first > 0 else { return path.isEmpty && firstRoot == emptyRoot }
    guard first < second else { return path.isEmpty && firstRoot == secondRoot }
    var rest = path[...]
    // A first tree that is perfect is itself where the path begins.
    let isPerfect = first & (first - 1) == 0
    guard let start = isPerfect ? firstRoot : rest.popFirst() else { return false }
    var (place, last) = (first - 1, second - 1)
    while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
    var (left, right) = (start, start)
    for sibling in rest {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        (left, right) = (node(sibling, left), node(sibling, right))
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        right = node(right, sibling)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && left == firstRoot && right == secondRoot
  }
}

/// The right edge of a growing tree: all that is needed to add an entry, or to know the root.
struct MerkleFrontier {
  /// How many entries there are.
  private(set) var size: Int64 = 0
  /// The roots of the perfect subtrees that make up the tree, the largest first.
  private(set) var roots: [Digest256] = []

  /// The edge of a tree over no entries.
  init() {}

  /// The edge of a tree over `size` entries, whose subtrees `root` knows.
  init(size: Int64, root: (Range<Int64>) throws -> Digest256) rethrows {
    self.size = size
    var start: Int64 = 0
    while start < size {
      let count: Int64 = 1 << (Int64.bitWidth - 1 - (size - start).leadingZeroBitCount)
      roots.append(try root(start..<start + count))
      start += count
    }
  }

  /// Adds a leaf, and calls `completed` for every perfect subtree that it completes: with its level (a leaf
  /// has level 0), its index among those of that level, and its root.
  mutating func append(
    _ leaf: Digest256, completed: (_ level: Int, _ index: Int64, _ root: Digest256) throws -> Void
  ) rethrows {
    var root = leaf
    var (level, index) = (0, size)
    try completed(level, index, root)
    while index & 1 == 1 {
      root = MerkleTree.node(roots.removeLast(), root)
      (level, index) = (level + 1, index >> 1)
      try completed(level, index, root)
    }
    roots.append(root)
    size += 1
  }

  /// The root of the whole tree.
  var root: Digest256 {
    guard var root = roots.last else { return MerkleTree.emptyRoot }
    for left in roots.dropLast().reversed() { root = MerkleTree.node(left, root) }
    return root
  }
}
