#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The kind of file system that a file or a folder is on: what of it lasts, and who can share it.
package struct FileSystemKind: Hashable, Sendable {
  /// As the system calls it, such as `ext4`, `tmpfs`, `nfs4` or `fuse.sshfs`.
  package let name: String

  /// The kind that the system calls `name`.
  package init(name: String) { self.name = name }

  /// That of the file or folder at `path`, links followed; nil if there is none, or the system doesn't say.
  package init?(ofPath path: String) {
    guard let name = Self.name(ofPath: path) else { return nil }
    self.init(name: name)
  }

  /// Whether its files are gone after a restart of the machine, and "written to the disk" says nothing.
  package var isMemoryBacked: Bool { Self.memoryBacked.contains(name) }

  /// Whether its files come from another machine, or from the host of this one. SQLite's write-ahead log
  /// needs memory that all who open the file share, which these can't give to two machines.
  /// <https://sqlite.org/wal.html#overview>
  package var isNetwork: Bool { Self.network.contains(name) }

  private static let memoryBacked: Set = ["tmpfs", "ramfs", "devtmpfs", "rootfs"]

  private static let network: Set = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "ncpfs", "afs", "afpfs", "webdav", "coda",
    "9p", "ceph", "lustre", "gpfs", "beegfs", "orangefs", "pvfs2", "gfs2", "ocfs2", "glusterfs",
    "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "fakeowner",
    "fuse.sshfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.goofys", "fuse.mount-s3", "fuse.rclone",
    "fuse.davfs", "fuse.gvfsd-fuse", "fuse.curlftpfs", "fuse.glusterfs", "fuse.ceph-fuse",
    "fuse.juicefs", "fuse.seaweedfs", "fuse.mfs", "fuse.smbnetfs", "fuse.vmhgfs-fuse",
    "fuse.grpcfuse", "fuse.osxfs",
  ]
}

#if os(Linux)
  extension FileSystemKind {
    /// `O_PATH`, which Swift does not import: the descriptor only names the file. Closing any other kind
    /// would let go of the locks that this process has on it.
    private static let nameOnly: Int32 = 0o10_000_000

    private static func name(ofPath path: String) -> String? {
      let descriptor = open(path, nameOnly | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      guard let details = SystemText.ofFile("/proc/self/fdinfo/\(descriptor)"),
        let mount = mountID(inDetails: details),
        let mounts = SystemText.ofFile("/proc/self/mountinfo")
      else { return nil }
      return name(ofMount: mount, in: mounts)
    }

    /// The mount that an open file is on, as `/proc/self/fdinfo/N` tells.
    private static func mountID(inDetails details: String) -> Substring? {
      let key = "mnt_id:"
      let line = details.split(separator: "\n").first { $0.hasPrefix(key) }
      return line?.dropFirst(key.count).drop { $0 == "\t" || $0 == " " }
    }

    /// The kind of the mount with that id, in the words of `/proc/self/mountinfo`: the field after the lone
    /// hyphen, which follows a number of optional ones. <https://man7.org/linux/man-pages/man5/proc.5.html>
    package static func name(ofMount id: Substring, in mounts: String) -> String? {
      for line in mounts.split(separator: "\n") {
        let fields = line.split(separator: " ")
        guard fields.first == id, let hyphen = fields.firstIndex(of: "-") else { continue }
        return fields.dropFirst(hyphen + 1).first.map(String.init)
      }
      return nil
    }
  }
#else
  extension FileSystemKind {
    private static func name(ofPath path: String) -> String? {
      var status = statfs()
      guard statfs(path, &status) == 0 else { return nil }
      return withUnsafeBytes(of: status.f_fstypename) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }
#endif
