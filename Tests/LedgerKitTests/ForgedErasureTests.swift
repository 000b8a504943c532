import EventStore
import LedgerDomain
import Testing

@testable import LedgerKit

@Suite("An erasure that no command makes")
struct ForgedErasureTests {
  private func record(_ commit: NewCommit, on book: Book) throws {
    _ = try book.ledger.store.write { transaction in
      let selected = try transaction.log.personalTexts(.positions([1]))
      try transaction.erase(selected, recordingIn: "Book", commit)
    }
  }

  private func book() throws -> Book {
    let book = try Book()
    try book.perform(.open(AccountID("a"), Book.currency("USD"), holder: "Ada")) {
      $0.idempotencyKey = "open"
    }
    return book
  }

  @Test("is found by verify, and its key is taken")
  func verify() throws {
    let reason = PersonalText(
      field: "reason", salt: [UInt8](repeating: 1, count: 16), text: "why")
    let key = NewCommit.Idempotency(key: "k", fingerprint: Digest256(of: []))
    let forgeries: [NewCommit] = [
      .init(actor: "x", correlationID: "c"),
      .init(actor: "x", correlationID: "c", idempotency: key, reason: reason),
      .init(actor: "x", correlationID: "c", reason: reason, effectiveAtMicros: 5),
      .init(actor: "x", correlationID: "c", reason: reason, otherMetadata: Array("{}".utf8)),
    ]
    for forgery in forgeries {
      let book = try book()
      try record(forgery, on: book)
      let error = #expect(throws: StoreFileError.self) { try book.ledger.verify() }
      guard case .damaged(_, 2, let problem)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(problem.hasPrefix("no command erases without a reason"))
      let deposit = Command.deposit(Amount("1"), to: try AccountID("a"))
      let outcome = try book.attempt(deposit) { $0.idempotencyKey = "k" }
      switch outcome {
      case .success: #expect(forgery.idempotency == nil)
      case .failure(let rejection):
        #expect(
          rejection == .idempotencyKeyConflict(key: "k", position: 2, differing: ["command"]))
      }
    }
  }

  @Test("in another stream than the book's can't be read")
  func streams() throws {
    // A stream of an account is refused by the projection already.
    for streamID in ["Elsewhere", "book"] {
      let book = try book()
      _ = try book.ledger.store.write { transaction in
        try transaction.erase(
          try transaction.log.personalTexts(.positions([1])), recordingIn: streamID,
          .init(actor: "x", correlationID: "c"))
      }
      #expect(throws: EventDecodingError.self, "\(streamID)") { try book.events() }
      #expect(throws: StoreFileError.self) { try book.ledger.verify() }
      var problems = 0
      _ = try book.ledger.examineEvents { _ in problems += 1 }
      #expect(problems == 1)
    }
  }
}
