import TestSupport

/// Makes new inputs out of those that are there.
///
/// Without a look at which code an input reaches: `make fuzz` has that where the toolchain brings libFuzzer.
package struct Mutator {
  private static let longestBytes = 4_096
  private let inputs: [[UInt8]]
  private let tokens: [[UInt8]]
  private var random: SeededRandom

  /// What parsers stumble over wherever it stands.
  private static let stumblingBlocks: [[UInt8]] =
    [
      "9223372036854775807", "-9223372036854775808", "18446744073709551616", "0", "-0", "\u{0}",
      "\u{1B}[31m", "\u{9B}", "\u{202E}", "\u{FEFF}", "\u{2028}", "e\u{301}",
      "\u{1F469}\u{200D}\u{1F4BB}",
      "'", "\"", "\\", "%s", "\r\n",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ]

  /// The same inputs in the same order for the same `seed`. At least one of `inputs` must be there.
  package init(_ inputs: [[UInt8]], tokens: [String], seed: UInt64) {
    precondition(!inputs.isEmpty, "there is nothing to change")
    self.inputs = inputs
    self.tokens = tokens.map { Array($0.utf8) } + Self.stumblingBlocks
    random = SeededRandom(seed: seed)
  }

  /// The next input: one of those that were given, changed in one to eight ways.
  package mutating func next() -> [UInt8] {
    var bytes = pick(inputs)
    for _ in 0..<Int.random(in: 1...8, using: &random) { change(&bytes) }
    return Array(bytes.prefix(Self.longestBytes))
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let range = range(in: bytes)
    switch Int.random(in: 0..<9, using: &random) {
    case 0 where !bytes.isEmpty:
      bytes[min(range.lowerBound, bytes.count - 1)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where !bytes.isEmpty:
      bytes[min(range.lowerBound, bytes.count - 1)] = .random(in: .min ... .max, using: &random)
    case 2: bytes.removeSubrange(range)
    case 3: bytes.insert(contentsOf: bytes[range], at: range.upperBound)
    case 4: bytes.replaceSubrange(range, with: pick(tokens))
    case 5: bytes.insert(contentsOf: pick(tokens), at: range.lowerBound)
    case 6:
      let other = pick(inputs)
      bytes.replaceSubrange(range, with: other[self.range(in: other)])
    case 7:
      let other = pick(inputs)
      bytes = Array(bytes[..<range.lowerBound]) + other[self.range(in: other).lowerBound...]
    default:
      let byte = UInt8.random(in: .min ... .max, using: &random)
      let count = Int.random(in: 1...64, using: &random)
      bytes.insert(contentsOf: repeatElement(byte, count: count), at: range.lowerBound)
    }
  }

  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = Int.random(in: 0...bytes.count, using: &random)
    let length = Int.random(in: 0...min(bytes.count - start, 24), using: &random)
    return start..<start + length
  }

  private mutating func pick(_ choices: [[UInt8]]) -> [UInt8] {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }
}
