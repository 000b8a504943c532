import Foundation
import JSONText
import Testing
import TestSupport

@Suite("Random JSON")
struct JSONRoundTripTests {
  @Test("is read back exactly as it was written, on one line or many", arguments: [1, 2, 3])
  func roundTrips(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<2_000 {
      let value = JSONValue.random(depth: 4, using: &random)
      let again = try JSONValue(parsing: value.compact)
      try #require(again == value)
      // Text is equal if it looks equal; bytes are not.
      try #require(again.compact == value.compact)
      try #require(try JSONValue(parsing: value.pretty).compact == value.compact)
      try #require(!value.compact.contains(UInt8(ascii: "\n")))
    }
  }

  @Test("that we wrote, Foundation reads as the same", arguments: [4, 5])
  func foundationReads(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<1_000 {
      let value = JSONValue.random(depth: 3, using: &random)
      for bytes in [value.compact, value.pretty] {
        let read = try JSONDecoder().decode(FoundationJSON.self, from: Data(bytes)).value
        try #require(read.sorted.compact == value.sorted.compact)
      }
    }
  }

  @Test("that Foundation wrote, we read as the same", arguments: [6, 7])
  func foundationWrites(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let formats: [JSONEncoder.OutputFormatting] = [[], [.prettyPrinted], [.withoutEscapingSlashes]]
    for index in 0..<1_000 {
      let value = JSONValue.random(depth: 3, using: &random)
      let encoder = JSONEncoder()
      encoder.outputFormatting = formats[index % formats.count]
      let bytes = [UInt8](try encoder.encode(FoundationJSON(value)))
      try #require(try JSONValue(parsing: bytes).sorted.compact == value.sorted.compact)
    }
  }

  @Test("is damaged or whole for us as it is for Foundation's strict reader")
  func damaged() throws {
    var random = SeededRandom(seed: 8)
    var refused = 0
    for _ in 0..<3_000 {
      var bytes = JSONValue.random(depth: 2, using: &random).compact
      guard let index = bytes.indices.randomElement(using: &random) else { continue }
      // No exponents: Foundation refuses numbers that no Double holds.
      bytes[index] = UInt8.random(in: 0x20..<UInt8(ascii: "E"), using: &random)
      guard (try? JSONValue(parsing: bytes)) != nil else {
        refused += 1
        continue
      }
      #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
        try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      }
    }
    #expect(refused > 500)
  }
}

/// A JSON value as Foundation reads and writes it; the order of members is lost.
private struct FoundationJSON: Codable {
  let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .null
    } else if let flag = try? container.decode(Bool.self) {
      value = .bool(flag)
    } else if let integer = try? container.decode(Int64.self) {
      value = .number("\(integer)")
    } else if let text = try? container.decode(String.self) {
      value = .string(text)
    } else if let items = try? container.decode([FoundationJSON].self) {
      value = .array(items.map(\.value))
    } else {
      let members = try container.decode([String: FoundationJSON].self)
      value = .object(members.map { JSONMember($0.key, $0.value.value) })
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .null: try container.encodeNil()
    case .bool(let flag): try container.encode(flag)
    case .integer(let integer): try container.encode(integer)
    case .number(let text): try container.encode(try #require(Int64(text)))
    case .string(let text): try container.encode(text)
    case .array(let items): try container.encode(items.map { FoundationJSON($0) })
    case .object(let members):
      let named = members.map { ($0.name, FoundationJSON($0.value)) }
      try container.encode(Dictionary(uniqueKeysWithValues: named))
    }
  }
}
