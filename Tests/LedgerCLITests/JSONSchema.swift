import JSONText

/// So much of JSON Schema (draft 2020-12) as the documentation uses; a word that is not known here
/// is a problem of the schema.
struct JSONSchema {
  private static let known: Set = [
    "$schema", "$id", "title", "description", "format", "type", "const", "enum", "pattern",
    "minimum", "properties", "required", "additionalProperties", "items",
  ]

  let root: JSONValue

  init(_ text: String) throws { root = try JSONValue(parsing: Array(text.utf8)) }

  /// What is wrong with `value`, each problem with its place; nothing if it is valid.
  func problems(of value: JSONValue) throws -> [String] { try Self.problems(value, root, "$") }

  private static func problems(
    _ value: JSONValue, _ schema: JSONValue, _ place: String
  ) throws -> [String] {
    var found = schema.members.filter { !known.contains($0.name) }
      .map { "\(place): the schema says '\($0.name)'" }
    if let type = schema["type"], !(type.items ?? [type]).contains(.string(value.typeName)) {
      found.append("\(place): is of type \(value.typeName)")
    }
    if let const = schema["const"], const != value { found.append("\(place): is not the constant") }
    if let options = schema["enum"]?.items, !options.contains(value) {
      found.append("\(place): is none of the options")
    }
    if let least = schema["minimum"]?.int64, let number = value.int64, number < least {
      found.append("\(place): is less than \(least)")
    }
    if let pattern = schema["pattern"]?.string, let text = value.string,
      try Regex(pattern).firstMatch(in: text) == nil
    {
      found.append("\(place): '\(text)' doesn't match")
    }
    if case .object(let members) = value {
      found += try problems(ofMembers: members, schema, place)
    }
    if let items = schema["items"] {
      for (index, item) in (value.items ?? []).enumerated() {
        found += try problems(item, items, "\(place)[\(index)]")
      }
    }
    return found
  }

  private static func problems(
    ofMembers members: [JSONMember], _ schema: JSONValue, _ place: String
  ) throws -> [String] {
    let names = Set(members.map(\.name))
    var found = (schema["required"]?.items ?? []).compactMap(\.string)
      .filter { !names.contains($0) }.map { "\(place): has no '\($0)'" }
    for member in members {
      if let inner = schema["properties"]?[member.name] {
        found += try problems(member.value, inner, "\(place).\(member.name)")
      } else if schema["additionalProperties"] == .bool(false) {
        found.append("\(place): has '\(member.name)' besides")
      }
    }
    return found
  }
}

extension JSONValue {
  /// The items of an array; nil for anything else.
  var items: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

  /// The members of an object; none of anything else.
  var members: [JSONMember] { if case .object(let members) = self { members } else { [] } }

  fileprivate var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number(let text): Int64(text) == nil ? "number" : "integer"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
