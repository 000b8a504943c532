import EventStore

// Where the file is, and who can get at it.
extension Ledger {
  func examinePermissions(_ report: (Finding) throws -> Void) throws {
    let around = try store.surroundings()
    try report(Finding(ofPermissions: around.permissions, path: store.path))
    try report(Finding(ofFolderOf: around))
  }

  func examineLeftovers(_ report: (Finding) throws -> Void) throws {
    let around = try store.surroundings()
    for copy in around.olderCopies {
      try report(
        Finding(
          .leftovers, "copy", .warning,
          "\(copy) is the ledger as it was before its format was brought up to date, with all text "
            + "that was erased since; once you can do without: rm \(copy)"))
    }
    for draft in around.drafts {
      try report(
        Finding(
          .leftovers, "draft", .warning,
          "\(draft), in the folder of the ledger, is of an init, a backup or a restore that was "
            + "killed; unless one is under way, remove it"))
    }
    guard around.olderCopies.isEmpty, around.drafts.isEmpty else { return }
    try report(Finding(.leftovers, "all", "none"))
  }
}

extension Finding {
  /// Who may read the file.
  init(ofPermissions permissions: UInt32, path: String) {
    let mode = String(permissions & 0o777, radix: 8)
    guard permissions & 0o077 != 0 else {
      self.init(.permissions, "file", "its owner's alone (\(mode))")
      return
    }
    let others = permissions & 0o007 != 0 ? "everybody" : "its group"
    let may = permissions & 0o022 != 0 ? "read or change" : "read"
    self.init(
      .permissions, "file", .warning,
      "\(others) may \(may) it (\(mode)); unless that is meant: chmod 600 \(path)")
  }

  /// Whether the ledger can be written to, and be replaced by strangers.
  init(ofFolderOf around: StoreSurroundings) {
    let isReplaceable =
      around.folderPermissions & 0o002 != 0 && around.folderPermissions & 0o1000 == 0
    if !around.isWritable || !around.isFolderWritable {
      let what = around.isWritable ? "the folder" : "the file"
      self.init(
        .permissions, "folder", .warning,
        "this user may not write to \(what), so that all commands that record something fail")
    } else if isReplaceable {
      self.init(
        .permissions, "folder", .warning,
        "everybody may put another file in its place; unless that is meant: chmod o-w "
          + around.folder)
    } else {
      self.init(.permissions, "folder", "can be written to")
    }
  }

  /// What becomes of files on that kind of disk.
  init(on fileSystem: FileSystemKind?) {
    guard let fileSystem else {
      self.init(.filesystem, "unknown", "the system does not say on which kind of disk it is")
      return
    }
    let name = fileSystem.name
    if fileSystem.isNetwork {
      self.init(
        .filesystem, name, .warning,
        "it is shared with other machines, where SQLite's log of writes does not work: two that write "
          + "at once damage the ledger; move it to a disk of the machine that uses it")
    } else if fileSystem.isMemoryBacked {
      self.init(
        .filesystem, name, .warning,
        "it is kept in memory and gone after a restart; move it to a disk")
    } else {
      self.init(.filesystem, name, "a disk of this machine")
    }
  }
}
