import EventStore
import JSONText
import LedgerDomain

/// Why JSON is not the record that it should be.
package struct RecordError: Error {
  package let problem: String
}

/// A JSON object with none but the members that it may have.
struct StrictObject {
  let value: JSONValue

  init(_ value: JSONValue, name: String, members: [String]) throws(RecordError) {
    guard case .object(let given) = value else {
      throw RecordError(problem: "\(name) is no JSON object")
    }
    self.value = value
    for member in given where !members.contains(member.name) {
      throw RecordError(problem: "\(name) has a member '\(member.name)', which is unknown")
    }
  }

  /// An object of whose members only some matter.
  init(known value: JSONValue) { self.value = value }

  /// All of `members` must be there, be it as null: a line is just what was exported.
  init(_ value: JSONValue, name: String, having members: [String]) throws(RecordError) {
    try self.init(value, name: name, members: members)
    for member in members where value[member] == nil {
      throw RecordError(problem: "\(name) has no member '\(member)'")
    }
  }

  subscript(_ name: String) -> JSONValue? { value[name] }

  /// The member called `name`, which must be there.
  func member(_ name: String) -> JSONValue { value[name] ?? .null }

  func optional<Result>(
    _ name: String, _ read: (String) throws(RecordError) -> Result
  ) throws(RecordError) -> Result? {
    guard let value = value[name], value != .null else { return nil }
    return try read(name)
  }

  func text(_ name: String) throws(RecordError) -> String {
    guard let text = value[name]?.string else { throw malformed(name, "a text") }
    return text
  }

  func integer(_ name: String) throws(RecordError) -> Int64 {
    guard let integer = value[name]?.int64 else { throw malformed(name, "a whole number") }
    return integer
  }

  func digest(_ name: String) throws(RecordError) -> Digest256 {
    guard let digest = Digest256(hex: try text(name)) else {
      throw malformed(name, "64 hexadecimal digits")
    }
    return digest
  }

  func digests(_ name: String) throws(RecordError) -> [Digest256] {
    guard case .array(let items) = value[name] else { throw malformed(name, "a list of hashes") }
    var digests: [Digest256] = []
    for item in items {
      guard let digest = item.string.flatMap(Digest256.init(hex:)) else {
        throw malformed(name, "a list of hashes, each of 64 hexadecimal digits")
      }
      digests.append(digest)
    }
    return digests
  }

  func instant(_ name: String) throws(RecordError) -> Int64 {
    let text = try text(name)
    // Only what `record` writes: a date or 'now' would be another line.
    guard let instant = try? Instant(parsing: text, edge: .start, now: Instant(micros: 0)),
      instant.description == text
    else { throw malformed(name, "an instant like 2026-03-01T12:00:00.000000Z") }
    return instant.micros
  }

  func malformed(_ name: String, _ expected: String) -> RecordError {
    RecordError(problem: "its \(name) is missing, or is not \(expected)")
  }
}
