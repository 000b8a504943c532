/// What is to be tried.
struct TrialArguments {
  /// How many sequences, with seeds from `firstSeed` on.
  private(set) var sequences = 50
  /// How many commands each of them has.
  private(set) var commands = 2_000
  /// After how many commands everything is asked.
  private(set) var every = 250
  private(set) var firstSeed = 1
  /// How many commands one more sequence has; 0 for none.
  private(set) var long = 20_000
  /// Nil unless steps are to be taken from a file.
  private(set) var replayedFile: String?

  struct Unknown: Error, CustomStringConvertible {
    let description: String
  }

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Unknown(description: "\(name) needs a value") }
      if name == "--replay" {
        replayedFile = value
        continue
      }
      guard let number = Int(value), number >= 0 else {
        throw Unknown(description: "\(name) takes a whole number")
      }
      switch name {
      case "--sequences": sequences = number
      case "--commands": commands = number
      case "--every": every = max(1, number)
      case "--first-seed": firstSeed = number
      case "--long": long = number
      default: throw Unknown(description: "unknown option \(name)")
      }
    }
  }
}
