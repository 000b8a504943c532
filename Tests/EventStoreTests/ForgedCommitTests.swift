import Testing

@testable import EventStore

@Suite("A commit whose hash was computed anew is still held to the rules of a log")
struct ForgedCommitTests {
  private static let anyDigest = Digest256(of: [])

  /// Text with as many of the salt's letters A as there are bytes of salt to be.
  private static func text(
    _ text: String, saltBytes: Int = PersonalText.saltBytes, field: String = "description"
  ) -> PersonalText {
    PersonalText(stored: field, salt: Array(repeating: 0x41, count: saltBytes), text: text)
  }

  /// Changes, and what is said about them, at which position.
  static let forgeries: [(change: CommitChange, position: Int64, problem: String)] = [
    (
      .header("a number that skips one") { $0.with(number: 4) }, 4,
      "it is commit 4, and commit 3 comes next"
    ),
    (
      .header("a number that is taken") { $0.with(number: 2) }, 4,
      "it is commit 2, and commit 3 comes next"
    ),
    (
      .header("a last position of no event") { $0.with(lastPosition: 6) }, 4,
      "its lastPosition is not that of its last event"
    ),
    (
      .header("the time of the commit before") {
        $0.with(recordedAtMicros: $0.recordedAtMicros - 1)
      }, 4, "it was not recorded after the commit before it"
    ),
    (
      .header("effective later than recorded") {
        $0.with(effectiveAtMicros: $0.recordedAtMicros + 1)
      }, 4, "it counts after it was recorded"
    ),
    (
      .header("a key without fingerprint") { $0.with(idempotencyKey: "new") }, 4,
      "it has a key without fingerprint, or the reverse"
    ),
    (
      .header("a fingerprint without key") { $0.with(fingerprint: anyDigest) }, 4,
      "it has a key without fingerprint, or the reverse"
    ),
    (
      .header("a key that was used") { $0.with(idempotencyKey: "k", fingerprint: anyDigest) }, 4,
      "its idempotency key named another commit before"
    ),
    (
      .header("another digest of the reason") { $0.with(reasonDigest: anyDigest) }, 4,
      "its reason is not that of its digest"
    ),
    (
      .reason("a letter of the salt in the reason", text("Arent", saltBytes: 15, field: "reason")),
      4, "its reason is not that of its digest"
    ),
    (
      .reason("a reason under another name", text("rent", field: "motive")), 4,
      "its reason stands under the name 'motive'"
    ),
    (
      .last("a stream position that skips one") { $0.with(streamPosition: 2) }, 5,
      "its stream position is 2, and 1 comes next"
    ),
    (
      .last("another stream") { $0.with(streamID: "a") }, 5,
      "its stream position is 1, and 3 comes next"
    ),
    (
      CommitChange("a position that skips one") { [$0[0].with(position: 5), $0[1]] }, 4,
      "its position is 5, and 4 comes next"
    ),
    (
      .last("another digest of the text") { $0.with(personalDigest: anyDigest) }, 5,
      "its personal text is not that of its digest"
    ),
    (
      .last("a letter of the salt in the text") {
        $0.with(personalText: text("Adinner", saltBytes: 15))
      }, 5, "its personal text is not that of its digest"
    ),
    (
      .last("text under the name of the reason") {
        $0.with(personalText: text("dinner", field: "reason"))
      }, 5, "its personal text stands under the name 'reason', the commit's own"
    ),
  ]

  @Test("each of them is refused by name", arguments: forgeries)
  func forged(_ forgery: (change: CommitChange, position: Int64, problem: String)) throws {
    let trial = try RestoreTrial()
    let forged = try trial.rehashed(forgery.change.apply(trial.next))
    let error = try trial.refusal(of: forged)
    #expect(error == RestoreError(position: forgery.position, problem: forgery.problem))
  }

  @Test("a commit that was only said to be by somebody else is another log: verify accepts it")
  func otherLog() throws {
    let trial = try RestoreTrial()
    let change = CommitChange.header("actor") { $0.with(actor: "mallory") }
    let forged = try trial.rehashed(change.apply(trial.next))
    try trial.store.write { try $0.restore(forged) }
    #expect(try trial.file.verify().headHash == forged[0].commit.hash)
    #expect(forged[0].commit.hash != trial.next[0].commit.hash)
  }
}
