#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Text that is the same only if its bytes are, as for SQLite: Swift's own strings are equal if they
/// are canonically equivalent, so that composed and decomposed letters would share a key.
struct ByteExactText: Hashable {
  let text: String

  static func == (left: ByteExactText, right: ByteExactText) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        guard left.count == right.count else { return false }
        guard let start = left.baseAddress, let other = right.baseAddress else { return true }
        return memcmp(start, other, left.count) == 0
      }
    }
  }

  func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }

  /// Buffers, not views of the strings, and no copy of these: such keys are looked up for every event.
  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let result = text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
    return result ?? Array(text.utf8).withUnsafeBytes(body)
  }
}
