/* Runs that end early, by a cancel or by the clock: they say after how many ticks, and the session goes on from there. */
#include "slow_network.h"

static small_network slow;
static spk_event events[SLOW_EVENTS], expected[SLOW_EVENTS];
static spk_run_options all_ticks = SPK_RUN_OPTIONS_INIT;
static uint32_t flags; /* of the contexts */

static small_network open_slow(uint32_t timeout) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  options.flags = flags;
  return slow_open(&options, timeout);
}

static spk_completion take(void) {
  spk_completion completion = SPK_COMPLETION_INIT;
  OK(slow.context, spk_context_next_completion(slow.context, &completion, 60000));
  return completion;
}

/* Whether a fresh session that runs so many ticks at once, and then five, gives the spikes and ends as this one did.
 * The session that was interrupted has had its five. */
static void as_a_run_of(uint32_t ticks, size_t count) {
  spk_run_options shorter = SPK_RUN_OPTIONS_INIT, five = SPK_RUN_OPTIONS_INIT;
  size_t expected_count = 0;
  five.ticks = 5;
  OK(slow.context, spk_session_run(slow.session, &five, NULL, 0, NULL, 0, NULL));
  uint64_t print = slow_print(slow.session);
  if (!CHECK(ticks >= 1 && ticks < SLOW_TICKS)) return;
  shorter.ticks = ticks;
  slow_reopen(&slow, 60000);
  OK(slow.context, spk_session_run(slow.session, &shorter, NULL, 0, expected, SLOW_EVENTS, &expected_count));
  CHECK(count == expected_count && count > 0 && memcmp(events, expected, count * sizeof events[0]) == 0);
  OK(slow.context, spk_session_run(slow.session, &five, NULL, 0, NULL, 0, NULL));
  CHECK(slow_print(slow.session) == print);
}

/* The number that a sentence of an ended run has: "… : N of 65536 ticks took place, …". */
static uint32_t ticks_told(const char *sentence) {
  const char *end = strstr(sentence, " of 65536 ticks took place");
  uint32_t number = 0, place = 1;
  while (end != NULL && end > sentence && end[-1] >= '0' && end[-1] <= '9') {
    number += place * (uint32_t)(*--end - '0');
    place *= 10;
  }
  return number;
}

static uint64_t frozen_ticks(void) {
  uint64_t frozen = 0;
  OK(slow.context, spk_session_ticks(slow.session, NULL, &frozen));
  return frozen;
}

static void a_blocking_run_times_out(void) {
  size_t count = 77;
  slow = open_slow(80);
  double start = seconds();
  REFUSED(slow.context, SPK_ERROR_TIMEOUT, "the session goes on",
          spk_session_run(slow.session, &all_ticks, NULL, 0, events, SLOW_EVENTS, &count));
  CHECK(seconds() - start >= 0.08 && seconds() - start < 2);
  uint32_t ticks = ticks_told(spk_context_message(slow.context));
  CHECK(ticks == frozen_ticks());
  as_a_run_of(ticks, count);
  small_close(&slow);
}

/* Each submission has the time of the session for itself: the second is not late because the first was. */
static void submissions_time_out(void) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_run_options one_tick = SPK_RUN_OPTIONS_INIT;
  slow = open_slow(80);
  submission.events_out = events;
  submission.event_capacity = SLOW_EVENTS;
  OK(slow.context, spk_session_submit_run(slow.session, &all_ticks, NULL, 0, &submission, NULL));
  OK(slow.context, spk_session_submit_run(slow.session, &one_tick, NULL, 0, NULL, NULL));
  spk_completion first = take();
  CHECK(first.status == SPK_ERROR_TIMEOUT && ticks_told(first.message) == first.ticks);
  spk_completion second = take();
  CHECK(second.status == SPK_OK && second.ticks == 1);
  CHECK(frozen_ticks() == first.ticks + 1);
  slow_reopen(&slow, 80);
  OK(slow.context, spk_session_submit_run(slow.session, &all_ticks, NULL, 0, &submission, NULL));
  first = take();
  CHECK(first.status == SPK_ERROR_TIMEOUT);
  as_a_run_of(first.ticks, first.event_count);
  small_close(&slow);
}

/* Cancels what the session has on its way, a while after it was started. */
static void *cancel_soon(void *ticket) {
  pause_milliseconds(80);
  return spk_session_cancel(slow.session, *(const uint64_t *)ticket) == SPK_OK ? ticket : NULL;
}

static void cancel_under_way(void) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  uint64_t ticket;
  pthread_t thread;
  void *done = NULL;
  slow = open_slow(60000);
  submission.events_out = events;
  submission.event_capacity = SLOW_EVENTS;
  OK(slow.context, spk_session_submit_run(slow.session, &all_ticks, NULL, 0, &submission, &ticket));
  CHECK(pthread_create(&thread, NULL, cancel_soon, &ticket) == 0);
  double start = seconds();
  spk_completion completion = take();
  CHECK(seconds() - start < 5);
  CHECK(pthread_join(thread, &done) == 0 && done == &ticket);
  CHECK(completion.status == SPK_ERROR_CANCELLED && ticks_told(completion.message) == completion.ticks);
  CHECK(frozen_ticks() == completion.ticks);
  REFUSED(slow.context, SPK_ERROR_NOT_FOUND, "1", spk_session_cancel(slow.session, ticket));
  as_a_run_of(completion.ticks, completion.event_count);
  small_close(&slow);
}

static void cancel_a_blocking_run(void) {
  uint64_t every = SPK_EVERY_TICKET;
  pthread_t thread;
  void *done = NULL;
  size_t count = 77;
  slow = open_slow(60000);
  CHECK(pthread_create(&thread, NULL, cancel_soon, &every) == 0);
  double start = seconds();
  REFUSED(slow.context, SPK_ERROR_CANCELLED, "the session goes on",
          spk_session_run(slow.session, &all_ticks, NULL, 0, events, SLOW_EVENTS, &count));
  CHECK(seconds() - start < 5);
  uint32_t ticks = ticks_told(spk_context_message(slow.context));
  CHECK(pthread_join(thread, &done) == 0 && done == &every);
  CHECK(ticks == frozen_ticks());
  as_a_run_of(ticks, count); /* the cancel is over: five ticks more are not cancelled */
  small_close(&slow);
}

/* Of three that wait, the one in the middle is cancelled; then all of three. Nothing moves before it is processed. */
static void cancel_what_waits(void) {
  spk_run_options two = SPK_RUN_OPTIONS_INIT;
  spk_submission submission = SPK_SUBMISSION_INIT;
  uint64_t ticket[4] = {0};
  two.ticks = 2;
  submission.events_out = events;
  submission.event_capacity = SLOW_EVENTS;
  slow = open_slow(60000);
  for (int i = 1; i <= 3; i++) {
    OK(slow.context, spk_session_submit_run(slow.session, &two, NULL, 0, &submission, &ticket[i]));
  }
  OK(slow.context, spk_session_cancel(slow.session, ticket[2]));
  for (int i = 1; i <= 3; i++) {
    spk_completion completion = take();
    CHECK(completion.ticket == ticket[i] && completion.status == (i == 2 ? SPK_ERROR_CANCELLED : SPK_OK));
    CHECK(completion.ticks == (i == 2 ? 0 : 2) && (i != 2 || completion.event_count == 0));
    if (i == 2) CHECK(strstr(completion.message, "before it began") != NULL);
  }
  CHECK(frozen_ticks() == 4);
  uint64_t before = slow_print(slow.session);
  for (int i = 1; i <= 3; i++) OK(slow.context, spk_session_submit_run(slow.session, &two, NULL, 0, NULL, NULL));
  OK(slow.context, spk_session_cancel(slow.session, SPK_EVERY_TICKET));
  for (int i = 1; i <= 3; i++) CHECK(take().status == SPK_ERROR_CANCELLED);
  CHECK(slow_print(slow.session) == before);
  small_close(&slow);
}

/* One under way and two behind it: one ticket behind is cancelled, then the one under way; the last takes place. */
static void cancel_one_of_many(void) {
  spk_run_options two = SPK_RUN_OPTIONS_INIT;
  two.ticks = 2;
  slow = open_slow(60000);
  OK(slow.context, spk_session_submit_run(slow.session, &all_ticks, NULL, 0, NULL, NULL));
  OK(slow.context, spk_session_submit_run(slow.session, &two, NULL, 0, NULL, NULL));
  OK(slow.context, spk_session_submit_run(slow.session, &two, NULL, 0, NULL, NULL));
  pause_milliseconds(40);
  OK(slow.context, spk_session_cancel(slow.session, 2));
  pause_milliseconds(40);
  OK(slow.context, spk_session_cancel(slow.session, 1));
  spk_completion first = take(), second = take(), third = take();
  CHECK(first.ticket == 1 && first.status == SPK_ERROR_CANCELLED && first.ticks > 0 && first.ticks < SLOW_TICKS);
  CHECK(second.ticket == 2 && second.status == SPK_ERROR_CANCELLED && second.ticks == 0);
  CHECK(third.ticket == 3 && third.status == SPK_OK && third.ticks == 2);
  CHECK(frozen_ticks() == first.ticks + 2);
  small_close(&slow);
}

enum { PIXELS = 30, CLASSES = 4 };

/* The scores of a presentation. */
typedef struct score {
  uint32_t counts[CLASSES];
  int64_t potentials[CLASSES];
  int32_t first_spikes[CLASSES];
  spk_scores scores;
} score;

static score presented;
static uint8_t pixels[PIXELS];

static void point(score *score) {
  spk_scores scores = SPK_SCORES_INIT;
  memset(score, 77, sizeof *score);
  score->scores = scores;
  score->scores.capacity = CLASSES;
  score->scores.counts = score->counts;
  score->scores.potentials = score->potentials;
  score->scores.first_spikes = score->first_spikes;
  score->scores.count = score->scores.best = 77;
}

static spk_presentation presentation_of(uint32_t ticks) {
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  for (int i = 0; i < PIXELS; i++) pixels[i] = (uint8_t)(255 - 3 * i);
  presentation.ticks = ticks;
  presentation.intensities = pixels;
  presentation.intensity_count = PIXELS;
  return presentation;
}

/* A session on a classifier whose ticks take long, in the place of that on the network.
 * timeout: in milliseconds */
static void open_classifier(uint32_t timeout) {
  const uint32_t layers[] = {PIXELS, 10 * POOL_SIZE, CLASSES};
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  slow = open_slow(timeout);
  OK(slow.context, spk_model_close(slow.model));
  options.layer_count = 3;
  options.layer_sizes = layers;
  OK(slow.context, spk_model_build_erbp(slow.context, &options, &slow.model));
  slow_reopen(&slow, timeout);
}

/* Whether `presented` is what a presentation of so many ticks gives to a fresh session. */
static void as_a_presentation_of(uint32_t ticks) {
  static score whole;
  spk_presentation shorter = presentation_of(ticks);
  if (!CHECK(ticks >= 1 && ticks < SLOW_TICKS)) return;
  point(&whole);
  slow_reopen(&slow, 60000);
  OK(slow.context, spk_session_present(slow.session, &shorter, &whole.scores));
  CHECK(memcmp(presented.counts, whole.counts, sizeof whole.counts) == 0);
  CHECK(memcmp(presented.potentials, whole.potentials, sizeof whole.potentials) == 0);
  CHECK(memcmp(presented.first_spikes, whole.first_spikes, sizeof whole.first_spikes) == 0);
  CHECK(presented.scores.count == CLASSES && presented.scores.best == whole.scores.best);
}

static void presentations_end_early(void) {
  spk_presentation all = presentation_of(SLOW_TICKS);
  open_classifier(80);
  point(&presented);
  REFUSED(slow.context, SPK_ERROR_TIMEOUT, "the session goes on",
          spk_session_present(slow.session, &all, &presented.scores));
  as_a_presentation_of(ticks_told(spk_context_message(slow.context)));
  slow_reopen(&slow, 80);
  point(&presented);
  OK(slow.context, spk_session_submit_present(slow.session, &all, &presented.scores, NULL, NULL));
  spk_completion completion = take();
  CHECK(completion.status == SPK_ERROR_TIMEOUT && completion.best == presented.scores.best);
  as_a_presentation_of(completion.ticks);
  /* What did not begin has no scores. */
  if (flags == SPK_CONTEXT_NO_THREADS) {
    point(&presented);
    OK(slow.context, spk_session_submit_present(slow.session, &all, &presented.scores, NULL, NULL));
    OK(slow.context, spk_session_cancel(slow.session, SPK_EVERY_TICKET));
    CHECK(take().status == SPK_ERROR_CANCELLED);
    CHECK(presented.scores.count == 77 && presented.scores.best == 77 && presented.counts[0] == 77 * 0x01010101);
  }
  small_close(&slow);
}

int main(void) {
  all_ticks.ticks = SLOW_TICKS;
  for (flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    a_blocking_run_times_out();
    submissions_time_out();
    cancel_under_way();
    cancel_a_blocking_run();
    if (flags == SPK_CONTEXT_NO_THREADS) cancel_what_waits();
    if (flags == 0) cancel_one_of_many();
    presentations_end_early();
  }
  return check_tally();
}
