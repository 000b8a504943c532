import EventStore
import JSONText

/// One event as exported ledgers and proofs hold it, without the commit that it belongs to.
struct EventRecord {
  private static let members = [
    "position", "streamId", "streamPosition", "type", "version", "data", "personal",
  ]
  let position: Int64
  private let streamID: String
  private let streamPosition: Int64
  private let type: String
  private let version: Int64
  private let data: [UInt8]
  private let personal: PersonalTextRecord?

  init(_ value: JSONValue) throws(RecordError) {
    let object = try StrictObject(value, name: "an event", having: Self.members)
    position = try object.integer("position")
    streamID = try object.text("streamId")
    streamPosition = try object.integer("streamPosition")
    type = try object.text("type")
    version = try object.integer("version")
    data = Array(try object.text("data").utf8)
    personal = try PersonalTextRecord(object, "personal", field: nil)
  }

  func recorded(in commit: Commit) -> RecordedEvent {
    RecordedEvent(
      position: position, streamID: streamID, streamPosition: streamPosition, type: type,
      version: version, data: data, personalText: personal?.text,
      personalDigest: personal?.digest, commit: commit)
  }

  /// Throws `EventDecodingError` if bytes that should be text are not.
  static func json(_ event: RecordedEvent) throws(EventDecodingError) -> JSONValue {
    .object([
      JSONMember("position", .integer(event.position)),
      JSONMember("streamId", .string(event.streamID)),
      JSONMember("streamPosition", .integer(event.streamPosition)),
      JSONMember("type", .string(event.type)),
      JSONMember("version", .integer(event.version)),
      JSONMember("data", .string(try text(event.data, at: event.position))),
      JSONMember(
        "personal",
        PersonalTextRecord.json(
          event.personalText, digest: event.personalDigest, withField: true)),
    ])
  }

  static func text(_ bytes: [UInt8], at position: Int64) throws(EventDecodingError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EventDecodingError(position: position, problem: "its data is not UTF-8")
    }
    return text
  }
}

/// A personal text, or the digest that an erased one left behind.
struct PersonalTextRecord {
  /// The field under which a commit's reason is stored.
  static let reason = "reason"

  let digest: Digest256
  /// Nil if it was erased.
  let text: PersonalText?

  /// The member `name` of `object`, whose text is called `field`, or as the member says; nil if it is
  /// null.
  init?(_ object: StrictObject, _ name: String, field: String?) throws(RecordError) {
    guard let value = object[name], value != .null else { return nil }
    let members = ["digest", "salt", "text"] + (field == nil ? ["field"] : [])
    let object = try StrictObject(value, name: "its \(name)", members: members)
    digest = try object.digest("digest")
    // Only the digest of a text that was erased is there; a salt alone is what somebody left over.
    guard members.contains(where: { $0 != "digest" && object[$0] != nil }) else {
      text = nil
      return
    }
    guard let salt = [UInt8](hex: try object.text("salt")), salt.count == PersonalText.saltBytes
    else { throw object.malformed("salt", "32 hexadecimal digits") }
    let name = if let field { field } else { try object.text("field") }
    text = PersonalText(field: name, salt: salt, text: try object.text("text"))
  }

  /// Null without a digest; without a field, the text's name goes without saying.
  static func json(_ text: PersonalText?, digest: Digest256?, withField: Bool) -> JSONValue {
    guard let digest else { return .null }
    var members = [JSONMember("digest", .string(digest.hex))]
    if let text {
      if withField { members.append(JSONMember("field", .string(text.field))) }
      members.append(JSONMember("salt", .string(text.salt.hex)))
      members.append(JSONMember("text", .string(text.text)))
    }
    return .object(members)
  }
}
