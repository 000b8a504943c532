import EventStore
import LedgerDomain

// What is in the ledger.
extension Ledger {
  func examineClock() throws -> Finding {
    let last = try store.read { try $0.head().recordedAtMicros }
    return Finding(
      ofClock: Instant(micros: environment.clockMicros()),
      lastRecordedAt: last.map { Instant(micros: $0) })
  }

  func examineUpcasters(_ report: (Finding) throws -> Void) throws {
    let versions = try examineEvents { error in
      try report(
        Finding(.upcasters, "position \(error.position)", .problem, error.problem))
    }
    for stored in versions {
      let readable = stored.events - stored.unreadable
      try report(
        Finding(
          .upcasters, "\(stored.eventType) version \(stored.version)",
          "\(readable) of \(stored.events) events can be read"))
    }
  }

  func examineProjections(_ report: (Finding) throws -> Void) throws {
    if let problem = try projectionProblem() {
      return try report(
        Finding(
          .projections, "all", .problem,
          "\(problem); any command that writes makes it anew"))
    }
    let stopped = try store.read { try $0.projectionStatuses(measuring: false) }
      .filter { $0.stoppedAt != nil }
    for status in stopped {
      try report(
        Finding(
          .projections, status.name, .problem,
          "it stopped at position \(status.stoppedAt ?? 0): \(status.problem ?? "?"); what was "
            + "recorded since is missing in its answers; try again: ledger projections rebuild "
            + status.name))
    }
    if stopped.isEmpty { try report(Finding(.projections, "all", "up to date")) }
  }

  func examineSettings() throws -> Finding {
    do {
      _ = try snapshotPolicy()
      return Finding(.settings, "snapshots", "can be read")
    } catch StoreFileError.damaged(_, _, let problem) {
      return Finding(.settings, "snapshots", .problem, problem)
    }
  }

  func examineSnapshots(_ report: (Finding) throws -> Void) throws {
    var good = 0
    try verifySnapshots { snapshot, problem in
      guard let problem else {
        good += 1
        return
      }
      try report(
        Finding(
          .snapshots, "\(snapshot.streamID) version \(snapshot.streamPosition)", .problem,
          "\(problem); remove it with: ledger snapshot prune ACCOUNT --all"))
    }
    try report(Finding(.snapshots, "all", "\(good) agree with their events"))
  }

  func examineSubscriptions(_ report: (Finding) throws -> Void) throws {
    let all = try subscriptions().map(\.subscription)
    for subscription in all where subscription.deadLetters > 0 {
      let name = subscription.name
      try report(
        Finding(
          .subscriptions, name, .warning,
          "\(subscription.deadLetters) of its events could not be delivered, and "
            + "\(subscription.waiting) wait for them; see: ledger subscriptions dead-letters \(name)"
        ))
    }
    let good = all.count { $0.deadLetters == 0 }
    try report(Finding(.subscriptions, "all", "\(good) of \(all.count) without dead letters"))
  }
}

extension Finding {
  /// Whether the clock is where it was when something was recorded last.
  init(ofClock clock: Instant, lastRecordedAt last: Instant?) {
    guard let last, clock < last else {
      self.init(.clock, "now", "\(clock), not before the last commit")
      return
    }
    let behind = "it says \(clock), before the last commit at \(last)"
    guard clock.micros < last.micros - WriteTransaction.longestClockBehindMicros else {
      self.init(
        .clock, "now", .warning,
        "\(behind): times go on from that one, a microsecond a commit; set the clock right")
      return
    }
    self.init(
      .clock, "now", .problem,
      "\(behind), by more than 24 hours, so that nothing is recorded; set the clock right, or if it "
        + "is, use --accept-clock")
  }
}
