// A disk that fails on demand: an SQLite VFS over the default one, for tests.
//
// It stands over the folders that tests attach; files elsewhere never meet it. Any threads may use
// any disks, but a disk is detached, and loses what was not synced, once all others are done with it.
// https://sqlite.org/vfs.html
#ifndef FAULTVFS_H
#define FAULTVFS_H

#include <stdint.h>

/// The kinds of operation that can fail. Unlocking, closing and unmapping never do.
enum {
  FAULT_DISK_OPEN = 1 << 0,
  FAULT_DISK_READ = 1 << 1,
  FAULT_DISK_WRITE = 1 << 2,
  FAULT_DISK_TRUNCATE = 1 << 3,
  FAULT_DISK_SYNC = 1 << 4,
  FAULT_DISK_SIZE = 1 << 5,
  FAULT_DISK_LOCK = 1 << 6,
  FAULT_DISK_SHARED_MEMORY = 1 << 7,
  FAULT_DISK_DELETE = 1 << 8,
  FAULT_DISK_ACCESS = 1 << 9,
};

/// What a write that fails leaves behind, and says. Other operations fail as they do, whatever is chosen.
enum {
  /// Nothing was written: an I/O error.
  FAULT_WRITE_NOTHING = 0,
  /// The first half was written: an I/O error.
  FAULT_WRITE_HALF = 1,
  /// The first half was written: there was no room for the rest.
  FAULT_WRITE_FULL = 2,
};

typedef struct fault_disk fault_disk;

/// A disk for all files below `folder` that are opened from now on; it works until told otherwise.
fault_disk *fault_disk_attach(const char *folder);

/// Forgets the disk, once the last of its files is closed.
void fault_disk_detach(fault_disk *disk);

/// Fails the `first`-th operation of `kinds` from now on (1: the next), and all after it if asked.
void fault_disk_fail(fault_disk *disk, int64_t first, unsigned kinds, int and_all_after);

/// Chooses what writes that fail leave behind from now on; nothing, unless this is called.
void fault_disk_shape_writes(fault_disk *disk, int manner);

/// How many operations of the kinds that `fault_disk_fail` named there were since.
int64_t fault_disk_operations(fault_disk *disk);

/// How many of them failed.
int64_t fault_disk_failures(fault_disk *disk);

/// How many bytes files may still grow by, all together, before the disk is full; -1: any number.
void fault_disk_set_room(fault_disk *disk, int64_t bytes);

/// Whether files open for reading only from now on, and whether none can be made in the folder.
void fault_disk_protect(fault_disk *disk, int files, int folder);

/// Writes the files as a power cut leaves them: what was synced, and some `percent` of the rest.
///
/// Sectors of 512 bytes survive one by one. Returns 1 if a file is open or can't be written, else 0.
int fault_disk_lose_unsynced(fault_disk *disk, unsigned percent, uint64_t seed);

#endif
