import Crypto

/// 32 bytes of SHA-256 (FIPS 180-4).
public struct Digest256: Hashable, Sendable {
  private var words: SIMD4<UInt64>

  /// The digest of `bytes`.
  public init(of bytes: [UInt8]) {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    words = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }

  /// The digest that `bytes` are; nil unless there are 32.
  public init?(bytes: [UInt8]) {
    guard bytes.count == SHA256.byteCount else { return nil }
    words = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }

  /// The 32 bytes in order.
  public var bytes: [UInt8] {
    withUnsafeBytes(of: words) { [UInt8]($0) }
  }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    String(decoding: bytes.flatMap { [Self.digit($0 >> 4), Self.digit($0 & 15)] }, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

extension Digest256: CustomStringConvertible {
  /// The same as `hex`.
  public var description: String { hex }
}
