/* Waiting for submissions, what is busy meanwhile, and callbacks that call back in. */
#include "slow_network.h"

static small_network slow;
static uint32_t flags; /* of the contexts */
static spk_run_options all_ticks = SPK_RUN_OPTIONS_INIT, two_ticks = SPK_RUN_OPTIONS_INIT;

static void open_slow(void) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  options.flags = flags;
  slow = slow_open(&options, 60000);
}

static void submit(const spk_run_options *run, spk_completion_callback callback) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  submission.callback = callback;
  OK(slow.context, spk_session_submit_run(slow.session, run, NULL, 0, &submission, NULL));
}

static uint32_t pending(void) {
  uint32_t count = 77;
  OK(slow.context, spk_session_pending(slow.session, &count));
  return count;
}

static void nothing(const spk_completion *completion) { (void)completion; }

static void drains(void) {
  open_slow();
  OK(slow.context, spk_session_drain(slow.session, 0));
  submit(flags == 0 ? &all_ticks : &two_ticks, nothing);
  if (flags == 0) {
    double start = seconds();
    REFUSED(slow.context, SPK_ERROR_TIMEOUT, "1 submissions", spk_session_drain(slow.session, 0));
    REFUSED(slow.context, SPK_ERROR_TIMEOUT, "60 ms", spk_session_drain(slow.session, 60));
    CHECK(seconds() - start >= 0.06 && seconds() - start < 2);
    CHECK(pending() == 1);
    OK(slow.context, spk_session_cancel(slow.session, SPK_EVERY_TICKET));
  }
  submit(&two_ticks, NULL);
  OK(slow.context, spk_session_drain(slow.session, 60000));
  CHECK(pending() == 0);
  small_close(&slow);
}

/* Whatever needs the board alone is refused while it works for submissions, and changes nothing. */
static void all_else_is_busy(void) {
  static int16_t weights[POOL_SIZE * POOL_SIZE];
  static const uint8_t none[1];
  int32_t state = 0;
  uint32_t probe;
  size_t count;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.intensities = none;
  open_slow();
  submit(flags == 0 ? &all_ticks : &two_ticks, NULL);
  submit(&two_ticks, NULL);
#define BUSY(call) REFUSED(slow.context, SPK_ERROR_BUSY, "", call)
  BUSY(spk_session_run(slow.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  BUSY(spk_session_present(slow.session, &presentation, NULL));
  BUSY(spk_session_read_events(slow.session, NULL, 0, &count));
  BUSY(spk_session_record(slow.session, POOL, 1));
  BUSY(spk_session_clear(slow.session));
  BUSY(spk_session_set_enabled(slow.session, SPK_ALL, 0));
  BUSY(spk_session_set_learning(slow.session, SPK_ALL, 0));
  BUSY(spk_session_set_rate(slow.session, SPK_ALL, 0));
  BUSY(spk_session_read_weights(slow.session, 0, weights, POOL_SIZE * POOL_SIZE, &count));
  BUSY(spk_session_write_weights(slow.session, 0, weights, POOL_SIZE * POOL_SIZE));
  BUSY(spk_session_read_state(slow.session, POOL, SPK_MEMBRANE, 0, &state, 1));
  BUSY(spk_session_write_state(slow.session, POOL, SPK_MEMBRANE, 0, &state, 1));
  BUSY(spk_session_add_probe(slow.session, POOL, SPK_MEMBRANE, 0, 1, &probe));
  BUSY(spk_session_ticks(slow.session, NULL, NULL));
  BUSY(spk_session_set_ticks(slow.session, 1, 1));
  BUSY(spk_session_store(slow.session, slow.model));
  BUSY(spk_session_snapshot(slow.session, slow.model));
  BUSY(spk_session_restore(slow.session, slow.model));
  BUSY(spk_session_resume(slow.session, slow.model, NULL));
  BUSY(spk_session_close(slow.session));
  BUSY(spk_device_close(slow.device));
  BUSY(spk_context_close(slow.context));
  CHECK(pending() >= 1); /* the second may not be there yet */
  if (flags == 0) OK(slow.context, spk_session_cancel(slow.session, 1));
  OK(slow.context, spk_session_drain(slow.session, 60000));
  for (int i = 0; i < 2; i++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 0));
    CHECK(completion.status == (flags == 0 && i == 0 ? SPK_ERROR_CANCELLED : SPK_OK));
  }
  small_close(&slow);
}

static int calls; /* of the callback below */

/* Each of the first five submits the next one. */
static void submits_again(const spk_completion *completion) {
  CHECK(completion->status == SPK_OK && completion->ticket == (uint64_t)++calls);
  if (calls < 5) submit(&two_ticks, submits_again);
}

/* The session's own callback may do what is busy for others; the next submission waits meanwhile. */
static void calls_back_in(const spk_completion *completion) {
  spk_completion other = SPK_COMPLETION_INIT;
  uint64_t frozen = 0;
  uint32_t handled;
  calls++;
  CHECK(completion->status == SPK_OK);
  OK(slow.context, spk_session_ticks(slow.session, NULL, &frozen));
  CHECK(frozen == 2);
  OK(slow.context, spk_session_run(slow.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  OK(slow.context, spk_session_ticks(slow.session, NULL, &frozen));
  CHECK(frozen == 4);
  CHECK(pending() >= 1); /* the second may not be there yet */
#define ILLEGAL(call) REFUSED(slow.context, SPK_ERROR_STATE, "callback", call)
  ILLEGAL(spk_session_drain(slow.session, 10000));
  ILLEGAL(spk_context_next_completion(slow.context, &other, 10000));
  ILLEGAL(spk_context_process(slow.context, 0, &handled));
  REFUSED(NULL, SPK_ERROR_STATE, "callback", spk_session_close(slow.session));
  REFUSED(NULL, SPK_ERROR_STATE, "callback", spk_model_close(slow.model));
  REFUSED(NULL, SPK_ERROR_STATE, "callback", spk_device_close(slow.device));
  REFUSED(NULL, SPK_ERROR_STATE, "callback", spk_context_close(slow.context));
  OK(NULL, spk_session_close(NULL));
}

static void callbacks_call(void) {
  uint64_t frozen = 0;
  open_slow();
  calls = 0;
  submit(&two_ticks, submits_again);
  double start = seconds();
  while (calls < 5 && seconds() - start < 10) OK(slow.context, spk_session_drain(slow.session, 60000));
  CHECK(calls == 5);
  slow_reopen(&slow, 60000);
  calls = 0;
  submit(&two_ticks, calls_back_in);
  submit(&two_ticks, nothing);
  OK(slow.context, spk_session_drain(slow.session, 60000));
  CHECK(calls == 1);
  OK(slow.context, spk_session_ticks(slow.session, NULL, &frozen));
  CHECK(frozen == 6);
  small_close(&slow);
}

int main(void) {
  all_ticks.ticks = SLOW_TICKS;
  two_ticks.ticks = 2;
  for (flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    drains();
    all_else_is_busy();
    callbacks_call();
  }
  return check_tally();
}
