/// Text about a person, kept apart from an event's data so that it can be erased.
///
/// The hash chain holds only `digest`, SHA-256 of salt and text: without the salt nobody can check a
/// guess at the text.
public struct PersonalText: Hashable, Sendable {
  /// The name under which the text appears in the event's data, such as `description`.
  public let field: String
  /// 16 random bytes.
  public let salt: [UInt8]
  /// The text itself.
  public let text: String

  /// How long a salt is.
  public static let saltBytes = 16

  /// A text with its salt, which must have 16 bytes.
  public init(field: String, salt: [UInt8], text: String) {
    precondition(salt.count == Self.saltBytes, "a salt has \(Self.saltBytes) bytes")
    (self.field, self.salt, self.text) = (field, salt, text)
  }

  /// As found in a file, where the salt may be anything.
  package init(stored field: String, salt: [UInt8], text: String) {
    (self.field, self.salt, self.text) = (field, salt, text)
  }

  /// What stands for it in the hash chain.
  public var digest: Digest256 { Self.digest(salt: salt, text: text) }

  /// Whether `digest` is that of this text and its salt. Without a fixed length of the salt, its border
  /// to the text could be moved.
  func hasDigest(_ digest: Digest256?) -> Bool {
    salt.count == Self.saltBytes && self.digest == digest
  }

  /// SHA-256(salt ‖ text).
  package static func digest(salt: [UInt8], text: String) -> Digest256 {
    Digest256(of: salt + Array(text.utf8))
  }
}
