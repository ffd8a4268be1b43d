/* A context without threads, in a loop of poll(2): its descriptor is readable when there is something to do, and only then. */
#include "slow_network.h"

#include <poll.h>

static small_network slow;
static int32_t descriptor;
static int callbacks;

static int readable_within(int milliseconds) {
  struct pollfd one = {descriptor, POLLIN, 0};
  return poll(&one, 1, milliseconds) == 1;
}

static uint32_t process(uint32_t milliseconds) {
  uint32_t handled = 77;
  OK(slow.context, spk_context_process(slow.context, milliseconds, &handled));
  return handled;
}

static void count(const spk_completion *completion) { callbacks += completion->status == SPK_OK; }

static void submit(uint32_t ticks, spk_completion_callback callback) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  run.ticks = ticks;
  submission.callback = callback;
  OK(slow.context, spk_session_submit_run(slow.session, &run, NULL, 0, &submission, NULL));
}

/* Polls and processes until a submission has ended. Each time that it is readable something comes of it: a board's answer
 * of a few frames takes a few rounds, and a loop that spins takes thousands. */
static void until_one_has_ended(void) {
  int rounds = 0;
  uint32_t handled = 0;
  while (handled == 0 && CHECK(readable_within(60000))) {
    handled = process(0);
    if (++rounds > 100) break;
  }
  CHECK(handled == 1 && rounds <= 100);
}

static void nothing_to_do(void) {
  CHECK(!readable_within(0));
  CHECK(process(0) == 0);
  CHECK(!readable_within(0));
  double start = seconds();
  CHECK(process(60) == 0);
  CHECK(seconds() - start >= 0.06 && seconds() - start < 2);
}

static void callbacks_come_from_processing(void) {
  callbacks = 0;
  for (int i = 0; i < 3; i++) submit(2, count);
  CHECK(callbacks == 0);
  for (int i = 1; i <= 3; i++) {
    until_one_has_ended();
    CHECK(callbacks == i);
  }
  CHECK(!readable_within(0));
}

static void completions_wait(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  submit(2, NULL);
  submit(2, NULL);
  for (int i = 0; i < 2; i++) {
    until_one_has_ended();
    CHECK(readable_within(0));
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
    CHECK(completion.status == SPK_OK);
  }
  CHECK(!readable_within(0));
  REFUSED(slow.context, SPK_ERROR_TIMEOUT, "", spk_context_next_completion(slow.context, &completion, 0));
}

/* Next completion processes: once if it does not wait, which is all that a board in the process needs. */
static void taking_processes(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  submit(2, NULL);
  submit(2, NULL);
  if (strcmp(test_locator(), "sim:") == 0) {
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
    CHECK(readable_within(0)); /* the second has not begun */
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
  } else {
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 60000));
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 60000));
  }
  CHECK(!readable_within(0));
  submit(2, count);
  callbacks = 0;
  OK(slow.context, spk_session_drain(slow.session, 60000));
  CHECK(callbacks == 1 && !readable_within(0));
}

/* While a board behind a socket works, there is nothing to do; its answer, a cancel, and the clock are something to do. */
static void a_board_elsewhere_works(void) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  if (strcmp(test_locator(), "sim:") == 0) return;
  submit(SLOW_TICKS, NULL);
  CHECK(readable_within(0));
  CHECK(process(0) == 0);
  CHECK(!readable_within(0));
  OK(slow.context, spk_session_cancel(slow.session, SPK_EVERY_TICKET));
  CHECK(readable_within(0));
  until_one_has_ended();
  OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
  CHECK(completion.status == SPK_ERROR_CANCELLED);
  OK(slow.context, spk_session_close(slow.session));
  options.timeout_milliseconds = 100;
  OK(slow.context, spk_session_open(slow.device, slow.model, &options, &slow.session));
  submit(SLOW_TICKS, NULL);
  double start = seconds();
  until_one_has_ended();
  CHECK(seconds() - start >= 0.1 && seconds() - start < 2);
  OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
  CHECK(completion.status == SPK_ERROR_TIMEOUT && completion.ticks > 0);
  slow_reopen(&slow, 60000);
}

static int arrivals;

static void told(void *user, const char *locator, uint32_t is_present) {
  (void)user;
  arrivals += strcmp(locator, "sim:") == 0 && is_present == 1;
}

/* A watch is told of at once, and looked after by the clock. */
static void watching(void) {
  arrivals = 0;
  OK(slow.context, spk_device_watch(slow.context, "sim:", told, NULL));
  CHECK(readable_within(0) && arrivals == 0);
  CHECK(process(0) == 1 && arrivals == 1);
  CHECK(!readable_within(0));
  CHECK(readable_within(1000)); /* time to look again */
  CHECK(process(0) == 0 && arrivals == 1);
  OK(slow.context, spk_device_unwatch(slow.context, "sim:"));
  process(0);
  CHECK(!readable_within(400));
}

/* With a thread the descriptor tells of completions alone. */
static void with_a_thread(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  slow = slow_open(NULL, 60000);
  OK(slow.context, spk_context_descriptor(slow.context, &descriptor));
  CHECK(!readable_within(0));
  submit(2, count);
  OK(slow.context, spk_session_drain(slow.session, 60000));
  CHECK(!readable_within(0));
  submit(2, NULL);
  CHECK(readable_within(60000));
  OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
  CHECK(!readable_within(0));
  submit(2, NULL);
  CHECK(readable_within(60000));
  OK(slow.context, spk_session_close(slow.session)); /* with a completion that was not taken */
  CHECK(!readable_within(0));
  OK(slow.context, spk_session_open(slow.device, slow.model, NULL, &slow.session));
  small_close(&slow);
}

int main(void) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  options.flags = SPK_CONTEXT_NO_THREADS;
  slow = slow_open(&options, 60000);
  OK(slow.context, spk_context_descriptor(slow.context, &descriptor));
  nothing_to_do();
  callbacks_come_from_processing();
  completions_wait();
  taking_processes();
  a_board_elsewhere_works();
  watching();
  submit(2, NULL);
  OK(slow.context, spk_session_drain(slow.session, 60000));
  small_close(&slow); /* with a completion that was not taken */
  with_a_thread();
  return check_tally();
}
