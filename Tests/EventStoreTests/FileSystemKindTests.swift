import EventStore
import Foundation
import TestSupport
import Testing

@Suite("The kind of file system that a file is on")
struct FileSystemKindTests {
  @Test("is told by its name: what is gone after a restart, what another machine shares")
  func names() {
    for name in ["tmpfs", "ramfs"] {
      #expect(FileSystemKind(name: name).isMemoryBacked)
      #expect(!FileSystemKind(name: name).isNetwork)
    }
    for name in ["nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "fuse.sshfs"] {
      #expect(FileSystemKind(name: name).isNetwork)
      #expect(!FileSystemKind(name: name).isMemoryBacked)
    }
    for name in ["ext4", "xfs", "btrfs", "overlay", "apfs", "fuseblk"] {
      #expect(!FileSystemKind(name: name).isNetwork)
      #expect(!FileSystemKind(name: name).isMemoryBacked)
    }
  }

  @Test("is that of the folder, for the folder and for a file in it; a path to nothing has none")
  func paths() throws {
    let folder = try TemporaryFolder()
    let kind = try #require(FileSystemKind(ofPath: folder.url.path))
    #expect(!kind.name.isEmpty)
    let file = try TestStore()
    #expect(FileSystemKind(ofPath: file.path) == kind)
    #expect(FileSystemKind(ofPath: folder.path("missing")) == nil)
  }

  #if os(Linux)
    @Test("is that of the mount that holds the path, not of the one around it")
    func mounts() {
      #expect(FileSystemKind(ofPath: "/proc/self")?.name == "proc")
      let mounts = """
        22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
        29 22 0:26 / /srv/my\\040books rw,nosuid shared:9 master:2 - fuse.sshfs h:/a rw,user_id=0
        30 22 0:27 / /dev/shm rw,nosuid - tmpfs tmpfs rw,size=65536k
        """
      #expect(FileSystemKind.name(ofMount: "22", in: mounts) == "ext4")
      #expect(FileSystemKind.name(ofMount: "29", in: mounts) == "fuse.sshfs")
      #expect(FileSystemKind.name(ofMount: "30", in: mounts) == "tmpfs")
      #expect(FileSystemKind.name(ofMount: "3", in: mounts) == nil)
      #expect(FileSystemKind.name(ofMount: "22", in: "22 1 254:1 / / rw") == nil)
    }
  #endif
}
