#include "FaultVFS.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "DiskImage.h"

struct fault_disk {
  fault_disk *next;
  char *folder;
  pthread_mutex_t lock;  // over all that follows
  int open_files;
  int is_detached;
  unsigned kinds;
  int64_t operations, failures, first;
  int fails_on;
  int write_manner;
  int64_t room;
  int protects_files, protects_folder;
  image *images;
};

/// An open file: SQLite's part, ours, and the real one right behind it.
typedef struct {
  sqlite3_file base;
  fault_disk *disk;
  image *image;
} fault_file;

static pthread_mutex_t disks_lock = PTHREAD_MUTEX_INITIALIZER;
static fault_disk *disks;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs fault_vfs;
static sqlite3_io_methods fault_methods;

// MARK: Files

/// The real file behind ours.
static sqlite3_file *real_file(sqlite3_file *file) {
  return (sqlite3_file *)((fault_file *)file + 1);
}

/// Keeps other threads off a disk.
static void enter(fault_disk *disk) { pthread_mutex_lock(&disk->lock); }

/// Lets them on again.
static void leave(fault_disk *disk) { pthread_mutex_unlock(&disk->lock); }

/// Counts an operation; whether it has to fail. For who has entered.
static int fails_inside(fault_disk *disk, unsigned kind) {
  if (!(disk->kinds & kind)) return 0;
  int64_t number = ++disk->operations;
  if (number < disk->first || (number > disk->first && !disk->fails_on)) return 0;
  disk->failures++;
  return 1;
}

/// Counts an operation; whether it has to fail.
static int fails(fault_disk *disk, unsigned kind) {
  enter(disk);
  int is_failing = fails_inside(disk, kind);
  leave(disk);
  return is_failing;
}

/// Whether an operation on an open file has to fail.
static int file_fails(sqlite3_file *file, unsigned kind) {
  return fails(((fault_file *)file)->disk, kind);
}

/// Leaves a disk, and frees it if nobody can reach it any more.
static void leave_and_free_if_unused(fault_disk *disk) {
  int is_unused = disk->is_detached && !disk->open_files;
  leave(disk);
  if (!is_unused) return;
  images_free(disk->images);
  pthread_mutex_destroy(&disk->lock);
  free(disk->folder);
  free(disk);
}

/// Closes, always.
static int file_close(sqlite3_file *file) {
  fault_disk *disk = ((fault_file *)file)->disk;
  int code = real_file(file)->pMethods->xClose(real_file(file));
  enter(disk);
  disk->open_files--;
  leave_and_free_if_unused(disk);
  return code;
}

/// Reads.
static int file_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset) {
  if (file_fails(file, FAULT_DISK_READ)) return SQLITE_IOERR_READ;
  return real_file(file)->pMethods->xRead(real_file(file), bytes, size, offset);
}

/// Writes half of what it was given, or nothing, and says why not all of it.
static int fail_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
  sqlite3_file *real = real_file(file);
  int manner = ((fault_file *)file)->disk->write_manner;
  if (manner != FAULT_WRITE_NOTHING && size > 1) {
    image_remember(((fault_file *)file)->image, bytes, size / 2, offset);
    int code = real->pMethods->xWrite(real, bytes, size / 2, offset);
    if (code != SQLITE_OK) return code;
  }
  return manner == FAULT_WRITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

/// Writes what there is room for. For who has entered.
static int write_inside(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
  fault_disk *disk = ((fault_file *)file)->disk;
  sqlite3_file *real = real_file(file);
  sqlite3_int64 file_size = 0;
  if (fails_inside(disk, FAULT_DISK_WRITE)) return fail_write(file, bytes, size, offset);
  int code = real->pMethods->xFileSize(real, &file_size);
  if (code != SQLITE_OK) return code;
  sqlite3_int64 growth = offset + size > file_size ? offset + size - file_size : 0;
  sqlite3_int64 excess = disk->room >= 0 && growth > disk->room ? growth - disk->room : 0;
  int fitting = excess < size ? size - (int)excess : 0;
  if (disk->room >= 0) disk->room -= growth - excess;
  if (fitting > 0) {
    image_remember(((fault_file *)file)->image, bytes, fitting, offset);
    code = real->pMethods->xWrite(real, bytes, fitting, offset);
  }
  return code == SQLITE_OK && excess > 0 ? SQLITE_FULL : code;
}

/// Writes what there is room for.
static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
  fault_disk *disk = ((fault_file *)file)->disk;
  enter(disk);
  int code = write_inside(file, bytes, size, offset);
  leave(disk);
  return code;
}

/// Cuts the file off, which a sync has yet to make durable.
static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  fault_disk *disk = ((fault_file *)file)->disk;
  if (fails(disk, FAULT_DISK_TRUNCATE)) return SQLITE_IOERR_TRUNCATE;
  enter(disk);
  image_remember(((fault_file *)file)->image, 0, 0, size);
  int code = real_file(file)->pMethods->xTruncate(real_file(file), size);
  leave(disk);
  return code;
}

/// Only notes that the content is durable: a real sync would cost time and prove nothing.
static int file_sync(sqlite3_file *file, int flags) {
  (void)flags;
  fault_disk *disk = ((fault_file *)file)->disk;
  if (fails(disk, FAULT_DISK_SYNC)) return SQLITE_IOERR_FSYNC;
  enter(disk);
  image_sync(((fault_file *)file)->image);
  leave(disk);
  return SQLITE_OK;
}

/// The size of the file.
static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  if (file_fails(file, FAULT_DISK_SIZE)) return SQLITE_IOERR_FSTAT;
  return real_file(file)->pMethods->xFileSize(real_file(file), size);
}

/// Takes a lock.
static int file_lock(sqlite3_file *file, int level) {
  if (file_fails(file, FAULT_DISK_LOCK)) return SQLITE_IOERR_LOCK;
  return real_file(file)->pMethods->xLock(real_file(file), level);
}

/// Gives a lock back, always.
static int file_unlock(sqlite3_file *file, int level) {
  return real_file(file)->pMethods->xUnlock(real_file(file), level);
}

/// Whether some connection holds a reserved lock.
static int file_check_reserved_lock(sqlite3_file *file, int *is_locked) {
  if (file_fails(file, FAULT_DISK_LOCK)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  return real_file(file)->pMethods->xCheckReservedLock(real_file(file), is_locked);
}

/// Passes on what is between SQLite and the real file.
static int file_control(sqlite3_file *file, int operation, void *argument) {
  return real_file(file)->pMethods->xFileControl(real_file(file), operation, argument);
}

/// What the real file says.
static int file_sector_size(sqlite3_file *file) {
  return real_file(file)->pMethods->xSectorSize(real_file(file));
}

/// What the real file says.
static int file_device_characteristics(sqlite3_file *file) {
  return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}

/// Maps a region of the index of the write-ahead log.
static int file_shm_map(
    sqlite3_file *file, int region, int size, int is_extending, void volatile **memory) {
  if (file_fails(file, FAULT_DISK_SHARED_MEMORY)) return SQLITE_IOERR_SHMMAP;
  return real_file(file)->pMethods->xShmMap(real_file(file), region, size, is_extending, memory);
}

/// Takes a lock in shared memory, or gives one back, always.
static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  if ((flags & SQLITE_SHM_LOCK) && file_fails(file, FAULT_DISK_SHARED_MEMORY))
    return SQLITE_IOERR_SHMLOCK;
  return real_file(file)->pMethods->xShmLock(real_file(file), offset, count, flags);
}

/// Orders accesses to shared memory.
static void file_shm_barrier(sqlite3_file *file) {
  real_file(file)->pMethods->xShmBarrier(real_file(file));
}

/// Unmaps shared memory, always.
static int file_shm_unmap(sqlite3_file *file, int is_deleting) {
  return real_file(file)->pMethods->xShmUnmap(real_file(file), is_deleting);
}

// Version 2: without memory-mapped content, which would go past us.
static sqlite3_io_methods fault_methods = {
    2,
    file_close,
    file_read,
    file_write,
    file_truncate,
    file_sync,
    file_size,
    file_lock,
    file_unlock,
    file_check_reserved_lock,
    file_control,
    file_sector_size,
    file_device_characteristics,
    file_shm_map,
    file_shm_lock,
    file_shm_barrier,
    file_shm_unmap,
    0,
    0,
};

// MARK: The file system

/// The disk over the folder that `path` is in; null if there is none.
static fault_disk *disk_over(const char *path) {
  pthread_mutex_lock(&disks_lock);
  fault_disk *disk = path ? disks : 0;
  for (; disk; disk = disk->next) {
    size_t length = strlen(disk->folder);
    if (strncmp(path, disk->folder, length) == 0 && path[length] == '/') break;
  }
  pthread_mutex_unlock(&disks_lock);
  return disk;
}

/// Opens a file of a disk behind ours, and any other file as if we weren't there.
static int vfs_open(
    sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags) {
  fault_disk *disk = disk_over(path);
  sqlite3_file *real = real_file(file);
  int exists;
  (void)vfs;
  if (!disk) return real_vfs->xOpen(real_vfs, path, file, flags, out_flags);
  file->pMethods = 0;
  if (fails(disk, FAULT_DISK_OPEN)) return SQLITE_CANTOPEN;
  // Asked of xAccess, an empty file isn't there.
  exists = access(path, F_OK) == 0;
  enter(disk);
  int protects_files = disk->protects_files, protects_folder = disk->protects_folder;
  leave(disk);
  if (protects_folder && !exists) return SQLITE_CANTOPEN;
  if (protects_files && exists)
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  memset(real, 0, real_vfs->szOsFile);
  int code = real_vfs->xOpen(real_vfs, path, real, flags, out_flags);
  if (code != SQLITE_OK) return code;
  file->pMethods = &fault_methods;
  ((fault_file *)file)->disk = disk;
  enter(disk);
  ((fault_file *)file)->image = image_of_opened(&disk->images, path, real, exists);
  disk->open_files++;
  leave(disk);
  return SQLITE_OK;
}

/// Deletes a file.
static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder) {
  fault_disk *disk = disk_over(path);
  (void)vfs;
  if (disk && fails(disk, FAULT_DISK_DELETE)) return SQLITE_IOERR_DELETE;
  int code = real_vfs->xDelete(real_vfs, path, syncs_folder);
  if (!disk || code != SQLITE_OK) return code;
  enter(disk);
  image *image = image_find(disk->images, path);
  if (image) image_delete(image, syncs_folder);
  leave(disk);
  return code;
}

/// Whether a file is there, or may be read or written.
static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
  fault_disk *disk = disk_over(path);
  (void)vfs;
  if (disk && fails(disk, FAULT_DISK_ACCESS)) return SQLITE_IOERR_ACCESS;
  return real_vfs->xAccess(real_vfs, path, flags, result);
}

/// Puts ourselves in front of the VFS that everybody uses; there is no way back, nor any need.
static void stand_in(void) {
  real_vfs = sqlite3_vfs_find(0);
  fault_vfs = *real_vfs;
  fault_vfs.zName = "fault";
  fault_vfs.szOsFile = (int)sizeof(fault_file) + real_vfs->szOsFile;
  fault_vfs.xOpen = vfs_open;
  fault_vfs.xDelete = vfs_delete;
  fault_vfs.xAccess = vfs_access;
  sqlite3_vfs_register(&fault_vfs, 1);
}

// MARK: What tests call

fault_disk *fault_disk_attach(const char *folder) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, stand_in);
  fault_disk *disk = must(calloc(1, sizeof *disk));
  // SQLite too opens files by their real path.
  disk->folder = must(realpath(folder, 0));
  disk->room = -1;
  pthread_mutex_init(&disk->lock, 0);
  pthread_mutex_lock(&disks_lock);
  disk->next = disks;
  disks = disk;
  pthread_mutex_unlock(&disks_lock);
  return disk;
}

void fault_disk_detach(fault_disk *disk) {
  pthread_mutex_lock(&disks_lock);
  fault_disk **each = &disks;
  while (*each != disk) each = &(*each)->next;
  *each = disk->next;
  pthread_mutex_unlock(&disks_lock);
  enter(disk);
  disk->is_detached = 1;
  leave_and_free_if_unused(disk);
}

void fault_disk_fail(fault_disk *disk, int64_t first, unsigned kinds, int and_all_after) {
  enter(disk);
  disk->operations = disk->failures = 0;
  disk->first = first;
  disk->kinds = kinds;
  disk->fails_on = and_all_after;
  leave(disk);
}

void fault_disk_shape_writes(fault_disk *disk, int manner) {
  enter(disk);
  disk->write_manner = manner;
  leave(disk);
}

int64_t fault_disk_operations(fault_disk *disk) {
  enter(disk);
  int64_t operations = disk->operations;
  leave(disk);
  return operations;
}

int64_t fault_disk_failures(fault_disk *disk) {
  enter(disk);
  int64_t failures = disk->failures;
  leave(disk);
  return failures;
}

void fault_disk_set_room(fault_disk *disk, int64_t bytes) {
  enter(disk);
  disk->room = bytes;
  leave(disk);
}

void fault_disk_protect(fault_disk *disk, int files, int folder) {
  enter(disk);
  disk->protects_files = files;
  disk->protects_folder = folder;
  leave(disk);
}

int fault_disk_lose_unsynced(fault_disk *disk, unsigned percent, uint64_t seed) {
  enter(disk);
  int is_failed = disk->open_files > 0 || images_restore(disk->images, percent, seed);
  leave(disk);
  return is_failed;
}
