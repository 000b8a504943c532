extension AccountTimeline {
  /// A stretch of a timeline: from an instant up to the next block, under one overdraft limit.
  public struct Block: Hashable, Sendable {
    /// Everything at one instant, added up.
    public struct Moment: Hashable, Sendable {
      /// When it counts.
      public let at: Instant
      /// In 128 bits: inside an instant no rule keeps movements within 64.
      public var netMinor: Int128

      /// A value with all its fields.
      public init(at: Instant, netMinor: Int128) { (self.at, self.netMinor) = (at, netMinor) }
    }

    /// What the block's movements add up to, from its beginning; minor units.
    public struct Sums: Hashable, Sendable {
      /// All of them.
      public var net: Int128 = 0
      /// The least that the balance changed by after any instant; 0 in a block without movements.
      public var lowest: Int128 = 0
      /// The most; 0 in a block without movements.
      public var highest: Int128 = 0

      /// A value with all its fields.
      public init(net: Int128, lowest: Int128, highest: Int128) {
        (self.net, self.lowest, self.highest) = (net, lowest, highest)
      }

      /// What `moments`, in order, add up to.
      public init(of moments: some Sequence<Moment>) {
        var isFirst = true
        for moment in moments {
          net += moment.netMinor
          lowest = isFirst ? net : min(lowest, net)
          highest = isFirst ? net : max(highest, net)
          isFirst = false
        }
      }
    }

    /// When it begins.
    public let from: Instant
    /// The overdraft limit from its beginning to its end.
    public internal(set) var limitMinor: Int64
    /// Whether the limit came into force at its beginning.
    public internal(set) var setsLimit: Bool
    /// What its movements add up to.
    public private(set) var sums: Sums
    private var openMoments: [Moment]?

    /// A block without movements.
    init(from: Instant, limitMinor: Int64) {
      (self.from, self.limitMinor, setsLimit) = (from, limitMinor, false)
      sums = Sums(of: [])
      openMoments = []
    }

    /// A block that was saved, its instants not read yet.
    public init(from: Instant, limitMinor: Int64, setsLimit: Bool, sums: Sums) {
      (self.from, self.limitMinor, self.setsLimit) = (from, limitMinor, setsLimit)
      self.sums = sums
    }

    /// Whether its instants are known.
    public var isOpen: Bool { openMoments != nil }

    /// Its instants in order. It must be open.
    public var moments: [Moment] {
      guard let openMoments else { preconditionFailure("the block's instants are read first") }
      return openMoments
    }

    mutating func open(_ moments: [Moment]) { openMoments = moments }

    mutating func add(_ minorUnits: Int128, at instant: Instant) {
      var moments = moments
      openMoments = nil
      let place = moments.partitioningIndex { $0.at >= instant }
      if place < moments.count, moments[place].at == instant {
        moments[place].netMinor += minorUnits
      } else {
        moments.insert(Moment(at: instant, netMinor: minorUnits), at: place)
      }
      sums = Sums(of: moments)
      openMoments = moments
    }

    /// Ends the block before `instant` and returns what comes from there on.
    mutating func split(at instant: Instant) -> Block {
      let all = moments
      let place = all.partitioningIndex { $0.at >= instant }
      var rest = Block(from: instant, limitMinor: limitMinor)
      rest.openMoments = Array(all[place...])
      rest.sums = Sums(of: all[place...])
      openMoments = Array(all[..<place])
      sums = Sums(of: all[..<place])
      return rest
    }

    /// The least and the most that the balance changes by after `instant` and any later one.
    func bounds(from instant: Instant) -> (lowest: Int128, highest: Int128) {
      let place = moments.partitioningIndex { $0.at > instant }
      var balance = moments[..<place].reduce(0) { $0 + $1.netMinor }
      var (lowest, highest) = (balance, balance)
      for moment in moments[place...] {
        balance += moment.netMinor
        (lowest, highest) = (min(lowest, balance), max(highest, balance))
      }
      return (lowest, highest)
    }

    /// The first instant, `from` itself if it is given or a later one, at which the balance is not covered;
    /// `balance` is that before the block.
    func firstOverdraft(from: Instant?, balance: Int128, limit: Int128) -> Effect? {
      var balance = balance
      var later = moments[...]
      if let from {
        let place = moments.partitioningIndex { $0.at > from }
        balance += moments[..<place].reduce(0) { $0 + $1.netMinor }
        if let effect = Self.overdraft(at: from, balance + limit) { return effect }
        later = moments[place...]
      }
      for moment in later {
        balance += moment.netMinor
        if let effect = Self.overdraft(at: moment.at, balance + limit) { return effect }
      }
      return nil
    }

    private static func overdraft(at instant: Instant, _ available: Int128) -> Effect? {
      guard available < 0 else { return nil }
      return .overdraws(at: instant, shortMinorUnits: Int64(clamping: -available))
    }
  }
}

extension Array {
  /// The first index whose element fulfils `condition`, which holds for all after the first it holds for.
  fileprivate func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
