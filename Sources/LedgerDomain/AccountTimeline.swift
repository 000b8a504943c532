/// An account's movements and limits in the order in which they count, added up in blocks.
///
/// Everything at one effective instant counts together: rules look at the balance after all of it. Where
/// a change counts, its block is looked at instant by instant, and the blocks after it by their sums, so
/// that a long past costs little.
public struct AccountTimeline: Hashable, Sendable {
  /// Something that changes what an account can cover from an instant on.
  public enum Change: Hashable, Sendable {
    /// A signed movement.
    case movement(minorUnits: Int64)
    /// A new overdraft limit, until the next one.
    case limit(minorUnits: Int64)
  }

  /// What a change would do to the balances that count at or after it.
  public enum Effect: Hashable, Sendable {
    case harmless
    /// At `at`, the first instant that the change brings or pushes below the limit, the balance would be
    /// `shortMinorUnits` below it.
    case overdraws(at: Instant, shortMinorUnits: Int64)
    /// Some balance would not fit in 64 bits.
    case overflow
  }

  /// In order of time, without gaps; the first begins at the beginning of time.
  public private(set) var blocks: [Block]
  /// How many instants a block may have.
  private let blockCapacity: Int

  /// How many instants a block has at most, unless a test wants fewer.
  public static let blockCapacity = 256

  /// A timeline without changes; the limit holds until the first change of it, however early.
  public init(openingLimitMinor: Int64, blockCapacity: Int = Self.blockCapacity) {
    self.init(
      blocks: [Block(from: .earliest, limitMinor: openingLimitMinor)],
      blockCapacity: blockCapacity)
  }

  /// A timeline that was saved: at least one block.
  public init(blocks: [Block], blockCapacity: Int = Self.blockCapacity) {
    precondition(!blocks.isEmpty && blockCapacity > 1, "a timeline has a block")
    (self.blocks, self.blockCapacity) = (blocks, blockCapacity)
  }

  /// Reads the instants of a block whose sums alone are known.
  public typealias Loader = (Block) throws -> [Block.Moment]

  /// What `change`, recorded after all others, would do if it counted at `effectiveAt`.
  public mutating func effect(
    of change: Change, at effectiveAt: Instant, loading load: Loader
  ) rethrows -> Effect {
    let place = index(of: effectiveAt)
    switch change {
    case .movement(let minorUnits):
      let scan = Scan(
        addedMinor: Int128(minorUnits), from: effectiveAt, refusesDebt: minorUnits < 0)
      return try firstFault(of: scan, in: place..<blocks.endIndex, load)
    case .limit(let minorUnits):
      // Balances stay as they are; a higher limit covers whatever the one before did.
      guard minorUnits < blocks[place].limitMinor else { return .harmless }
      let scan = Scan(limitMinor: Int128(minorUnits), from: effectiveAt, refusesDebt: true)
      return try firstFault(of: scan, in: place..<nextLimit(after: place), load)
    }
  }

  /// Adds `change`, recorded after all others, which counts at `effectiveAt`; returns the indices of the
  /// blocks that are other than before.
  @discardableResult
  public mutating func insert(
    _ change: Change, at effectiveAt: Instant, loading load: Loader
  ) rethrows -> Range<Int> {
    let place = index(of: effectiveAt)
    try open(place, load)
    switch change {
    case .movement(let minorUnits):
      blocks[place].add(Int128(minorUnits), at: effectiveAt)
      guard blocks[place].moments.count > blockCapacity else { return place..<place + 1 }
      let middle = blocks[place].moments[blocks[place].moments.count / 2].at
      blocks.insert(blocks[place].split(at: middle), at: place + 1)
      return place..<place + 2
    case .limit(let minorUnits):
      var first = place
      if blocks[place].from < effectiveAt {
        blocks.insert(blocks[place].split(at: effectiveAt), at: place + 1)
        first = place + 1
      }
      let end = nextLimit(after: first)
      for index in first..<end { blocks[index].limitMinor = minorUnits }
      blocks[first].setsLimit = true
      // An instant at which a limit begins is one to look at, whether anything moves or not.
      blocks[first].add(0, at: effectiveAt)
      return place..<end
    }
  }

  /// The effect on a timeline all of whose instants are known.
  public mutating func effect(of change: Change, at effectiveAt: Instant) -> Effect {
    effect(of: change, at: effectiveAt, loading: Self.moments)
  }

  /// Adds `change` to a timeline all of whose instants are known.
  public mutating func insert(_ change: Change, at effectiveAt: Instant) {
    insert(change, at: effectiveAt, loading: Self.moments)
  }

  private static func moments(of block: Block) -> [Block.Moment] { block.moments }

  /// The block in which `effectiveAt` lies.
  private func index(of effectiveAt: Instant) -> Int {
    var (low, high) = (0, blocks.count)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if blocks[middle].from <= effectiveAt { low = middle } else { high = middle }
    }
    return low
  }

  /// The first block after `place` that begins with a new limit; the end if there is none.
  private func nextLimit(after place: Int) -> Int {
    blocks[(place + 1)...].firstIndex(where: \.setsLimit) ?? blocks.endIndex
  }

  private mutating func open(_ index: Int, _ load: Loader) rethrows {
    guard !blocks[index].isOpen else { return }
    blocks[index].open(try load(blocks[index]))
  }

  // MARK: Faults

  /// What is looked for.
  private struct Scan {
    /// Comes to every balance from `from` on.
    var addedMinor: Int128 = 0
    /// In place of the limits in force; nil means: those.
    var limitMinor: Int128?
    let from: Instant
    /// Whether a balance below the limit is a fault.
    let refusesDebt: Bool
  }

  private mutating func firstFault(
    of scan: Scan, in range: Range<Int>, _ load: Loader
  ) rethrows -> Effect {
    try open(range.lowerBound, load)
    var balance = blocks[..<range.lowerBound].reduce(0) { $0 + $1.sums.net } + scan.addedMinor
    var firstOverdraft: Effect?
    for index in range {
      let lowest: Int128
      let highest: Int128
      let limit = scan.limitMinor ?? Int128(blocks[index].limitMinor)
      let isFirst = index == range.lowerBound
      if isFirst {
        (lowest, highest) = blocks[index].bounds(from: scan.from)
      } else {
        (lowest, highest) = (blocks[index].sums.lowest, blocks[index].sums.highest)
      }
      guard Int64(exactly: balance + lowest) != nil, Int64(exactly: balance + highest) != nil else {
        return .overflow
      }
      if scan.refusesDebt, firstOverdraft == nil, balance + lowest + limit < 0 {
        try open(index, load)
        firstOverdraft = blocks[index].firstOverdraft(
          from: isFirst ? scan.from : nil, balance: balance, limit: limit)
      }
      balance += blocks[index].sums.net
    }
    return firstOverdraft ?? .harmless
  }
}
