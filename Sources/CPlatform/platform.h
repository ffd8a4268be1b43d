/* The C library as Spikelet uses it, with shims for what Swift cannot import: macros, variadic calls, errno. */
#ifndef SPIKELET_PLATFORM_H
#define SPIKELET_PLATFORM_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Memory aligned to 64 bytes, or null. Freed by free(). */
static inline void *spk_platform_allocate(size_t bytes) {
  void *p = NULL;
  return posix_memalign(&p, 64, bytes) == 0 ? p : NULL;
}

static inline int spk_platform_errno(void) { return errno; }

/* Monotonic time in nanoseconds. */
static inline int64_t spk_platform_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#endif
