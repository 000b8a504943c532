import Testing

@testable import EventStore

@Suite("Verifying finds an erasure that nobody recorded, and one that was not done:")
struct TamperedErasureTests {
  let file: TestStore
  let store: EventStore

  init() throws {
    file = try TestStore()
    store = try file.open()
    try SampleLog.write(to: store)
  }

  private func expectDamage(
    at position: Int64?, _ problem: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      throws: StoreFileError.damaged(path: file.path, position: position, problem: problem),
      sourceLocation: sourceLocation
    ) { try file.verify() }
  }

  @Test("a text that is missing, and no erasure names it")
  func missing() throws {
    try file.tamper("DELETE FROM personal_texts WHERE position = 5 AND field <> 'reason'")
    expectDamage(at: 5, "its personal text is missing, and no erasure names it")
    #expect(throws: StoreFileError.self) { try store.personalTexts(.positions([5])) }
  }

  @Test("a reason that is missing, though an erasure names the text beside it")
  func missingReason() throws {
    try recordErasure(#"{"positions":[5],"reasons":[]}"#)
    try file.tamper("DELETE FROM personal_texts WHERE position = 5")
    expectDamage(at: 5, "its reason is missing, and no erasure names it")
  }

  @Test("a text that is still there, or there again, though an erasure names it")
  func stillThere() throws {
    try store.erase(.positions([1]))
    try file.tamper(
      """
      INSERT INTO personal_texts
      VALUES (1, 'description', CAST('AAAAAAAAAAAAAAAA' AS BLOB), 'Alice A.')
      """)
    expectDamage(
      at: 1, "its personal text is still there, though the erasure at position 6 names it")
  }

  /// Records an erasure whose hash is right, but which removes nothing.
  private func recordErasure(_ data: String) throws {
    let event = NewEvent(type: "PersonalTextErased", version: 1, data: Array(data.utf8))
    let append = StreamAppend(streamID: "Book", expectedVersion: .any, events: [event])
    _ = try store.write { try $0.appendOwn(NewCommit([append])) }
  }

  static let forged = [
    (
      #"{"positions":[3],"reasons":[]}"#,
      "it names the text at position 3, which had none before it"
    ),
    (
      #"{"positions":[],"reasons":[4]}"#,
      "it names the reason at position 4, which had none before it"
    ),
    (
      #"{"positions":[],"reasons":[1]}"#,
      "it names the reason at position 1, which had none before it"
    ),
    (
      #"{"positions":[6],"reasons":[]}"#,
      "it names the text at position 6, which had none before it"
    ),
    (
      #"{"positions":[99],"reasons":[]}"#,
      "it names the text at position 99, which had none before it"
    ),
    (#"{"positions":[],"reasons":[]}"#, "it is an erasure that names nothing"),
    (
      #"{"positions":[5,1],"reasons":[]}"#,
      "its positions or reasons are not ascending numbers, each once"
    ),
    (
      #"{"positions":[1,1],"reasons":[]}"#,
      "its positions or reasons are not ascending numbers, each once"
    ),
    (
      #"{"positions":[1.5],"reasons":[]}"#,
      "its positions or reasons are not ascending numbers, each once"
    ),
    (
      #"{"positions":["1"],"reasons":[]}"#,
      "its positions or reasons are not ascending numbers, each once"
    ),
    (
      #"{"positions":[0],"reasons":[]}"#,
      "its positions or reasons are not ascending numbers, each once"
    ),
    (#"{"positions":[1]}"#, "its data is not one object of positions and reasons"),
    (
      #"{"positions":[1],"reasons":[],"why":1}"#,
      "its data is not one object of positions and reasons"
    ),
    (
      #"{"positions":[1],"positions":[1],"reasons":[]}"#,
      "its data is not one object of positions and reasons"
    ),
    ("[1]", "its data is not one object of positions and reasons"),
  ]

  @Test("one that this program could not have recorded", arguments: forged)
  func impossible(_ data: String, _ problem: String) throws {
    try file.tamper("DELETE FROM personal_texts")
    try recordErasure(#"{"positions":[1,5],"reasons":[2,5]}"#)
    try file.verify()
    try recordErasure(data)
    expectDamage(at: 7, problem.replacing("position 6,", with: "position 6,"))
  }

  @Test("one that erases what one before it erased")
  func twice() throws {
    try store.erase(.positions([1]))
    try recordErasure(#"{"positions":[1],"reasons":[]}"#)
    expectDamage(
      at: 7, "it names the text at position 1, which the erasure at position 6 erased before")
  }

  @Test("another version of it")
  func version() throws {
    let event = NewEvent(type: "PersonalTextErased", version: 2, data: Array("{}".utf8))
    let append = StreamAppend(streamID: "Book", expectedVersion: .any, events: [event])
    _ = try store.write { try $0.appendOwn(NewCommit([append])) }
    expectDamage(
      at: 6, "version 2 of 'PersonalTextErased' is unknown to this version")
  }

  @Test("an erasure that was changed, at its own position")
  func changed() throws {
    try store.erase(.positions([1]))
    try file.tamper(
      "UPDATE recorded_events SET data = replace(data, '[1]', '[1,5]') WHERE position = 6")
    #expect(throws: StoreFileError.self) { try file.verify() }
  }
}
