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

/* Atomic access to the words of the handle table. */
static inline uint64_t spk_platform_load(uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline int spk_platform_exchange(uint64_t *word, uint64_t *expected, uint64_t desired) {
  return __atomic_compare_exchange_n(word, expected, desired, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
static inline uint64_t spk_platform_add(uint64_t *word, uint64_t amount) {
  return __atomic_add_fetch(word, amount, __ATOMIC_ACQ_REL);
}

/* Gives other threads a moment: about 50 microseconds. */
static inline void spk_platform_pause(void) {
  struct timespec t = { 0, 50000 };
  nanosleep(&t, NULL);
}

/* One entry of the process's table of handles: a state word, and the object that it stands for. */
struct spk_platform_slot {
  uint64_t state;
  void *object;
};
enum { SPK_PLATFORM_SLOTS = 16384 };
/* The table; zero at first, never null, never freed. */
struct spk_platform_slot *platform_handle_slots(void);

/* What a thread keeps of its last fault, and the text of the next one while it is put together. */
struct spk_platform_message {
  uint64_t context;
  uint64_t draft_count;
  uint8_t text[400];
  uint8_t draft[400];
};
/* This thread's; never null. */
struct spk_platform_message *platform_thread_message(void);

#endif
