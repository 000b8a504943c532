import EventStore
import LedgerDomain
import LedgerKit
import Testing

/// Snapshots that somebody made who knows how their checksum is made.
@Suite("A planted snapshot")
struct PlantedSnapshotTests {
  /// Puts `state` into the snapshot at `version`, with a checksum to match.
  private func plant(
    _ state: String, stateVersion: Int64 = 1, at version: Int64, in book: Book
  ) throws {
    let raw = try RawFile(book.path)
    let commit = try #require(
      try raw.rows(
        """
        SELECT e.position, lower(hex(c.commit_hash))
          FROM recorded_events e JOIN commits c ON c.commit_number = e.commit_number
         WHERE e.stream_position = \(version)
        """
      ).first)
    var fields = CanonicalBytes("snapshot", version: 1)
    fields.append("BankAccount-a")
    fields.append(version)
    fields.append(try #require(Int64(commit[0])))
    fields.append(stateVersion)
    fields.append(Int64(0))
    fields.append(Array(state.utf8))
    fields.append(try #require(Digest256(hex: commit[1])))
    try raw.run(
      """
      UPDATE snapshots SET state_version = \(stateVersion), taken_at_us = 0, state = '\(state)',
             checksum = x'\(fields.digest.hex)' WHERE stream_position = \(version)
      """)
  }

  private func state(_ book: Book) throws -> String {
    try RawFile(book.path).column("SELECT state FROM snapshots WHERE stream_position = 8")[0]
  }

  @Test("that is wrong is read, which proves that snapshots are; nothing is booked on it")
  func wrong() throws {
    let (book, account) = try Book.withSnapshots()
    let rich = try state(book).replacing("8.00", with: "800.00")
    try plant(rich, at: 8, in: book)
    #expect(try book.reopened().loaded(account, through: 8).balance == "800.00")
    #expect(try book.reopened().loaded(account, through: 7).balance == "7.00")
    #expect(try book.reopened().balance(of: account, at: .version(8)).balance.decimal == "8.00")
    #expect(try book.reopened().balance(of: account).balance.decimal == "10.00")
    // The next event says what the balance is after it.
    let fresh = try book.reopened(.readWrite)
    #expect(throws: StoreFileError.self) {
      try fresh.perform(.deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    }
  }

  @Test("that is wrong is what verify finds, and can be pruned")
  func found() throws {
    let (book, account) = try Book.withSnapshots()
    try plant(try state(book).replacing("8.00", with: "800.00"), at: 8, in: book)
    #expect(try book.snapshotResults() == ["ok", "it differs from its events"])
    let damage = try #require(throws: StoreFileError.self) { try book.reopened().verify() }
    guard case .damaged(_, 9, let problem) = damage else {
      Issue.record("\(damage)")
      return
    }
    #expect(problem.hasSuffix("at version 8 is wrong: it differs from its events"))
    #expect(try book.ledger.pruneSnapshots(of: account, keep: 0, takenBefore: nil) == 2)
    #expect(try book.reopened().verify().events == 11)
  }

  @Test("that is right is as good as one of ours")
  func right() throws {
    let (book, account) = try Book.withSnapshots()
    try plant(try state(book), at: 8, in: book)
    #expect(try book.reopened().loaded(account, through: 10).snapshotVersion == 8)
    #expect(try book.snapshotResults() == ["ok", "ok"])
    #expect(try book.reopened().verify().events == 11)
  }

  @Test("that holds no state is ignored, found, and replaced")
  func unreadable() throws {
    let (book, account) = try Book.withSnapshots()
    try plant(#"{"version":8}"#, at: 8, in: book)
    #expect(try book.reopened().loaded(account, through: 10).snapshotVersion == 4)
    #expect(
      try book.snapshotResults() == [
        "ok", "its state can't be read: it lacks a version, a currency or a status",
      ])
    #expect(throws: StoreFileError.self) { try book.reopened().verify() }
    _ = try book.reopened(.readWrite).perform(
      .deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    #expect(try book.snapshotResults() == ["ok", "ok"])
    #expect(try book.reopened().verify().events == 12)
  }

  @Test("of another version of the program is never used, nor called damage, and is replaced")
  func otherVersion() throws {
    let (book, account) = try Book.withSnapshots()
    try plant("a state of tomorrow", stateVersion: 2, at: 8, in: book)
    var notices: [StoreNotice] = []
    let reader = try book.reopened { notices.append($0) }
    #expect(try reader.loaded(account, through: 10).snapshotVersion == 4)
    #expect(
      notices == [
        .snapshotIgnored(
          streamID: "BankAccount-a", streamPosition: 8,
          problem: "its state has version 2, and this version of the program makes 1")
      ])
    #expect(try book.snapshotResults() == ["ok", "ok"])
    #expect(try book.reopened().verify().events == 11)
    _ = try book.reopened(.readWrite).perform(
      .deposit(Amount("1"), to: account), CommandOptions(actor: "t"))
    #expect(try book.snapshotVersions() == [4, 11])
  }
}
