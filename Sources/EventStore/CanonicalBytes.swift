/// The bytes that are hashed: a sequence of fields, each with its length in front.
///
/// A field is 4 bytes of length, most significant first, and its content. Integers are 8 bytes, most
/// significant first, in two's complement. An absent field is the length 0xFFFFFFFF and nothing else,
/// so that absent and empty differ. No two sequences of fields have the same bytes.
package struct CanonicalBytes {
  private(set) package var bytes: [UInt8] = []

  /// Fields that begin with what is hashed and the version of its encoding.
  package init(_ kind: StaticString, version: Int64) {
    bytes.reserveCapacity(512)
    begin(kind, version: version)
  }

  /// Starts again, in the same memory.
  mutating func begin(_ kind: StaticString, version: Int64) {
    bytes.removeAll(keepingCapacity: true)
    kind.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    append(version)
  }

  package mutating func append(_ integer: Int64) {
    appendLength(8)
    withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func append(_ integer: Int64?) {
    if let integer { append(integer) } else { appendAbsent() }
  }

  package mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  package mutating func append(_ text: String?) {
    if let text { append(text) } else { appendAbsent() }
  }

  package mutating func append(_ field: [UInt8]) {
    field.withUnsafeBytes { append($0) }
  }

  package mutating func append(_ field: [UInt8]?) {
    if let field { append(field) } else { appendAbsent() }
  }

  package mutating func append(_ digest: Digest256) {
    digest.withUnsafeBytes { append($0) }
  }

  package mutating func append(_ digest: Digest256?) {
    if let digest { append(digest) } else { appendAbsent() }
  }

  /// SHA-256 of the fields so far.
  package var digest: Digest256 { Digest256(of: bytes) }

  mutating func append(_ field: UnsafeRawBufferPointer) {
    appendLength(UInt32(field.count))
    bytes.append(contentsOf: field)
  }

  mutating func append(_ field: UnsafeRawBufferPointer?) {
    if let field { append(field) } else { appendAbsent() }
  }

  private mutating func appendAbsent() {
    appendLength(.max)
  }

  private mutating func appendLength(_ length: UInt32) {
    withUnsafeBytes(of: length.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
