/* Calls of several threads that cross: blocking ones and submissions, resuming and closing, draining and closing. */
#include "slow_network.h"

#include <unistd.h>

enum { ROUNDS = 400, CLOSINGS = 100 };

static small_network small;
static int stopping; /* read and written atomically */
static int unexpected;
static spk_run_options two_ticks = SPK_RUN_OPTIONS_INIT;

static void *submit_and_drain(void *nothing) {
  for (int i = 0; i < ROUNDS; i++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    unexpected += spk_session_submit_run(small.session, &two_ticks, NULL, 0, NULL, NULL) != SPK_OK;
    unexpected += spk_context_next_completion(small.context, &completion, 60000) != SPK_OK;
    unexpected += completion.status != SPK_OK || completion.ticks != 2;
  }
  __atomic_store_n(&stopping, 1, __ATOMIC_RELEASE);
  return nothing;
}

/* A blocking call is done, or busy; it never gets between a submission and its answer. */
static void blocking_calls_meet_submissions(void) {
  pthread_t thread;
  uint64_t frozen = 0;
  int done = 0, busy = 0;
  small = small_open();
  stopping = unexpected = 0;
  CHECK(pthread_create(&thread, NULL, submit_and_drain, NULL) == 0);
  while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
    spk_status status = spk_session_ticks(small.session, NULL, &frozen);
    if (status == SPK_OK) done++;
    if (status == SPK_ERROR_BUSY) busy++;
    if (status == SPK_OK || status == SPK_ERROR_BUSY) continue;
    CHECK(status == SPK_OK);
    printf("  %s\n", spk_context_message(small.context));
    break;
  }
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(unexpected == 0 && done + busy > 0);
  OK(small.context, spk_session_ticks(small.session, NULL, &frozen));
  CHECK(frozen == 2 * ROUNDS);
  small_close(&small);
}

static void *resume_until_closed(void *number) {
  spk_status status = SPK_OK;
  while (status == SPK_OK) {
    status = spk_session_resume(small.session, small.model, NULL);
    __atomic_add_fetch((int *)number, 1, __ATOMIC_ACQ_REL);
  }
  return status == SPK_ERROR_HANDLE ? number : NULL;
}

/* Both end: a call that is inside is waited for, and what it needs of its session it has. */
static void closing_meets_resuming(void) {
  small = small_open();
  for (int i = 0; i < CLOSINGS; i++) {
    pthread_t thread;
    void *end = NULL;
    int resumed = 0;
    CHECK(pthread_create(&thread, NULL, resume_until_closed, &resumed) == 0);
    while (__atomic_load_n(&resumed, __ATOMIC_ACQUIRE) <= i % 3) {}
    OK(small.context, spk_session_close(small.session));
    CHECK(pthread_join(thread, &end) == 0 && end == &resumed);
    OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
  }
  small_close(&small);
}

static int is_inside;

/* Asks its session something, a while after the closing below has begun. */
static void asks_late(const spk_completion *completion) {
  uint32_t count = 77;
  __atomic_store_n(&is_inside, 1, __ATOMIC_RELEASE);
  pause_milliseconds(150);
  CHECK(spk_session_pending(completion->session, &count) == SPK_OK && count == 1);
}

static void *drain(void *nothing) {
  double start = seconds();
  unexpected += spk_session_drain(small.session, 3000) != SPK_OK;
  unexpected += seconds() - start > 2;
  return nothing;
}

/* A close while somebody drains is refused at once. It must not keep the callback out that is being waited for. */
static void closing_meets_draining(void) {
  pthread_t thread;
  spk_submission submission = SPK_SUBMISSION_INIT;
  small = small_open();
  submission.callback = asks_late;
  unexpected = is_inside = 0;
  OK(small.context, spk_session_submit_run(small.session, &two_ticks, NULL, 0, &submission, NULL));
  CHECK(pthread_create(&thread, NULL, drain, NULL) == 0);
  while (!__atomic_load_n(&is_inside, __ATOMIC_ACQUIRE)) {}
  pause_milliseconds(50);
  double start = seconds();
  REFUSED(small.context, SPK_ERROR_BUSY, "1 submissions", spk_session_close(small.session));
  CHECK(seconds() - start < 1);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(unexpected == 0);
  small_close(&small);
}

int main(void) {
  alarm(100); /* what waits for ever fails */
  two_ticks.ticks = 2;
  blocking_calls_meet_submissions();
  closing_meets_draining();
  closing_meets_resuming();
  return check_tally();
}
