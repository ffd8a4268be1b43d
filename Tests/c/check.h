/* Checks for the tests of the C library: a line for each one that fails, and a tally at the end.
 * A test ends with `return check_tally();`, which is 0 if all was well. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <spikelet/spikelet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_count, check_failures;

/* Counts a check, and prints where and what if it failed. Gives `passed` back. */
#define CHECK(passed) check_that((passed) != 0, __FILE__, __LINE__, #passed)
/* The call succeeds. */
#define OK(context, call) check_call(__FILE__, __LINE__, #call, (call), SPK_OK, context, "")
/* The call gives this status and a sentence that mentions `words`. */
#define REFUSED(context, status, words, call) check_call(__FILE__, __LINE__, #call, (call), status, context, words)

/* Checks may come from several threads. */
static inline void check_add(int *count) { __atomic_fetch_add(count, 1, __ATOMIC_RELAXED); }

static inline int check_that(int passed, const char *file, int line, const char *what) {
  check_add(&check_count);
  if (!passed) {
    check_add(&check_failures);
    printf("%s:%d: %s\n", file, line, what);
  }
  return passed;
}

static inline int check_call(const char *file, int line, const char *call, spk_status found, spk_status expected,
                             const spk_context *context, const char *words) {
  const char *sentence = found == SPK_OK ? "" : spk_context_message(context);
  int passed = found == expected && (found == SPK_OK || (sentence[0] != 0 && strstr(sentence, words) != NULL));
  check_add(&check_count);
  if (!passed) {
    check_add(&check_failures);
    printf("%s:%d: %s\n  expected \"%s\"", file, line, call, spk_status_string(expected));
    if (words[0] != 0) printf(" and a sentence with \"%s\"", words);
    printf(", found \"%s\": \"%s\"\n", spk_status_string(found), sentence);
  }
  return passed;
}

static inline int check_tally(void) {
  printf("%d checks, %d failed\n", check_count, check_failures);
  return check_failures > 0 || check_count == 0;
}

/* The board that tests open: the one that SPIKELET_TEST_LOCATOR names, or a simulated one in the process. */
static inline const char *test_locator(void) {
  const char *locator = getenv("SPIKELET_TEST_LOCATOR");
  return locator != NULL && locator[0] != 0 ? locator : "sim:";
}

/* A struct as a newer caller passes it: `size` bytes of struct and a tail that this library does not know. */
#define LONGER(type)      \
  struct {                \
    type known;           \
    unsigned char tail[8]; \
  }

#endif
