#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of its own, removed with the value and all that is in it.
package struct BenchFolder: ~Copyable {
  package let path: String

  /// Makes the folder in `place`, which must exist.
  package init(in place: String) throws(BenchFolderError) {
    var name = Array("\(place)/ledger-bench-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else {
      throw BenchFolderError(place: place, cause: String(cString: strerror(errno)))
    }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { unlink("\(path)/\(name)") }
    }
    closedir(folder)
    rmdir(path)
  }

  /// The path of a file in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// A folder that can't be made.
package struct BenchFolderError: Error {
  package let place: String
  package let cause: String
}
