import EventStore
import LedgerDomain
import LedgerEvents

/// Decides every close and reopening of a period again, against what was closed at its position.
struct PeriodRules {
  /// The closes in force, the latest last.
  private var closed: [ClosedPeriod] = []

  /// The watermark after the commits so far.
  var watermark: Watermark { Watermark(closed.last) }

  /// Moves past `event`, whose position is `position`. Holds no rules.
  mutating func evolve(_ event: PeriodEvent, at position: Int64) {
    switch event {
    case .closed(let closing): closed.append(ClosedPeriod(closing.period, at: position))
    case .reopened(let reopening):
      if closed.last?.position == reopening.closedAtPosition { closed.removeLast() }
    }
  }

  /// Throws `StoreProblem` if no command could have made this commit. Balances are not looked at.
  func check(_ event: PeriodEvent, _ recorded: RecordedEvent, _ log: ReadTransaction) throws {
    func require(_ isRight: Bool, _ problem: @autoclosure () -> String) throws {
      guard isRight else { throw StoreProblem(position: recorded.position, problem: problem()) }
    }
    let header = recorded.commit.header
    try require(
      header.explicitEffectiveAtMicros == nil && header.idempotencyKey == nil
        && header.otherMetadata == nil && recorded.personalDigest == nil,
      "no command closes or reopens a period under a key, at another time than now, or with a text")
    do {
      switch event {
      case .closed(let closing):
        try watermark.requireClosable(closing.period, now: recorded.recordedAt)
        try require(
          closing.previousThrough == watermark.latest?.through,
          "its previousThrough is not where the close before ends")
        let before = try log.checkpoint(
          endingAt: recorded.position - 1, createdAtMicros: recorded.commit.recordedAtMicros)
        try require(
          before.map { PeriodClosed.History($0) } == closing.history,
          "its checkpoint is not that of the history before it")
      case .reopened(let reopening):
        let latest = try watermark.reopening(reopening.period)
        try require(
          latest.position == reopening.closedAtPosition,
          "the period that it reopens was closed at position \(latest.position)")
        try require(header.reasonDigest != nil, "no command reopens a period without a reason")
      }
    } catch let rejection as Rejection {
      throw StoreProblem(
        position: recorded.position,
        problem: "this should have been refused: \(rejection.code): \(rejection.message)")
    }
  }
}
