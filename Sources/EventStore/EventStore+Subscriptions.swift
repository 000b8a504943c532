internal import SQLite

extension EventStore {
  /// Makes a subscription that is told what comes after `position`.
  ///
  /// Throws `SubscriptionError.exists`, or `beyondEnd` if the log does not go so far.
  public func createSubscription(
    _ name: String, after position: Int64, _ filter: Subscription.Filter
  ) throws -> Subscription {
    try maintain { log in
      if try log.subscriptions().contains(where: { $0.name == name }) {
        throw SubscriptionError.exists(name: name)
      }
      let head = try log.head().position
      guard position <= head else {
        throw SubscriptionError.beyondEnd(name: name, position: position, head: head)
      }
      try database.run(
        """
        INSERT INTO subscriptions (name, checkpoint, event_types, stream_prefix, created_at_us)
          VALUES (?, ?, ?, ?, ?)
        """, name, position, filter.types?.joined(separator: "\n"), filter.streamPrefix,
        configuration.clockMicros())
      return try log.subscription(named: name)
    }
  }

  /// Forgets a subscription with its dead letters. Throws `SubscriptionError.notFound`.
  public func deleteSubscription(_ name: String) throws -> Subscription {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      try database.run(
        "DELETE FROM dead_letters WHERE subscription_id = ?", subscription.id)
      try database.run("DELETE FROM subscriptions WHERE subscription_id = ?", subscription.id)
      return subscription
    }
  }

  /// Records that all up to `position` was delivered; what it wants up to there of streams that wait for a
  /// dead letter waits too.
  ///
  /// With `expected`, only if the checkpoint is there. It never goes back: a second acknowledgement of the
  /// same position changes nothing, and one of an earlier one throws `SubscriptionError.moved`.
  @discardableResult
  public func acknowledge(
    _ name: String, through position: Int64, expecting expected: Int64? = nil
  ) throws -> Subscription {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      let checkpoint = subscription.checkpoint
      guard expected ?? checkpoint == checkpoint, position >= checkpoint else {
        throw SubscriptionError.moved(name: name, checkpoint: checkpoint)
      }
      let head = try log.head().position
      guard position <= head else {
        throw SubscriptionError.beyondEnd(name: name, position: position, head: head)
      }
      if position > checkpoint { try advance(subscription, to: position, log) }
      return try log.subscription(named: name)
    }
  }

  private func advance(
    _ subscription: Subscription, to position: Int64, _ log: ReadTransaction
  ) throws {
    try log.forEachHeldBack(subscription, through: position) { event in
      try database.run(
        """
        INSERT INTO dead_letters (subscription_id, position, stream_key, attempts, is_due)
          SELECT ?, position, stream_key, 0, 0 FROM recorded_events WHERE position = ?
        """, subscription.id, event.position)
    }
    try database.run(
      "UPDATE subscriptions SET checkpoint = ? WHERE subscription_id = ?", position,
      subscription.id)
  }

  /// Records that the event at `position`, the next that the subscription wanted after `expected`, can't be
  /// delivered: later ones of its stream wait for it, and the subscription goes on with others.
  ///
  /// Throws `SubscriptionError.moved` if the checkpoint is not at `expected`.
  public func bury(
    _ position: Int64, of name: String, expecting expected: Int64, attempts: Int64,
    problem: String
  ) throws {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      guard subscription.checkpoint == expected, position > expected else {
        throw SubscriptionError.moved(name: name, checkpoint: subscription.checkpoint)
      }
      // First what waits for others already.
      try advance(subscription, to: position, log)
      try database.run(
        """
        INSERT INTO dead_letters
          SELECT ?, position, stream_key, ?, ?, ?, 0 FROM recorded_events WHERE position = ?
        """, subscription.id, attempts, problem, configuration.clockMicros(), position)
    }
  }

  /// Records how it went to try the dead letter at `position` again: with a `problem` it stays and is no
  /// longer due; without one it is gone, and the next of its stream is due.
  ///
  /// Throws `SubscriptionError.noDeadLetter` if it is gone.
  public func settle(_ position: Int64, of name: String, problem: String?) throws {
    try maintain { log in
      let letter = try deadLetter(at: position, of: name, log)
      if let problem {
        try database.run(
          """
          UPDATE dead_letters
             SET attempts = attempts + 1, problem = ?, failed_at_us = ?, is_due = 0
           WHERE subscription_id = ? AND position = ?
          """, problem, configuration.clockMicros(), letter.subscription.id, position)
        try requireChange(of: position)
      } else {
        try remove(letter.letter, of: letter.subscription, log)
      }
    }
  }

  /// Gives up the dead letter at `position`: the next of its stream is due. Throws
  /// `SubscriptionError.noDeadLetter` if there is none, or if it waits itself.
  public func discard(_ position: Int64, of name: String) throws {
    try maintain { log in
      let found = try deadLetter(at: position, of: name, log)
      guard found.letter.attempts > 0 || found.letter.isDue else {
        throw SubscriptionError.noDeadLetter(name: name, position: position)
      }
      try remove(found.letter, of: found.subscription, log)
    }
  }

  /// Has dead letters tried again: the one at `position`, or all that wait for no other. Returns how many.
  public func retryDeadLetters(of name: String, position: Int64? = nil) throws -> Int64 {
    try maintain { log in
      let subscription = try log.subscription(named: name)
      if let position { _ = try deadLetter(at: position, of: name, log) }
      try database.run(
        """
        UPDATE dead_letters SET is_due = 1
         WHERE subscription_id = ?1 AND (?2 IS NULL OR position = ?2)
           AND position = (SELECT min(position) FROM dead_letters d
                            WHERE d.subscription_id = ?1 AND d.stream_key = dead_letters.stream_key)
        """, subscription.id, position)
      return try database.first("SELECT changes()") { $0.int64(0) } ?? 0
    }
  }

  private func deadLetter(
    at position: Int64, of name: String, _ log: ReadTransaction
  ) throws -> (subscription: Subscription, letter: DeadLetter) {
    let subscription = try log.subscription(named: name)
    let letter = try log.deadLetters(of: subscription, at: position).first
    guard let letter else {
      throw SubscriptionError.noDeadLetter(name: name, position: position)
    }
    return (subscription, letter)
  }

  /// Throws unless the dead letter at `position` was just changed: in a damaged table one that was found need
  /// not be found again, and it would be due for ever.
  private func requireChange(of position: Int64) throws {
    guard try database.first("SELECT changes()", read: { $0.int64(0) }) == 1 else {
      throw StoreFileError.damaged(
        path: path, position: nil,
        problem: "the table dead_letters loses the dead letter of position \(position)")
    }
  }

  private func remove(
    _ letter: DeadLetter, of subscription: Subscription, _ log: ReadTransaction
  ) throws {
    try database.run(
      "DELETE FROM dead_letters WHERE subscription_id = ? AND position = ?", subscription.id,
      letter.position)
    try requireChange(of: letter.position)
    try database.run(
      """
      UPDATE dead_letters SET is_due = 1
       WHERE subscription_id = ?1
         AND position = (SELECT min(position) FROM dead_letters
                          WHERE subscription_id = ?1
                            AND stream_key = (SELECT stream_key FROM recorded_events
                                               WHERE position = ?2))
      """, subscription.id, letter.position)
  }
}
