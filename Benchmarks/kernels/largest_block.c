#include "workloads.h"

#include <errno.h>

size_t largest_block;

void *__libc_memalign(size_t alignment, size_t size);

/* In place of the C library's. */
int posix_memalign(void **block, size_t alignment, size_t size) {
  if (size > largest_block) largest_block = size;
  void *found = __libc_memalign(alignment, size);
  if (found != NULL) *block = found;
  return found != NULL ? 0 : ENOMEM;
}
