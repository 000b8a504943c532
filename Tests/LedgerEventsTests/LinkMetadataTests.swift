import LedgerDomain
import LedgerEvents
import Testing

@testable import EventStore

@Suite("Links in a commit's metadata")
struct LinkMetadataTests {
  private func links(_ metadata: String?) throws -> LinkMetadata {
    let header = CommitHeader(
      number: 40, lastPosition: 42, recordedAtMicros: 1, explicitEffectiveAtMicros: nil,
      actor: "ada", correlationID: "c-1", causationID: nil, idempotencyKey: nil,
      fingerprint: nil, reasonDigest: nil, otherMetadata: metadata.map { Array($0.utf8) })
    return try LinkMetadata(
      RecordedEvent(
        position: 42, streamID: "BankAccount-a", streamPosition: 2, type: "AccountClosed",
        version: 2, data: [], personalText: nil, personalDigest: nil,
        commit: Commit(header: header, reason: nil, hash: Digest256(of: []))))
  }

  @Test("are positions by name; members of other names are none")
  func reading() throws {
    #expect(try links(nil) == LinkMetadata())
    #expect(try links("{}") == LinkMetadata())
    #expect(try links(#"{"allowPastOverdraft":true,"ip":"::1"}"#) == LinkMetadata())
    #expect(try links(#"{"reverses":12}"#) == LinkMetadata(reverses: 12))
    #expect(
      try links(#"{"allowPastOverdraft":true,"reverses":12,"corrects":7}"#)
        == LinkMetadata(reverses: 12, corrects: 7))
  }

  @Test(
    "that are no positions make the event unreadable, and the sentence names them",
    arguments: [
      (#"{"reverses":"12"}"#, "'reverses'"), (#"{"reverses":12.0}"#, "'reverses'"),
      (#"{"corrects":null}"#, "'corrects'"), (#"{"corrects":[12]}"#, "'corrects'"),
      (#"{"corrects":true}"#, "'corrects'"), (#"{"reverses":1e2}"#, "'reverses'"),
      (#"{"reverses":99999999999999999999}"#, "'reverses'"),
      (#"{"reverses":1,"reverses":2}"#, "no JSON object"), ("[12]", "no JSON object"),
      ("reverses", "no JSON object"),
    ])
  func malformed(_ metadata: String, _ words: String) throws {
    let error = try #require(throws: EventDecodingError.self) { try links(metadata) }
    #expect(error.position == 42)
    #expect(error.problem.contains(words))
  }
}
