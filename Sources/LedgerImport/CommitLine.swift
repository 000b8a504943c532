package import EventStore
package import JSONText
import LedgerDomain

/// One commit as one line of an exported ledger: everything that was hashed, and the hash.
///
///     {"format":"ledger-commit/1","ledgerId":"…","number":1,"recordedAt":"…","effectiveAt":null,
///      "actor":"…","correlationId":"…","causationId":null,"idempotencyKey":null,"fingerprint":null,
///      "reason":{"digest":"…","salt":"…","text":"…"},"metadata":null,
///      "events":[{"position":1,"streamId":"…","streamPosition":0,"type":"…","version":2,
///                 "data":"{…}","personal":{"digest":"…","field":"holder","salt":"…","text":"…"}}],
///      "hash":"…"}
///
/// `data` and `metadata` are the stored bytes, as text. Digests and salts are hexadecimal. Text that was
/// erased leaves its digest behind.
package struct CommitLine: Hashable {
  static let format = "ledger-commit/1"

  let ledgerID: String
  let events: [RecordedEvent]
}

// MARK: Writing

extension CommitLine {
  /// The names of the line's values, as in `record(of:in:)`.
  package static let columns = [
    "format", "ledgerId", "number", "recordedAt", "effectiveAt", "actor", "correlationId",
    "causationId", "idempotencyKey", "fingerprint", "reason", "metadata", "events", "hash",
  ]

  /// The line for the commit of `events`, which are all of its events as stored.
  ///
  /// Throws `EventDecodingError` if bytes that should be text are not.
  package static func record(
    of events: [RecordedEvent], in ledgerID: String
  ) throws(EventDecodingError) -> [JSONMember] {
    guard let last = events.last else { preconditionFailure("a commit has at least one event") }
    let (header, commit) = (last.commit.header, last.commit)
    var stored: [JSONValue] = []
    for event in events { stored.append(try json(event)) }
    let values: [JSONValue] = [
      .string(format), .string(ledgerID), .integer(header.number),
      .string(Instant(micros: header.recordedAtMicros).description),
      .text(header.explicitEffectiveAtMicros.map { Instant(micros: $0).description }),
      .string(header.actor), .string(header.correlationID), .text(header.causationID),
      .text(header.idempotencyKey), .text(header.fingerprint?.hex),
      json(commit.reason, digest: header.reasonDigest, withField: false),
      .text(
        try header.otherMetadata.map { bytes throws(EventDecodingError) in
          try text(bytes, at: last.position)
        }),
      .array(stored), .string(commit.hash.hex),
    ]
    return zip(columns, values).map { JSONMember($0, $1) }
  }

  private static func json(_ event: RecordedEvent) throws(EventDecodingError) -> JSONValue {
    .object([
      JSONMember("position", .integer(event.position)),
      JSONMember("streamId", .string(event.streamID)),
      JSONMember("streamPosition", .integer(event.streamPosition)),
      JSONMember("type", .string(event.type)),
      JSONMember("version", .integer(event.version)),
      JSONMember("data", .string(try text(event.data, at: event.position))),
      JSONMember(
        "personal", json(event.personalText, digest: event.personalDigest, withField: true)),
    ])
  }

  private static func json(
    _ text: PersonalText?, digest: Digest256?, withField: Bool
  ) -> JSONValue {
    guard let digest else { return .null }
    var members = [JSONMember("digest", .string(digest.hex))]
    if let text {
      if withField { members.append(JSONMember("field", .string(text.field))) }
      members.append(JSONMember("salt", .string(text.salt.hex)))
      members.append(JSONMember("text", .string(text.text)))
    }
    return .object(members)
  }

  private static func text(
    _ bytes: [UInt8], at position: Int64
  ) throws(EventDecodingError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EventDecodingError(position: position, problem: "its data is not UTF-8")
    }
    return text
  }
}

// MARK: Reading

/// Why a line is no commit.
struct CommitLineError: Error {
  let problem: String
}

extension CommitLine {
  /// Reads what `record` writes; anything else is refused, unknown members too.
  init(parsing bytes: [UInt8]) throws(CommitLineError) {
    let line: JSONValue
    do {
      line = try JSONValue(parsing: bytes)
    } catch {
      throw CommitLineError(problem: "it is no JSON: \(error.problem), at byte \(error.offset + 1)")
    }
    guard case .object = line else { throw CommitLineError(problem: "the line is no JSON object") }
    // First: a line of another format has other members.
    let format = line["format"]?.string
    guard format == Self.format else {
      throw CommitLineError(
        problem: "its format is \(format.map { "'\($0)'" } ?? "missing"), and this version reads "
          + "'\(Self.format)'")
    }
    let object = try CommitObject(line, name: "the line", having: Self.columns)
    ledgerID = try object.text("ledgerId")
    guard case .array(let items) = object["events"], !items.isEmpty else {
      throw CommitLineError(problem: "its events are missing")
    }
    var events: [StoredEvent] = []
    for item in items { events.append(try StoredEvent(item)) }
    let reason = try object.personal("reason", field: PersonalTextField.reason)
    let header = CommitHeader(
      number: try object.integer("number"), lastPosition: events[events.count - 1].position,
      recordedAtMicros: try object.instant("recordedAt"),
      explicitEffectiveAtMicros: try object.optional("effectiveAt", object.instant),
      actor: try object.text("actor"), correlationID: try object.text("correlationId"),
      causationID: try object.optional("causationId", object.text),
      idempotencyKey: try object.optional("idempotencyKey", object.text),
      fingerprint: try object.optional("fingerprint", object.digest),
      reasonDigest: reason?.digest,
      otherMetadata: try object.optional("metadata", object.text).map { Array($0.utf8) })
    let commit = Commit(header: header, reason: reason?.text, hash: try object.digest("hash"))
    self.events = events.map { $0.recorded(in: commit) }
  }
}

/// The field under which a commit's reason is stored.
private enum PersonalTextField {
  static let reason = "reason"
}

/// One event of a line, its commit not known yet.
private struct StoredEvent {
  static let columns = [
    "position", "streamId", "streamPosition", "type", "version", "data", "personal",
  ]
  let position: Int64
  let streamID: String
  let streamPosition: Int64
  let type: String
  let version: Int64
  let data: [UInt8]
  let personal: CommitObject.Personal?

  init(_ value: JSONValue) throws(CommitLineError) {
    let object = try CommitObject(value, name: "an event", having: Self.columns)
    position = try object.integer("position")
    streamID = try object.text("streamId")
    streamPosition = try object.integer("streamPosition")
    type = try object.text("type")
    version = try object.integer("version")
    data = Array(try object.text("data").utf8)
    personal = try object.personal("personal", field: nil)
  }

  func recorded(in commit: Commit) -> RecordedEvent {
    RecordedEvent(
      position: position, streamID: streamID, streamPosition: streamPosition, type: type,
      version: version, data: data, personalText: personal?.text,
      personalDigest: personal?.digest, commit: commit)
  }
}

/// A JSON object with none but the members that it may have.
private struct CommitObject {
  /// A personal text, or the digest that an erased one left behind.
  struct Personal {
    let digest: Digest256
    let text: PersonalText?
  }

  let value: JSONValue

  init(_ value: JSONValue, name: String, members: [String]) throws(CommitLineError) {
    guard case .object(let given) = value else {
      throw CommitLineError(problem: "\(name) is no JSON object")
    }
    self.value = value
    for member in given where !members.contains(member.name) {
      throw CommitLineError(problem: "\(name) has a member '\(member.name)', which is unknown")
    }
  }

  /// All of `members` must be there, be it as null: a line is just what was exported.
  init(_ value: JSONValue, name: String, having members: [String]) throws(CommitLineError) {
    try self.init(value, name: name, members: members)
    for member in members where value[member] == nil {
      throw CommitLineError(problem: "\(name) has no member '\(member)'")
    }
  }

  subscript(_ name: String) -> JSONValue? { value[name] }

  func optional<Result>(
    _ name: String, _ read: (String) throws(CommitLineError) -> Result
  ) throws(CommitLineError) -> Result? {
    guard let value = value[name], value != .null else { return nil }
    return try read(name)
  }

  func text(_ name: String) throws(CommitLineError) -> String {
    guard let text = value[name]?.string else { throw malformed(name, "a text") }
    return text
  }

  func integer(_ name: String) throws(CommitLineError) -> Int64 {
    guard let integer = value[name]?.int64 else { throw malformed(name, "a whole number") }
    return integer
  }

  func digest(_ name: String) throws(CommitLineError) -> Digest256 {
    guard let digest = Digest256(hex: try text(name)) else {
      throw malformed(name, "64 hexadecimal digits")
    }
    return digest
  }

  func instant(_ name: String) throws(CommitLineError) -> Int64 {
    let text = try text(name)
    // Only what `record` writes: a date or 'now' would be another line.
    guard let instant = try? Instant(parsing: text, edge: .start, now: Instant(micros: 0)),
      instant.description == text
    else { throw malformed(name, "an instant like 2026-03-01T12:00:00.000000Z") }
    return instant.micros
  }

  /// A personal text under the name `field`, or under the name that it brings along.
  func personal(_ name: String, field: String?) throws(CommitLineError) -> Personal? {
    guard let value = value[name], value != .null else { return nil }
    let members = ["digest", "salt", "text"] + (field == nil ? ["field"] : [])
    let object = try CommitObject(value, name: "its \(name)", members: members)
    let digest = try object.digest("digest")
    // Only the digest of a text that was erased is there; a salt alone is what somebody left over.
    guard members.contains(where: { $0 != "digest" && object[$0] != nil }) else {
      return Personal(digest: digest, text: nil)
    }
    guard let salt = [UInt8](hex: try object.text("salt")), salt.count == PersonalText.saltBytes
    else { throw object.malformed("salt", "32 hexadecimal digits") }
    let name = if let field { field } else { try object.text("field") }
    let text = PersonalText(field: name, salt: salt, text: try object.text("text"))
    return Personal(digest: digest, text: text)
  }

  private func malformed(_ name: String, _ expected: String) -> CommitLineError {
    CommitLineError(problem: "its \(name) is missing, or is not \(expected)")
  }
}
