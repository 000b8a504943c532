/// The name of an account: 1 to 128 ASCII letters, digits and `-_.:/@`, not starting with `-`.
///
/// Case-sensitive.
public struct AccountID: Hashable, Sendable {
  /// How many characters an id may have.
  public static let longest = 128
  /// The id itself.
  public let text: String

  /// Throws `invalidAccountID` if `text` is no account id.
  public init(_ text: String) throws(Rejection) {
    guard Self.isValid(text) else { throw .invalidAccountID(text: text) }
    self.text = text
  }

  private static func isValid(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      (1...longest).contains(bytes.count) && bytes[0] != UInt8(ascii: "-")
        && bytes.allSatisfy(isAllowed)
    }
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_.:/@".utf8.contains(byte)
    }
  }
}

extension AccountID: CustomStringConvertible {
  /// The id itself.
  public var description: String { text }
}

extension AccountID: Comparable {
  /// By bytes, as SQLite orders them: of ASCII, Swift's order is the same.
  public static func < (left: AccountID, right: AccountID) -> Bool { left.text < right.text }
}
