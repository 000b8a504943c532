import JSONText

/// A JSON object whose lists are written as they come, one item a line.
struct ObjectWithLists {
  private let output: Output
  private var members = 0
  /// How many items the list that was begun last has; nil if none is open.
  private var items: Int?

  init(on output: Output) throws {
    self.output = output
    try output.write("{")
  }

  /// Adds a member; ends the list before it.
  mutating func add(_ member: JSONMember) throws {
    try addName(member.name)
    try output.write(member.value.compact)
  }

  /// Begins a list, which `add(item:)` fills; ends the one before it.
  mutating func beginList(_ name: String) throws {
    try addName(name)
    try output.write("[")
    items = 0
  }

  mutating func add(item record: Record) throws {
    guard let count = items else { preconditionFailure("an item is added to a list") }
    try output.write(count == 0 ? "\n    " : ",\n    ")
    try output.write(JSONValue.object(record).compact)
    items = count + 1
  }

  /// Ends the object.
  mutating func finish() throws {
    try endList()
    try output.write("\n}\n")
  }

  private mutating func addName(_ name: String) throws {
    try endList()
    try output.write(members == 0 ? "\n  " : ",\n  ")
    try output.write(JSONValue.string(name).compact)
    try output.write(": ")
    members += 1
  }

  private mutating func endList() throws {
    guard let count = items else { return }
    try output.write(count == 0 ? "]" : "\n  ]")
    items = nil
  }
}
