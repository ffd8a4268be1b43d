/* Allocations that fail, one at a time: the malloc family of the program stands before that of the C library, for the
 * shared library too. Included by one file of a program. */
#ifndef TESTS_FAILING_ALLOCATIONS_H
#define TESTS_FAILING_ALLOCATIONS_H

#include "check.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* What the C library calls its own. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *block, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *block);

/* Blocks in use; allocations so far; the one that fails, 0 for none. Threads allocate too: read and written atomically. */
static long live, made, failing;

/* Whether this allocation is to fail. */
static int fails(void) {
  if (__atomic_add_fetch(&made, 1, __ATOMIC_ACQ_REL) != __atomic_load_n(&failing, __ATOMIC_ACQUIRE)) return 0;
  errno = ENOMEM;
  return 1;
}

static void *counted(void *block) {
  __atomic_add_fetch(&live, block != NULL, __ATOMIC_ACQ_REL);
  return block;
}

void *malloc(size_t bytes) { return fails() ? NULL : counted(__libc_malloc(bytes)); }
void *calloc(size_t count, size_t bytes) { return fails() ? NULL : counted(__libc_calloc(count, bytes)); }
void *memalign(size_t alignment, size_t bytes) { return fails() ? NULL : counted(__libc_memalign(alignment, bytes)); }
void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

void *realloc(void *block, size_t bytes) {
  if (block == NULL) return malloc(bytes);
  if (bytes == 0) {
    free(block);
    return NULL;
  }
  return fails() ? NULL : __libc_realloc(block, bytes);
}

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  void *found = memalign(alignment, bytes);
  if (found == NULL) return ENOMEM;
  *block = found;
  return 0;
}

void free(void *block) {
  __atomic_sub_fetch(&live, block != NULL, __ATOMIC_ACQ_REL);
  __libc_free(block);
}

/* Fails each allocation of `scenario` in turn, until it ends without: each time it gives a status that `expected` finds
 * right with its sentence, and once `close_all` has closed what there is, no block is left. */
static inline void fail_each_allocation(spk_status (*scenario)(void), int (*expected)(spk_status, const char *),
                                 void (*close_all)(void)) {
  static char output[4096];
  setvbuf(stdout, output, _IOLBF, sizeof output); /* printing allocates nothing */
  /* What the process keeps, as the memory of a thread that has ended, is made once. */
  CHECK(scenario() == SPK_OK);
  close_all();
  int done = 0;
  for (long number = 1; !done; number++) {
    long before = __atomic_load_n(&live, __ATOMIC_ACQUIRE);
    __atomic_store_n(&made, 0, __ATOMIC_RELEASE);
    __atomic_store_n(&failing, number, __ATOMIC_RELEASE);
    spk_status status = scenario();
    int reached = __atomic_load_n(&made, __ATOMIC_ACQUIRE) >= number;
    const char *sentence = spk_context_message(NULL);
    done = status == SPK_OK && !reached;
    if (!done && !CHECK(expected(status, sentence))) {
      printf("  allocation %ld: \"%s\", \"%s\"\n", number, spk_status_string(status), sentence);
    }
    close_all();
    __atomic_store_n(&failing, 0, __ATOMIC_RELEASE);
    long after = __atomic_load_n(&live, __ATOMIC_ACQUIRE);
    if (!CHECK(after <= before)) printf("  allocation %ld: %ld blocks are left\n", number, after - before);
    if (done) printf("%ld allocations failed, one at a time\n", number - 1);
    if (!CHECK(done || reached)) break; /* an earlier failure is still felt */
  }
}

#define TRY(call)                                        \
  do {                                                   \
    spk_status try_status = (call);                      \
    if (try_status != SPK_OK) return try_status;         \
  } while (0)

#endif
