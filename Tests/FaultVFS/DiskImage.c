#include "DiskImage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR_BYTES = 512 };

struct pending {
  struct pending *next;
  sqlite3_int64 offset;
  int size;
  unsigned char *bytes;  // null: a truncation to `offset`
};

void *must(void *memory) {
  if (!memory) abort();
  return memory;
}

/// Forgets what may be lost.
static void drop_pending(image *image) {
  while (image->pending) {
    pending *first = image->pending;
    image->pending = first->next;
    free(first->bytes);
    free(first);
  }
}

void image_remember(image *image, const void *bytes, int size, sqlite3_int64 offset) {
  pending **end = &image->pending;
  while (*end) end = &(*end)->next;
  *end = must(calloc(1, sizeof(pending)));
  (*end)->offset = offset;
  (*end)->size = size;
  if (bytes) (*end)->bytes = memcpy(must(malloc(size)), bytes, size);
}

/// Makes the image `size` bytes long; new bytes are zero.
static void resize(image *image, sqlite3_int64 size) {
  image->bytes = must(realloc(image->bytes, size + 1));
  if (size > image->size) memset(image->bytes + image->size, 0, size - image->size);
  image->size = size;
}

/// Whether something with a chance of `percent` happens: SplitMix64, the same for the same seed.
static int happens(unsigned percent, uint64_t *random) {
  uint64_t mixed = (*random += 0x9E3779B97F4A7C15);
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
  return (mixed ^ (mixed >> 31)) % 100 < percent;
}

/// Puts what may be lost into the image: each sector and each truncation by a chance of `percent`.
static void apply_pending(image *image, unsigned percent, uint64_t *random) {
  for (pending *each = image->pending; each; each = each->next) {
    if (!each->bytes) {
      if (happens(percent, random)) resize(image, each->offset);
      continue;
    }
    for (int start = 0, end; start < each->size; start = end) {
      end = start + SECTOR_BYTES - (int)((each->offset + start) % SECTOR_BYTES);
      if (end > each->size) end = each->size;
      if (!happens(percent, random)) continue;
      if (image->size < each->offset + end) resize(image, each->offset + end);
      memcpy(image->bytes + each->offset + start, each->bytes + start, end - start);
    }
  }
  drop_pending(image);
}

image *image_find(image *images, const char *path) {
  while (images && strcmp(images->path, path) != 0) images = images->next;
  return images;
}

image *image_of_opened(image **images, const char *path, sqlite3_file *real, int was_there) {
  sqlite3_int64 size = 0;
  image *image = image_find(*images, path);
  if (image && !image->is_deleted) return image;
  if (!image) {
    image = must(calloc(1, sizeof *image));
    image->path = strcpy(must(malloc(strlen(path) + 1)), path);
    image->next = *images;
    *images = image;
  }
  drop_pending(image);
  if (was_there) real->pMethods->xFileSize(real, &size);
  resize(image, size);
  if (size > 0) real->pMethods->xRead(real, image->bytes, (int)size, 0);
  image->is_named = was_there;
  image->is_deleted = 0;
  return image;
}

void image_sync(image *image) {
  uint64_t random = 0;
  apply_pending(image, 100, &random);
  image->is_named = 1;
}

void image_delete(image *image, int syncs_folder) {
  image->is_deleted = 1;
  if (syncs_folder) image->is_named = 0;
}

/// Writes one file as a power cut leaves it.
static int restore(image *image, unsigned percent, uint64_t *random) {
  int is_deleted = image->is_deleted && (!image->is_named || happens(percent, random));
  int is_lost = !image->is_named && !happens(percent, random);
  image->is_deleted = is_deleted || is_lost;
  image->is_named = !image->is_deleted;
  if (image->is_deleted) return unlink(image->path), 0;
  apply_pending(image, percent, random);
  FILE *file = fopen(image->path, "wb");
  if (!file) return 1;
  size_t written = fwrite(image->bytes, 1, image->size, file);
  return fclose(file) != 0 || written != (size_t)image->size;
}

int images_restore(image *images, unsigned percent, uint64_t seed) {
  int failures = 0;
  for (image *each = images; each; each = each->next) failures |= restore(each, percent, &seed);
  return failures;
}

void images_free(image *images) {
  while (images) {
    image *first = images;
    images = first->next;
    drop_pending(first);
    free(first->path);
    free(first->bytes);
    free(first);
  }
}
