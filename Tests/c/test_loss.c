/* A board that is gone, in the middle of whatever is done with it: each call says so, at once, and all can be closed.
 *
 *   test_loss PATH-OF-SPIKELET-BOARD */
#include "board_process.h"
#include "slow_network.h"

#include <poll.h>
#include <time.h>

enum { SUBMISSIONS = 5, LONG_TICKS = 65536, INPUTS = 3 };

static board_process board;
static small_network slow;
static uint32_t flags; /* of the contexts */
static spk_run_options all_ticks = SPK_RUN_OPTIONS_INIT, two_ticks = SPK_RUN_OPTIONS_INIT;

static void open_on_the_board(void) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  options.flags = flags;
  board_start(&board, NULL);
  slow = slow_open(&options, 60000);
}

/* Every call that needs the board gives LOST, and those that do not need it give what they ever do. */
static void later_calls_are_lost(void) {
  static int16_t weights[POOL_SIZE * POOL_SIZE];
  int32_t state = 0;
  uint32_t probe, pending = 77;
  size_t count;
  spk_counters counters = SPK_COUNTERS_INIT;
  spk_capabilities capabilities = SPK_CAPABILITIES_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  double start = seconds();
#define LOST(call) REFUSED(slow.context, SPK_ERROR_LOST, "lost", call)
  LOST(spk_session_run(slow.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  LOST(spk_session_record(slow.session, POOL, 1));
  LOST(spk_session_clear(slow.session));
  LOST(spk_session_set_enabled(slow.session, SPK_ALL, 0));
  LOST(spk_session_read_weights(slow.session, 0, weights, POOL_SIZE * POOL_SIZE, &count));
  LOST(spk_session_write_weights(slow.session, 0, weights, POOL_SIZE * POOL_SIZE));
  LOST(spk_session_read_state(slow.session, POOL, SPK_MEMBRANE, 0, &state, 1));
  LOST(spk_session_write_state(slow.session, POOL, SPK_MEMBRANE, 0, &state, 1));
  LOST(spk_session_add_probe(slow.session, POOL, SPK_MEMBRANE, 0, 1, &probe));
  LOST(spk_session_ticks(slow.session, NULL, NULL));
  LOST(spk_session_set_ticks(slow.session, 1, 1));
  LOST(spk_session_store(slow.session, slow.model));
  LOST(spk_session_snapshot(slow.session, slow.model));
  OK(slow.context, spk_session_read_events(slow.session, NULL, 0, &count));
  OK(slow.context, spk_session_pending(slow.session, &pending));
  OK(slow.context, spk_device_capabilities(slow.device, &capabilities));
  OK(slow.context, spk_device_counters(slow.device, &counters));
  CHECK(pending == 0 && capabilities.cores == 8 && capabilities.identity != 0 && counters.losses == 1);
  OK(slow.context, spk_session_submit_run(slow.session, &two_ticks, NULL, 0, NULL, NULL));
  OK(slow.context, spk_context_next_completion(slow.context, &completion, 1000));
  CHECK(completion.status == SPK_ERROR_LOST && strstr(completion.message, "lost") != NULL);
  CHECK(seconds() - start < 1);
}

static void close_at_once(void) {
  double start = seconds();
  small_close(&slow);
  CHECK(seconds() - start < 1);
}

static void lost_while_idle(void) {
  open_on_the_board();
  board_kill(&board);
  LOST(spk_session_ticks(slow.session, NULL, NULL));
  later_calls_are_lost();
  close_at_once();
  open_on_the_board();
  board_kill(&board);
  close_at_once(); /* without having noticed */
}

static void lost_in_a_blocking_run(void) {
  pthread_t thread;
  size_t count = 77;
  static spk_event events[4];
  open_on_the_board();
  CHECK(pthread_create(&thread, NULL, board_kill_soon, &board) == 0);
  double start = seconds();
  LOST(spk_session_run(slow.session, &all_ticks, NULL, 0, events, 4, &count));
  CHECK(seconds() - start < 2 && count == 77);
  CHECK(pthread_join(thread, NULL) == 0);
  board_kill(&board);
  later_calls_are_lost();
  close_at_once();
}

static double processor_seconds(void) {
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* Nothing is left to do: no descriptor is readable, and no thread works. */
static void all_is_quiet(void) {
  struct pollfd one = {-1, POLLIN, 0};
  OK(slow.context, spk_context_descriptor(slow.context, &one.fd));
  CHECK(poll(&one, 1, 0) == 0);
  double before = processor_seconds();
  pause_milliseconds(200);
  CHECK(processor_seconds() - before < 0.05);
}

/* What has ended before stays done; what is under way or waits is lost, each with a completion. */
static void lost_with_submissions(void) {
  static spk_event events[SUBMISSIONS][64];
  spk_submission submission = SPK_SUBMISSION_INIT;
  pthread_t thread;
  int lost = 0;
  open_on_the_board();
  OK(slow.context, spk_session_run(slow.session, &two_ticks, NULL, 0, NULL, 0, NULL)); /* its spikes are left unread */
  for (int i = 0; i < SUBMISSIONS; i++) {
    submission.events_out = events[i];
    submission.event_capacity = 64;
    OK(slow.context,
       spk_session_submit_run(slow.session, i == 2 ? &all_ticks : &two_ticks, NULL, 0, &submission, NULL));
  }
  CHECK(pthread_create(&thread, NULL, board_kill_soon, &board) == 0);
  double start = seconds();
  for (uint64_t i = 1; i <= SUBMISSIONS; i++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    OK(slow.context, spk_context_next_completion(slow.context, &completion, 10000));
    CHECK(completion.ticket == i);
    CHECK(completion.status == (lost > 0 || i >= 3 ? SPK_ERROR_LOST : SPK_OK));
    if (completion.status != SPK_OK) {
      lost++;
      CHECK(completion.ticks == 0 && completion.message[0] != 0);
      if (lost > 1) CHECK(completion.event_count == 0); /* spikes of an earlier run are not its own */
    }
  }
  CHECK(lost == SUBMISSIONS - 2 && seconds() - start < 3);
  CHECK(pthread_join(thread, NULL) == 0);
  board_kill(&board);
  all_is_quiet();
  later_calls_are_lost();
  close_at_once();
}

/* A submission after the loss has nothing of the run before it. */
static void nothing_is_left_of_earlier_runs(void) {
  static spk_event events[64];
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  spk_run_options some = SPK_RUN_OPTIONS_INIT;
  size_t count = 0;
  some.ticks = 40;
  open_on_the_board();
  OK(slow.context, spk_session_run(slow.session, &some, NULL, 0, NULL, 0, NULL));
  board_kill(&board);
  LOST(spk_session_ticks(slow.session, NULL, NULL));
  memset(events, 77, sizeof events);
  submission.events_out = events;
  submission.event_capacity = 64;
  OK(slow.context, spk_session_submit_run(slow.session, &two_ticks, NULL, 0, &submission, NULL));
  OK(slow.context, spk_context_next_completion(slow.context, &completion, 1000));
  CHECK(completion.status == SPK_ERROR_LOST && completion.event_count == 0 && events[0].tick == 77 * 0x01010101u);
  OK(slow.context, spk_session_read_events(slow.session, events, 64, &count));
  close_at_once();
}

/* A board that does not answer: a run has its time, the board about two seconds more to end it, and then it is lost. */
static void held_in_a_run(void) {
  static const double limit = 0.3 + 2.0;
  open_on_the_board();
  slow_reopen(&slow, 300);
  for (int submitted = 0; submitted <= 1; submitted++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    board_hold(&board);
    double start = seconds();
    if (submitted) {
      OK(slow.context, spk_session_submit_run(slow.session, &all_ticks, NULL, 0, NULL, NULL));
      OK(slow.context, spk_context_next_completion(slow.context, &completion, 10000));
      CHECK(completion.status == SPK_ERROR_TIMEOUT && strstr(completion.message, "lost") != NULL);
    } else {
      REFUSED(slow.context, SPK_ERROR_TIMEOUT, "lost",
              spk_session_run(slow.session, &all_ticks, NULL, 0, NULL, 0, NULL));
    }
    CHECK(seconds() - start >= limit - 0.01 && seconds() - start < limit + 0.5);
    if (submitted) all_is_quiet();
    later_calls_are_lost();
    close_at_once();
    board_kill(&board);
    if (submitted) return;
    open_on_the_board();
    slow_reopen(&slow, 300);
  }
}

/* Closing tells the board, which does not listen: it is given the session's time, and no more. */
static void held_while_idle(void) {
  open_on_the_board();
  slow_reopen(&slow, 300);
  board_hold(&board);
  double start = seconds();
  small_close(&slow);
  CHECK(seconds() - start < 1);
  board_kill(&board);
}

/* More than two megabytes of a run, of which a board that does not read takes a small part: nobody waits for it, neither other
 * boards nor a cancel, and once it reads again nothing was lost. */
static void held_before_a_long_request(void) {
  static spk_event events[INPUTS * LONG_TICKS];
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  spk_device *other = NULL;
  spk_session *beside = NULL;
  uint64_t ticket = 0, frozen = 0;
  options.flags = flags;
  run.ticks = LONG_TICKS;
  for (uint32_t i = 0; i < INPUTS * LONG_TICKS; i++) events[i] = (spk_event){i / INPUTS, INPUT, i % INPUTS};
  board_start(&board, NULL);
  small_network small = small_open_with(&options);
  OK(small.context, spk_device_open(small.context, "sim:", NULL, &other));
  OK(small.context, spk_session_open(other, small.model, NULL, &beside));
  board_hold(&board);
  double start = seconds();
  OK(small.context, spk_session_submit_run(small.session, &run, events, INPUTS * LONG_TICKS, NULL, &ticket));
  OK(small.context, spk_session_run(beside, &two_ticks, NULL, 0, NULL, 0, NULL));
  OK(small.context, spk_session_submit_run(beside, &two_ticks, NULL, 0, NULL, NULL));
  OK(small.context, spk_context_next_completion(small.context, &completion, 1000));
  CHECK(completion.session == beside && completion.status == SPK_OK);
  OK(small.context, spk_session_cancel(small.session, ticket));
  CHECK(seconds() - start < 1);
  board_signal(&board, SIGCONT);
  OK(small.context, spk_context_next_completion(small.context, &completion, 5000));
  CHECK(completion.session == small.session);
  CHECK(completion.status == SPK_ERROR_CANCELLED || (completion.status == SPK_OK && completion.ticks == LONG_TICKS));
  OK(small.context, spk_session_ticks(small.session, NULL, &frozen));
  CHECK(frozen == completion.ticks);
  OK(small.context, spk_session_close(beside));
  OK(small.context, spk_device_close(other));
  small_close(&small);
  board_kill(&board);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    printf("SKIP test_loss: no path of spikelet-board given\n");
    return 0;
  }
  board = board_at_fresh_place(argv[1]);
  setenv("SPIKELET_TEST_LOCATOR", board.locator, 1);
  all_ticks.ticks = SLOW_TICKS;
  two_ticks.ticks = 2;
  for (flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    lost_while_idle();
    lost_in_a_blocking_run();
    lost_with_submissions();
    nothing_is_left_of_earlier_runs();
    held_in_a_run();
    held_while_idle();
    held_before_a_long_request();
  }
  board_remove(&board);
  return check_tally();
}
