import JSONText
import Testing

/// What may be done to one line of an export.
enum AlteredLine {
  /// A line that differs in one place.
  struct Alteration {
    /// Where and how: `events[0].personal.salt: one character less`.
    let name: String
    let line: String
  }

  /// Every value of the line in turn, changed in every way that fits its kind.
  static func all(of line: String) throws -> [Alteration] {
    let value = try JSONValue(parsing: Array(line.utf8))
    return alterations(of: value, at: "line").map { name, altered in
      Alteration(name: name, line: String(decoding: altered.compact, as: UTF8.self))
    }
  }

  private typealias Named = (name: String, value: JSONValue)

  private static func alterations(of value: JSONValue, at path: String) -> [Named] {
    switch value {
    case .object(let members):
      let unknown = JSONValue.object(members + [JSONMember("extra", .null)])
      let twice = JSONValue.object(members + members.prefix(1))
      return [("\(path): an unknown member", unknown), ("\(path): a member twice", twice)]
        + members.indices.flatMap { alterations(of: members, $0, at: path) }
    case .array(let items):
      let more = JSONValue.array(items + items.suffix(1))
      return [("\(path): one more", more), ("\(path): none", .array([]))]
        + items.enumerated().flatMap { index, item in
          alterations(of: item, at: "\(path)[\(index)]").map { name, altered in
            var items = items
            items[index] = altered
            return (name, .array(items))
          }
        }
    case .null, .bool, .integer, .number, .string:
      return replacements(for: value).map { ("\(path): \($0.name)", $0.value) }
    }
  }

  private static func alterations(
    of members: [JSONMember], _ index: Int, at path: String
  ) -> [Named] {
    let name = "\(path).\(members[index].name)"
    var altered: [Named] = alterations(of: members[index].value, at: name).map { name, value in
      var members = members
      members[index].value = value
      return (name, .object(members))
    }
    if members[index].value != .null {
      var others = members
      others.remove(at: index)
      altered.append(("\(name): missing", .object(others)))
      others.insert(JSONMember(members[index].name, .null), at: index)
      altered.append(("\(name): null", .object(others)))
    }
    return altered
  }

  private static func replacements(for value: JSONValue) -> [Named] {
    switch value {
    case .string(let text):
      let last = text.hasSuffix("0") ? "1" : "0"
      return [
        ("another last character", .string(text.dropLast() + last)),
        ("one character less", text.isEmpty ? .string("0") : .string(String(text.dropLast()))),
        ("one character more", .string(text + "0")), ("a number", .integer(7)),
        ("reason", .string("reason")), ("holder", .string(text == "holder" ? "" : "holder")),
      ]
    case .integer, .number:
      let number = value.int64 ?? 0
      return [
        ("one more", .integer(number + 1)), ("one less", .integer(number - 1)),
        ("the most", .integer(.max)), ("the least", .integer(.min)),
        ("a text", .string("\(number)")), ("a fraction", .number("\(number).0")),
      ]
    case .null:
      let digest = String(repeating: "0", count: 64)
      return [
        ("a text", .string("x")), ("a digest", .string(digest)),
        ("an instant", .string("2026-01-01T00:00:00.000000Z")), ("an object", .object([])),
        ("an erased text", .object([JSONMember("digest", .string(digest))])),
      ]
    case .bool, .array, .object: return []
    }
  }
}
