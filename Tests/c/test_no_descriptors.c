/* No descriptor and no thread to be had: the calls that need one say so, leave nothing behind, and work once there is one.
 * The pthread_create() of this program stands before that of the C library, for the shared library too. */
#define _GNU_SOURCE
#include "small_network.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>

enum { LIMIT = 64 };

static int no_threads; /* whether pthread_create() fails */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  void *found = dlsym(RTLD_NEXT, "pthread_create");
  if (no_threads || found == NULL) return EAGAIN;
  memcpy(&create, &found, sizeof create);
  return create(thread, attributes, body, argument);
}

static small_network small;
static spk_run_options one_tick = SPK_RUN_OPTIONS_INIT;
static int32_t descriptor;

static int open_descriptors(void) {
  int count = 0;
  for (int i = 0; i < LIMIT; i++) count += fcntl(i, F_GETFD) >= 0;
  return count;
}

/* Lets the process open so many descriptors more: those below the limit that are not in use. */
static void allow(int more) {
  struct rlimit limit = {0, LIMIT};
  for (int unused = 0; limit.rlim_cur < LIMIT; limit.rlim_cur++) {
    unused += fcntl((int)limit.rlim_cur, F_GETFD) < 0;
    if (unused > more) break;
  }
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static spk_status submit(void) { return spk_session_submit_run(small.session, &one_tick, NULL, 0, NULL, NULL); }
static spk_status watch(void) { return spk_device_watch(small.context, "sim:", NULL, NULL); }
static spk_status describe(void) { return spk_context_descriptor(small.context, &descriptor); }
static spk_status process(void) { return spk_context_process(small.context, 0, NULL); }
static spk_status open_device(void) {
  spk_device *device = NULL;
  spk_status status = spk_device_open(small.context, "unix:/no/such/socket", NULL, &device);
  CHECK(device == NULL);
  return status;
}

static void open_with(uint32_t flags) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  options.flags = flags;
  small = small_open_with(&options);
}

/* The call needs `needed` descriptors. */
static void with_few(uint32_t flags, spk_status (*call)(void), int needed) {
  open_with(flags);
  int before = open_descriptors();
  for (int more = 0; more < needed; more++) {
    allow(more);
    REFUSED(small.context, SPK_ERROR_IO, "descriptor", call());
    if (call != describe) CHECK(open_descriptors() == before);
    /* The session goes on as if nothing had been asked. */
    OK(small.context, spk_session_run(small.session, &one_tick, NULL, 0, NULL, 0, NULL));
  }
  allow(needed - (open_descriptors() - before));
  OK(small.context, call());
  CHECK(open_descriptors() == before + needed);
  allow(LIMIT - open_descriptors());
  OK(small.context, spk_session_drain(small.session, 10000));
  small_close(&small);
}

static void without_a_thread(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  open_with(0);
  no_threads = 1;
  for (int i = 0; i < 3; i++) {
    REFUSED(small.context, SPK_ERROR_IO, "no thread", submit());
    REFUSED(small.context, SPK_ERROR_IO, "no thread", watch());
    OK(small.context, spk_session_run(small.session, &one_tick, NULL, 0, NULL, 0, NULL));
  }
  OK(small.context, describe());
  no_threads = 0;
  OK(small.context, submit());
  OK(small.context, spk_context_next_completion(small.context, &completion, 10000));
  CHECK(completion.ticket == 1 && completion.status == SPK_OK);
  small_close(&small);
}

int main(void) {
  int before = open_descriptors();
  spk_context *context = NULL;
  with_few(0, submit, 4);
  with_few(0, watch, 4);
  with_few(0, describe, 4);
  with_few(SPK_CONTEXT_NO_THREADS, submit, 4);
  with_few(SPK_CONTEXT_NO_THREADS, process, 4);
  with_few(SPK_CONTEXT_NO_THREADS, describe, 5);
  without_a_thread();
  OK(NULL, spk_context_create(NULL, &context));
  small.context = context;
  allow(0);
  REFUSED(context, SPK_ERROR_IO, "/no/such/socket", open_device());
  allow(LIMIT - open_descriptors());
  REFUSED(context, SPK_ERROR_NOT_FOUND, "/no/such/socket", open_device());
  OK(NULL, spk_context_close(context));
  CHECK(open_descriptors() == before);
  return check_tally();
}
