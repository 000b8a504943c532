import Crypto
internal import SQLite

/// 32 bytes of SHA-256 (FIPS 180-4).
public struct Digest256: Hashable, Sendable {
  /// How long it is.
  static let byteCount = SHA256.byteCount

  private var words: SIMD4<UInt64>

  /// The digest of `bytes`.
  public init(of bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { Digest256(of: $0) }
  }

  /// The digest of `bytes`, and of `more` after them.
  init(of bytes: UnsafeRawBufferPointer, _ more: UnsafeRawBufferPointer? = nil) {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    if let more { hash.update(bufferPointer: more) }
    words = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }

  /// The digest that `bytes` are; nil unless there are 32.
  public init?(bytes: [UInt8]) {
    guard let digest = bytes.withUnsafeBytes({ Digest256(bytes: $0) }) else { return nil }
    self = digest
  }

  init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == SHA256.byteCount else { return nil }
    words = bytes.loadUnaligned(as: SIMD4<UInt64>.self)
  }

  /// The 32 bytes in order.
  public var bytes: [UInt8] {
    withUnsafeBytes { [UInt8]($0) }
  }

  /// Calls `body` with the 32 bytes in order.
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
  {
    try Swift.withUnsafeBytes(of: words, body)
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String { bytes.hex }

  /// The digest that `hex` writes; nil for any other text.
  public init?(hex: String) {
    guard let bytes = [UInt8](hex: hex) else { return nil }
    self.init(bytes: bytes)
  }
}

extension Digest256 {
  /// The digest of bytes that come piece by piece.
  public struct Running {
    private var hash = SHA256()

    /// The digest of nothing yet.
    public init() {}

    /// Adds `text`, as UTF-8.
    public mutating func append(_ text: String) {
      var text = text
      text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }

    /// The digest of everything so far.
    public func finished() -> Digest256 {
      hash.finalize().withUnsafeBytes { bytes in
        guard let digest = Digest256(bytes: bytes) else {
          preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
      }
    }
  }
}

extension Binder {
  /// As a blob of 32 bytes; nil is NULL.
  mutating func add(_ digest: Digest256?) {
    if let digest { digest.withUnsafeBytes { add($0) } } else { addNull() }
  }
}

extension Digest256: CustomStringConvertible {
  /// The same as `hex`.
  public var description: String { hex }
}

extension [UInt8] {
  /// Two lower-case hexadecimal digits for each byte.
  package var hex: String {
    func digit(_ value: UInt8) -> UInt8 {
      value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
    return String(decoding: flatMap { [digit($0 >> 4), digit($0 & 15)] }, as: UTF8.self)
  }

  /// The bytes that `hex` writes; nil for any other text, upper-case digits too.
  package init?(hex: String) {
    func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    let digits = Array(hex.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    self.init()
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      append(high << 4 | low)
    }
  }
}
