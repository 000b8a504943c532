#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is around a store's file: who may use it, on which kind of disk, what else stands in its folder.
package struct StoreSurroundings: Hashable, Sendable {
  /// Who may read and write the file, such as `0o600`.
  package let permissions: UInt32
  /// The folder that it is in, links followed.
  package let folder: String
  /// Who may do what in that folder, such as `0o1777`.
  package let folderPermissions: UInt32
  /// Whether this user may write to the file.
  package let isWritable: Bool
  /// Whether this user may make files in the folder, as writing to a store does.
  package let isFolderWritable: Bool
  /// Nil if the system doesn't say.
  package let fileSystem: FileSystemKind?
  /// Drafts of stores and copies in the folder that are not finished: of commands that go on, or were killed.
  package let drafts: [String]
  /// Copies of the file in older formats.
  package let olderCopies: [String]

  /// As they are now. Throws `StoreFileError.missing` if there is no such file any more.
  init(ofFile path: String) throws(StoreFileError) {
    let file = StoreFile.resolved(path)
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    self.folder = folder.isEmpty ? "/" : folder
    guard let permissions = Self.permissions(of: file),
      let folderPermissions = Self.permissions(of: self.folder)
    else { throw .missing(path: path) }
    (self.permissions, self.folderPermissions) = (permissions, folderPermissions)
    isWritable = access(file, W_OK) == 0
    isFolderWritable = access(self.folder, W_OK) == 0
    fileSystem = FileSystemKind(ofPath: file)
    drafts = Self.names(in: self.folder).filter(StoreDraft.isName).sorted()
    olderCopies = StoreMigration.copies(of: path)
  }

  private static func permissions(of path: String) -> UInt32? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return UInt32(status.st_mode) & 0o7777
  }

  /// What is in a folder; nothing if it can't be read.
  private static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }
}

extension EventStore {
  /// What is around the file.
  package func surroundings() throws(StoreFileError) -> StoreSurroundings {
    try StoreSurroundings(ofFile: path)
  }

  /// The processes that keep the log of writes from being copied into the file, as each reads an older state
  /// of it just now; this process is none of them. Nil if the system doesn't say.
  package func otherReaders() -> [Int32]? {
    LogReaders.processes(ofLogBeside: StoreFile.resolved(path)).map { $0.filter { $0 != getpid() } }
  }
}
