import Testing

@testable import EventStore

@Suite("Which snapshots of a stream are kept")
struct SnapshotThinningTests {
  /// What is left when positions are added one by one and thinned out each time, after each step.
  private func histories(_ positions: [Int64]) -> [[Int64]] {
    var kept: [Int64] = []
    return positions.map { position in
      kept.append(position)
      let superfluous = Set(SnapshotPolicy.thinned(kept))
      kept.removeAll { superfluous.contains($0) }
      return kept
    }
  }

  /// Regular ones, and ones with irregular gaps.
  private static let sequences: [[Int64]] = [
    (1...2_000).map { $0 * 100 - 1 }, (0..<2_000).map { $0 },
    (1...2_000).map { $0 * 100 + ($0 * $0) % 37 }, (1...1_000).map { $0 * $0 },
  ]

  @Test("the oldest and the newest always stay", arguments: sequences)
  func ends(_ positions: [Int64]) {
    for (index, kept) in histories(positions).enumerated() {
      #expect(kept.first == positions[0])
      #expect(kept.last == positions[index])
    }
  }

  @Test("their number grows like the logarithm of how many were taken")
  func logarithmic() {
    let counts = histories(Self.sequences[0]).map(\.count)
    let milestones = [10, 20, 40, 80, 160, 320, 640, 1_280].map { counts[$0 - 1] }
    for (fewer, more) in zip(milestones, milestones.dropFirst()) {
      #expect((0...6).contains(more - fewer), "\(milestones)")
    }
    #expect((20...40).contains(counts[1_999]), "\(counts[1_999])")
    #expect(counts.max() ?? 0 <= 40)
  }

  @Test("further back they are sparser: a gap is at most a quarter of the way to the newest")
  func gaps() {
    for (index, kept) in histories(Self.sequences[0]).enumerated() {
      let newest = kept[kept.count - 1]
      let gaps = zip(kept, kept.dropFirst()).map { (older: $0, gap: $1 - $0) }
      // The ones that were only 100 apart from the beginning can't be closer.
      #expect(gaps.allSatisfy { $0.gap <= max(100, (newest - $0.older) / 4) }, "\(index)")
    }
  }

  @Test("thinning twice is thinning once", arguments: sequences)
  func idempotent(_ positions: [Int64]) {
    let superfluous = Set(SnapshotPolicy.thinned(positions))
    #expect(!superfluous.isEmpty)
    let kept = positions.filter { !superfluous.contains($0) }
    #expect(SnapshotPolicy.thinned(kept) == [])
  }

  @Test("few stay all")
  func few() {
    #expect(SnapshotPolicy.thinned([]) == [])
    #expect(SnapshotPolicy.thinned([7]) == [])
    #expect(SnapshotPolicy.thinned([7, 8]) == [])
    #expect(SnapshotPolicy.thinned([0, 100, 200, 300]) == [])
  }

  @Test("commands thin out: 100 snapshots leave a few, and every cut folds little")
  func inTheFile() throws {
    let file = try TestStore()
    let store = try file.open()
    try store.setSnapshotPolicy { $0.everyEvents = 5 }
    for _ in 1...100 { try store.addOnes(5) }
    let kept = try file.snapshots()
    #expect(kept == histories((1...100).map { $0 * 5 - 1 }).last)
    #expect(kept.count < 25)
    for version in stride(from: Int64(0), to: 500, by: 7) {
      let loaded = try store.counter { $0.throughStreamPosition = version }
      #expect(loaded.state.sum == Int(version) + 1)
      #expect(loaded.eventsFolded < max(5, (500 - Int(version)) / 3))
    }
  }
}
