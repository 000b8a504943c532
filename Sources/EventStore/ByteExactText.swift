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

  // Buffers, not views of the strings: these keys are looked up several times for every event.
  static func == (left: ByteExactText, right: ByteExactText) -> Bool {
    var (left, right) = (left.text, right.text)
    return left.withUTF8 { left in
      right.withUTF8 { right in
        guard left.count == right.count else { return false }
        guard let start = left.baseAddress, let other = right.baseAddress else { return true }
        return memcmp(start, other, left.count) == 0
      }
    }
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
