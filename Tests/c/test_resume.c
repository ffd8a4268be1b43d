/* A board that was lost and has come again: whoever watches is told, and the session goes on from its snapshot.
 *
 *   test_resume PATH-OF-SPIKELET-BOARD */
#include "board_process.h"
#include "slow_network.h"

enum { LESSONS = 6, TICKS = 40, CAPACITY = 2048, VALUES = 4 * TICKS };

/* What the lessons after the snapshot give. */
typedef struct future {
  spk_event events[LESSONS][CAPACITY];
  size_t counts[LESSONS];
  int32_t values[LESSONS][VALUES];
  int32_t seldom[LESSONS][VALUES]; /* of every seventh tick */
  size_t seldom_counts[LESSONS];
  uint64_t print;
} future;

static board_process board;
static small_network small;
static uint32_t flags, probe, seldom; /* of the contexts; of the hidden neurons */
static future expected, found;

static void lesson(int number, spk_event *events, size_t *count) {
  const uint8_t intensities[] = {255, (uint8_t)(40 * number), (uint8_t)(255 - 30 * number)};
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  presentation.ticks = TICKS;
  presentation.intensities = intensities;
  presentation.intensity_count = 3;
  presentation.label = number % 3;
  presentation.flags = number % 3 == 2 ? 0 : SPK_RUN_LEARN;
  OK(small.context, spk_session_present(small.session, &presentation, NULL));
  OK(small.context, spk_session_read_events(small.session, events, CAPACITY, count));
}

static void go_on(future *into) {
  memset(into, 0, sizeof *into);
  for (int i = 0; i < LESSONS; i++) {
    size_t count = 0;
    lesson(i, into->events[i], &into->counts[i]);
    OK(small.context, spk_session_read_probe(small.session, probe, into->values[i], VALUES, &count));
    CHECK(count == VALUES);
    OK(small.context, spk_session_read_probe(small.session, seldom, into->seldom[i], VALUES, &into->seldom_counts[i]));
    CHECK(into->seldom_counts[i] == 5 * 4 || into->seldom_counts[i] == 6 * 4);
  }
  into->print = small_session_print(small.session);
}

static void check_future(void) {
  go_on(&found);
  CHECK(memcmp(&found, &expected, sizeof found) == 0);
  for (int i = 0; i < LESSONS; i++) CHECK(found.counts[i] > 0 && found.counts[i] < CAPACITY);
}

static void record_and_probe(void) {
  OK(small.context, spk_session_record(small.session, HIDDEN, 1));
  OK(small.context, spk_session_record(small.session, INPUT, 1));
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_MEMBRANE, 0, 4, &probe));
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_CURRENT1, 0, 4, &seldom));
  OK(small.context, spk_session_set_probe_period(small.session, seldom, 7));
}

/* A session that has learnt, has taken a snapshot and knows what comes after it. */
static void open_and_learn(void) {
  static spk_event events[CAPACITY];
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  size_t count;
  options.flags = flags;
  board_start(&board, NULL);
  small = small_open_with(&options);
  record_and_probe();
  for (int i = 0; i < LESSONS; i++) lesson(i, events, &count);
  OK(small.context, spk_session_snapshot(small.session, small.model));
  go_on(&expected);
}

static uint32_t losses(void) {
  spk_counters counters = SPK_COUNTERS_INIT;
  OK(small.context, spk_device_counters(small.device, &counters));
  return counters.losses;
}

static void lost_while_idle(void) {
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  open_and_learn();
  board_kill(&board);
  REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_ticks(small.session, NULL, NULL));
  CHECK(losses() == 1);
  report.learning_ticks = 77;
  for (int i = 0; i < 3; i++) {
    REFUSED(small.context, SPK_ERROR_NOT_FOUND, board.locator,
            spk_session_resume(small.session, small.model, &report));
    REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_clear(small.session));
  }
  CHECK(losses() == 1 && report.learning_ticks == 77);
  board_start(&board, NULL);
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  CHECK(report.was_lost == 1 && report.uncertain == 0 && report.reserved == 0);
  CHECK(report.learning_ticks == 4 * TICKS && report.frozen_ticks == 2 * TICKS); /* the future that was undone */
  check_future();
  board_kill(&board);
  board_start(&board, NULL);
  REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_clear(small.session));
  OK(small.context, spk_session_resume(small.session, small.model, NULL));
  CHECK(losses() == 2);
  check_future();
  small_close(&small);
  board_kill(&board);
}

/* Ticks of the run that was under way are nobody's: the report says that it does not know. */
static void lost_in_a_run(int submitted) {
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  spk_run_options all_ticks = SPK_RUN_OPTIONS_INIT;
  pthread_t thread;
  all_ticks.ticks = SLOW_TICKS;
  open_and_learn();
  OK(small.context, spk_session_restore(small.session, small.model));
  CHECK(pthread_create(&thread, NULL, board_kill_soon, &board) == 0);
  if (submitted) {
    spk_completion completion = SPK_COMPLETION_INIT;
    OK(small.context, spk_session_submit_run(small.session, &all_ticks, NULL, 0, NULL, NULL));
    OK(small.context, spk_context_next_completion(small.context, &completion, 10000));
    CHECK(completion.status == SPK_ERROR_LOST);
  } else {
    REFUSED(small.context, SPK_ERROR_LOST, "",
            spk_session_run(small.session, &all_ticks, NULL, 0, NULL, 0, NULL));
  }
  CHECK(pthread_join(thread, NULL) == 0);
  board_kill(&board);
  board_start(&board, NULL);
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  CHECK(report.was_lost == 1 && report.uncertain == 1 && report.learning_ticks == 0 && report.frozen_ticks == 0);
  check_future();
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  CHECK(report.was_lost == 0 && report.uncertain == 0);
  CHECK(report.learning_ticks == 4 * TICKS && report.frozen_ticks == 2 * TICKS);
  check_future();
  small_close(&small);
  board_kill(&board);
}

/* A board that stood still and goes on: the host has given it up, and takes it again. */
static void held_and_let_go(void) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  options.timeout_milliseconds = 200;
  open_and_learn();
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_session_open(small.device, small.model, &options, &small.session));
  record_and_probe();
  board_hold(&board);
  REFUSED(small.context, SPK_ERROR_TIMEOUT, "", spk_session_clear(small.session));
  REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_clear(small.session));
  double start = seconds();
  REFUSED(small.context, SPK_ERROR_TIMEOUT, "", spk_session_resume(small.session, small.model, &report));
  CHECK(seconds() - start < 2);
  board_signal(&board, SIGCONT);
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  CHECK(report.was_lost == 1);
  check_future();
  small_close(&small);
  board_kill(&board);
}

static int changes[2]; /* times that the board had gone, and come; read and written atomically */

static void told(void *user, const char *locator, uint32_t is_present) {
  int known = user == &board && strcmp(locator, board.locator) == 0 && is_present <= 1;
  if (known) __atomic_add_fetch(&changes[is_present], 1, __ATOMIC_ACQ_REL);
}

/* Whether it is told within a second that the board has gone (0) or come (1) `count` times in all. */
static int is_told(uint32_t is_present, int count) {
  for (double start = seconds(); seconds() - start < 1; pause_milliseconds(5)) {
    if (flags == SPK_CONTEXT_NO_THREADS) OK(small.context, spk_context_process(small.context, 50, NULL));
    if (__atomic_load_n(&changes[is_present], __ATOMIC_ACQUIRE) >= count) break;
  }
  return __atomic_load_n(&changes[is_present], __ATOMIC_ACQUIRE) == count;
}

static void watched(void) {
  spk_board boards[2];
  size_t count = 0;
  changes[0] = changes[1] = 0;
  open_and_learn();
  OK(small.context, spk_device_watch(small.context, board.locator, told, &board));
  CHECK(is_told(1, 1) && changes[0] == 0);
  OK(small.context, spk_device_list(small.context, boards, 2, &count));
  CHECK(count == 2 && strcmp(boards[1].locator, board.locator) == 0 && boards[1].is_present == 1);
  board_kill(&board);
  CHECK(is_told(0, 1));
  OK(small.context, spk_device_list(small.context, boards, 2, &count));
  CHECK(count == 2 && boards[1].is_present == 0);
  board_start(&board, NULL);
  CHECK(is_told(1, 2));
  REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_clear(small.session));
  OK(small.context, spk_session_resume(small.session, small.model, NULL));
  check_future(); /* with the watch looking at the board that is in use */
  CHECK(is_told(1, 2));
  OK(small.context, spk_device_unwatch(small.context, board.locator));
  board_kill(&board);
  pause_milliseconds(500);
  CHECK(is_told(0, 1));
  small_close(&small);
}

/* On a board that is too small the session stays lost, and is then resumed on one that is not. */
static void on_another_board(void) {
  spk_run_options two_ticks = SPK_RUN_OPTIONS_INIT;
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  spk_capabilities capabilities = SPK_CAPABILITIES_INIT;
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  options.flags = flags;
  two_ticks.ticks = 2;
  board_start(&board, NULL);
  small = slow_open(&options, 10000);
  OK(small.context, spk_session_run(small.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  OK(small.context, spk_session_snapshot(small.session, small.model));
  uint64_t print = slow_print(small.session);
  board_kill(&board);
  board_start(&board, "1"); /* core */
  REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_clear(small.session));
  for (int i = 0; i < 3; i++) {
    REFUSED(small.context, SPK_ERROR_DOES_NOT_FIT, "", spk_session_resume(small.session, small.model, &report));
    CHECK(losses() == 1); /* the link is well: it is the same loss */
  }
  REFUSED(small.context, SPK_ERROR_LOST, "", spk_session_run(small.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  board_kill(&board);
  board_start(&board, "9");
  OK(small.context, spk_session_resume(small.session, small.model, &report));
  CHECK(report.was_lost == 1 && slow_print(small.session) == print);
  OK(small.context, spk_device_capabilities(small.device, &capabilities));
  CHECK(capabilities.cores == 9);
  small_close(&small);
  board_kill(&board);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    printf("SKIP test_resume: no path of spikelet-board given\n");
    return 0;
  }
  board = board_at_fresh_place(argv[1]);
  setenv("SPIKELET_TEST_LOCATOR", board.locator, 1);
  for (flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    lost_while_idle();
    lost_in_a_run(0);
    lost_in_a_run(1);
    held_and_let_go();
    watched();
    on_another_board();
  }
  board_remove(&board);
  return check_tally();
}
