/// Text that is the same only if its bytes are, as for SQLite: Swift's own strings are equal if they
/// are canonically equivalent, so that composed and decomposed letters would share a key.
struct ByteExactText: Hashable {
  let text: String

  static func == (left: ByteExactText, right: ByteExactText) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
