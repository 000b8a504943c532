import EventStore
import JSONText

/// Writes events as JSON, one object each: the bytes of their `record` or `rawRecord`, several times as
/// fast.
struct EventWriter {
  private let isRaw: Bool
  private var bytes: [UInt8] = []
  private var commit: Commit?
  /// The end of the object, which all events of a commit share.
  private var commitBytes: [UInt8] = []

  init(isRaw: Bool) { self.isRaw = isRaw }

  /// The object of `event`, on one line; `reversedBy` names the commit that reversed its own, if one did.
  mutating func json(of event: RecordedEvent, reversedBy: Int64? = nil) -> [UInt8] {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: #"{"globalPosition":"#.utf8)
    bytes.appendDecimal(event.position)
    bytes.append(contentsOf: #","streamId":"#.utf8)
    bytes.appendJSONString(event.streamID)
    bytes.append(contentsOf: #","streamPosition":"#.utf8)
    bytes.appendDecimal(event.streamPosition)
    bytes.append(contentsOf: #","eventType":"#.utf8)
    bytes.appendJSONString(event.type)
    bytes.append(contentsOf: #","eventVersion":"#.utf8)
    bytes.appendDecimal(event.version)
    bytes.append(contentsOf: #","data":"#.utf8)
    if isRaw {
      bytes.appendJSONString(String(decoding: event.data, as: UTF8.self))
    } else {
      appendPayload(of: event)
    }
    if commit != event.commit {
      commit = event.commit
      commitBytes = JSONValue.object(event.commitRecord(reversedBy: reversedBy)).compact
    }
    bytes.append(UInt8(ascii: ","))
    bytes.append(contentsOf: commitBytes.dropFirst())
    return bytes
  }

  /// Stored data is compact JSON as a rule: then it is copied, and its text put in at the end.
  private mutating func appendPayload(of event: RecordedEvent) {
    guard event.data.last == UInt8(ascii: "}"), JSONValue.isCompact(event.data) else {
      return bytes.append(contentsOf: JSONValue.object(event.payload).compact)
    }
    bytes.append(contentsOf: event.data)
    guard let text = event.shownText else { return }
    bytes.removeLast()
    if event.data.count > 2 { bytes.append(UInt8(ascii: ",")) }
    bytes.appendJSONString(text.field)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendJSONString(text.text)
    bytes.append(UInt8(ascii: "}"))
  }
}
