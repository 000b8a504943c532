import Foundation

extension StoredValue {
  /// Up to so many bytes, each one is changed; of longer values several.
  private static let shortBytes = 64

  /// What else could stand in this value's place, and how it differs; NULL is left to the caller.
  func changes() -> [(kind: Tampering.Kind, value: StoredValue)] {
    switch self {
    case .null: []
    case .integer(let integer): Self.changes(of: integer)
    case .blob(let bytes): changesOfEachByte(bytes) + changesOfLength(bytes)
    case .text(let bytes):
      changesOfEachByte(bytes) + changesOfLength(bytes) + changesOfLook(bytes)
    }
  }

  private static func changes(of integer: Int64) -> [(Tampering.Kind, StoredValue)] {
    let others: [Int64] = [
      integer &+ 1, integer &- 1, 0 &- integer, 0, 1, integer ^ 0x100, .max, .min, 1 << 53,
      (1 << 53) + 1, integer &+ 1_000_000,
    ]
    return Set(others).subtracting([integer]).sorted().map { (.number, .integer($0)) }
  }

  /// Which bytes of so many are changed.
  private static func places(in count: Int) -> [Int] {
    guard count > shortBytes else { return Array(0..<count) }
    let spread = [count / 5, count / 3, count / 2, count * 4 / 5]
    return Set([0, 1, count - 2, count - 1] + spread).sorted()
  }

  private func changesOfEachByte(_ bytes: [UInt8]) -> [(Tampering.Kind, StoredValue)] {
    var changes: [(Tampering.Kind, StoredValue)] = []
    func add(_ kind: Tampering.Kind, _ place: Int, _ byte: UInt8?) {
      guard let byte, byte != bytes[place] else { return }
      var other = bytes
      other[place] = byte
      changes.append((kind, with(other)))
    }
    let ends = [0, bytes.count / 2, bytes.count - 1]
    for place in Self.places(in: bytes.count) {
      add(.bit, place, bytes[place] ^ 1)
      guard case .text = self else { continue }
      add(.letter, place, Self.sibling(of: bytes[place]))
      if ends.contains(place) || bytes[place] >= 0x80 { add(.notUTF8, place, 0xFF) }
    }
    return changes
  }

  /// Another byte of the same class, so that the text stays as good as it was; nil for signs.
  private static func sibling(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "9"): UInt8(ascii: "1")
    case UInt8(ascii: "z"): UInt8(ascii: "a")
    case UInt8(ascii: "Z"): UInt8(ascii: "A")
    case UInt8(ascii: "0")..<UInt8(ascii: "9"), UInt8(ascii: "a")..<UInt8(ascii: "z"),
      UInt8(ascii: "A")..<UInt8(ascii: "Z"):
      byte + 1
    case 0x80..<0xBF: byte + 1
    default: nil
    }
  }

  private func changesOfLength(_ bytes: [UInt8]) -> [(Tampering.Kind, StoredValue)] {
    let space = UInt8(ascii: " ")
    var changes: [(Tampering.Kind, StoredValue)] = [
      (.longer, with(bytes + [0])), (.longer, with(bytes + [space])),
      (.longer, with([space] + bytes)), (.longer, with(bytes + [0xFF])),
    ]
    guard !bytes.isEmpty else { return changes }
    changes.append((.emptied, with([])))
    guard bytes.count > 1 else { return changes }
    changes.append((.shorter, with(Array(bytes.dropLast()))))
    changes.append((.shorter, with(Array(bytes.dropFirst()))))
    return changes
  }

  /// Other bytes that a careless reader takes for the same text.
  private func changesOfLook(_ bytes: [UInt8]) -> [(Tampering.Kind, StoredValue)] {
    let text = String(decoding: bytes, as: UTF8.self)
    let lookalikes = [
      Array(text.decomposedStringWithCanonicalMapping.utf8),
      Array(text.precomposedStringWithCanonicalMapping.utf8),
      // What stands for unreadable bytes, and one that is unreadable.
      bytes.replacing("\u{FFFD}".utf8, with: [0xFF]),
      Array(text.uppercased().utf8), Array(text.lowercased().utf8),
    ]
    return Set(lookalikes).subtracting([bytes]).sorted { $0.lexicographicallyPrecedes($1) }
      .map { (.sameLook, with($0)) }
  }
}
