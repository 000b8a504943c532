import LedgerDomain
import Testing
import TestSupport

/// A timeline of which the sums of each block are known, and the instants only of those that were needed.
@Suite("A saved timeline")
struct SavedTimelineTests {
  private typealias Block = AccountTimeline.Block

  /// A change, and the second at which it counts.
  private struct Entry {
    let at: Int64
    let change: AccountTimeline.Change

    var isLimit: Bool {
      if case .limit = change { true } else { false }
    }

    var units: Int128 {
      switch change {
      case .movement(let units), .limit(let units): Int128(units)
      }
    }
  }

  private static let capacity = 4

  /// A block as a table keeps it.
  private struct Row: Equatable {
    let from: Instant
    var limitMinor: Int64
    var setsLimit: Bool
    var sums: Block.Sums
    var moments: [Block.Moment]

    init(_ block: Block) {
      (from, limitMinor, setsLimit) = (block.from, block.limitMinor, block.setsLimit)
      (sums, moments) = (block.sums, block.moments)
    }

    var closed: Block {
      Block(from: from, limitMinor: limitMinor, setsLimit: setsLimit, sums: sums)
    }
  }

  /// The table, and which of its blocks were read.
  private final class Table {
    private var rows: [Instant: Row] = [:]
    var loaded: [Instant] = []

    var inOrder: [Row] { rows.values.sorted { $0.from < $1.from } }

    /// Every block closed, as another process would begin.
    var timeline: AccountTimeline {
      AccountTimeline(blocks: inOrder.map(\.closed), blockCapacity: capacity)
    }

    func load(_ block: Block) -> [Block.Moment] {
      loaded.append(block.from)
      return rows[block.from]?.moments ?? []
    }

    /// Keeps the blocks that changed: of one whose instants were not read, only the limit can have.
    func keep(_ blocks: some Sequence<Block>) {
      for block in blocks {
        if block.isOpen {
          rows[block.from] = Row(block)
        } else {
          rows[block.from]?.limitMinor = block.limitMinor
          rows[block.from]?.setsLimit = block.setsLimit
        }
      }
    }
  }

  @Test(
    "agrees with one whose instants are all known, and reads one block, or two for a refusal",
    arguments: [1, 2, 3, 4, 5, 6])
  func opensWhatItNeeds(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var whole = AccountTimeline(openingLimitMinor: 40, blockCapacity: Self.capacity)
    let table = Table()
    table.keep(whole.blocks)
    var (most, refused, spared) = (0, 0, 0)
    for step in 0..<400 {
      let entry = Self.entry(&random)
      let instant = Instant.second(entry.at)
      var part = table.timeline
      table.loaded = []
      let effect = part.effect(of: entry.change, at: instant, loading: table.load)
      try #require(effect == whole.effect(of: entry.change, at: instant), "step \(step)")
      let own = try #require(whole.blocks.last { $0.from <= instant }).from
      try #require(table.loaded.isEmpty || table.loaded[0] == own)
      try #require(table.loaded.count <= (effect == .harmless ? 1 : 2), "step \(step)")
      refused += effect == .harmless ? 0 : 1
      spared = max(spared, whole.blocks.count - table.loaded.count)
      most = max(most, table.loaded.count)
      if effect != .harmless, Int.random(in: 0..<4, using: &random) > 0 { continue }

      table.loaded = []
      let touched = part.insert(entry.change, at: instant, loading: table.load)
      #expect(table.loaded.allSatisfy { $0 == own } && table.loaded.count <= 1)
      table.keep(part.blocks[touched])
      whole.insert(entry.change, at: instant)
      try #require(table.inOrder == whole.blocks.map(Row.init), "step \(step)")
    }
    #expect(refused > 40)
    #expect(most == 2 && spared > 20)
  }

  @Test("knows balances beyond 64 bits, block by block", arguments: [1, 2, 3, 4])
  func beyond64Bits(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var outcomes: Set<String> = []
    for _ in 0..<150 {
      var past: [Entry] = []
      let table = Table()
      table.keep(AccountTimeline(openingLimitMinor: 0, blockCapacity: Self.capacity).blocks)
      for _ in 0..<Int.random(in: 1...25, using: &random) {
        let entry = Self.largeEntry(&random)
        var part = table.timeline
        let touched = part.insert(entry.change, at: .second(entry.at), loading: table.load)
        table.keep(part.blocks[touched])
        past.append(entry)
      }
      let next = Self.largeEntry(&random)
      var part = table.timeline
      let effect = part.effect(of: next.change, at: .second(next.at), loading: table.load)
      try #require(effect == Self.effect(of: next, on: past), "\(next) on \(past)")
      switch effect {
      case .harmless: outcomes.insert("harmless")
      case .overflow: outcomes.insert("overflow")
      case .overdraws: outcomes.insert("overdraws")
      }
      let sums = table.inOrder.map(\.sums)
      if sums.contains(where: { Int64(exactly: $0.net) == nil }) { outcomes.insert("wide block") }
    }
    #expect(outcomes == ["harmless", "overflow", "overdraws", "wide block"])
  }

  // MARK: The same, one instant after the other

  /// What the documentation of `Effect` says, in 128 bits.
  private static func effect(of next: Entry, on past: [Entry]) -> AccountTimeline.Effect {
    let ends = Set(past.map(\.at) + [next.at]).filter { $0 >= next.at }.sorted()
    let limitEnd = past.filter { $0.at > next.at && $0.isLimit }.map(\.at).min() ?? .max
    let reached = next.isLimit ? ends.filter { $0 < limitEnd } : ends
    if next.isLimit, next.units >= limit(at: next.at, of: past) { return .harmless }
    let balances = reached.map { ($0, balance(at: $0, of: past + [next])) }
    if balances.contains(where: { Int64(exactly: $0.1) == nil }) { return .overflow }
    guard next.isLimit || next.units < 0 else { return .harmless }
    for (instant, balance) in balances {
      let available = balance + limit(at: instant, of: past + [next])
      if available < 0 {
        return .overdraws(at: .second(instant), shortMinorUnits: Int64(clamping: -available))
      }
    }
    return .harmless
  }

  private static func balance(at instant: Int64, of entries: [Entry]) -> Int128 {
    entries.filter { $0.at <= instant && !$0.isLimit }.reduce(0) { $0 + $1.units }
  }

  private static func limit(at instant: Int64, of entries: [Entry]) -> Int128 {
    var found: Entry?
    for entry in entries where entry.isLimit && entry.at <= instant {
      if entry.at >= found?.at ?? .min { found = entry }
    }
    return found?.units ?? 0
  }

  private static func entry(_ random: inout SeededRandom) -> Entry {
    let at = Int64.random(in: 1...150, using: &random)
    if Int.random(in: 0..<12, using: &random) == 0 {
      return Entry(at: at, change: .limit(minorUnits: .random(in: 0...60, using: &random)))
    }
    let units = Int64.random(in: 1...40, using: &random)
    let signed = Int.random(in: 0..<5, using: &random) < 3 ? -units : units
    return Entry(at: at, change: .movement(minorUnits: signed))
  }

  private static func largeEntry(_ random: inout SeededRandom) -> Entry {
    let at = Int64.random(in: 1...20, using: &random)
    let sizes: [Int64] = [.max, .max - 1, .max / 2, 1, 0]
    let units = sizes.randomElement(using: &random) ?? 0
    if Int.random(in: 0..<5, using: &random) == 0 {
      return Entry(at: at, change: .limit(minorUnits: units))
    }
    let signed = Bool.random(using: &random) ? -units : units
    return Entry(at: at, change: .movement(minorUnits: signed))
  }
}
