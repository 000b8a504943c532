/// A JSON document whose members keep their order.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number exactly as it was written; never turned into floating point.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The document as bytes, on one line.
  package var compact: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, indent: nil)
    return bytes
  }

  /// The document as bytes, one member a line, indented by two spaces.
  package var pretty: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes, indent: 0)
    return bytes
  }

  private func append(to bytes: inout [UInt8], indent: Int?) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let value): bytes.append(contentsOf: String(value).utf8)
    case .number(let text): bytes.append(contentsOf: text.utf8)
    case .string(let text): bytes.appendJSONString(text)
    case .array(let items):
      bytes.appendJSONList(items, brackets: "[]", indent: indent) { item, bytes, indent in
        item.append(to: &bytes, indent: indent)
      }
    case .object(let members):
      bytes.appendJSONList(members, brackets: "{}", indent: indent) { member, bytes, indent in
        bytes.appendJSONString(member.name)
        bytes.append(contentsOf: (indent == nil ? ":" : ": ").utf8)
        member.value.append(to: &bytes, indent: indent)
      }
    }
  }

  /// Text, or null.
  package static func text(_ text: String?) -> JSONValue {
    text.map { .string($0) } ?? .null
  }

  /// A whole number, or null.
  package static func number(_ value: Int64?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }

  /// The member called `name` of an object; nil if there is none or this is no object.
  package subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The value of a whole number that fits; nil for anything else.
  package var int64: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let text): Int64(text)
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The text of a string; nil for anything else.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }
}

/// One member of a JSON object.
package struct JSONMember: Hashable, Sendable {
  package var name: String
  package var value: JSONValue

  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension [UInt8] {
  fileprivate mutating func appendJSONList<Item>(
    _ items: [Item], brackets: String, indent: Int?,
    _ appendItem: (Item, inout [UInt8], Int?) -> Void
  ) {
    let inner = indent.map { $0 + 2 }
    append(contentsOf: brackets.utf8.prefix(1))
    for (index, item) in items.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      appendLineBreak(indent: inner)
      appendItem(item, &self, inner)
    }
    if !items.isEmpty { appendLineBreak(indent: indent) }
    append(contentsOf: brackets.utf8.suffix(1))
  }

  private mutating func appendLineBreak(indent: Int?) {
    guard let indent else { return }
    append(UInt8(ascii: "\n"))
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
  }
}
