// What would be left of the files of a disk if power were lost now.
#ifndef DISK_IMAGE_H
#define DISK_IMAGE_H

#include <sqlite3.h>
#include <stdint.h>

/// An operation that no sync has made durable yet.
typedef struct pending pending;

/// What would be left of one file.
typedef struct image {
  struct image *next;
  char *path;
  unsigned char *bytes;  // as of the last sync
  sqlite3_int64 size;    // of `bytes`
  int is_named;          // the folder was synced since the file was made
  int is_deleted;        // but perhaps the folder was not synced since
  pending *pending;      // oldest first
} image;

/// Memory that is there, or the end of the test run.
void *must(void *memory);

/// The image of the file at `path`; null if there is none.
image *image_find(image *images, const char *path);

/// The image of a file that was just opened: what it held before is taken for durable.
image *image_of_opened(image **images, const char *path, sqlite3_file *real, int was_there);

/// Keeps a write, or with null for `bytes` a truncation to `offset`, among what may be lost.
void image_remember(image *image, const void *bytes, int size, sqlite3_int64 offset);

/// Makes durable what was written to the file, and its name.
void image_sync(image *image);

/// Takes the file off its folder.
void image_delete(image *image, int syncs_folder);

/// Writes the files as a power cut leaves them, in which `percent` of what was not synced survived.
int images_restore(image *images, unsigned percent, uint64_t seed);

/// Frees all images.
void images_free(image *images);

#endif
