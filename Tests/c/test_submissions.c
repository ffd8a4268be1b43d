/* Submissions take place in their order and give what blocking calls give, to a callback or to the queue. */
#include "small_network.h"

#include <pthread.h>
#include <stdint.h>

enum { STEPS = 12, TICKS = 20, CAPACITY = 256, VALUES = TICKS * 4, UNTOUCHED = 77 };

/* What one step gives. */
typedef struct outcome {
  spk_event events[CAPACITY];
  int32_t values[VALUES];
  uint32_t counts[3];
  int64_t potentials[3];
  int32_t first_spikes[3];
  spk_scores scores;
  size_t event_count, value_count;
} outcome;

static small_network small;
static uint32_t probe;
static outcome blocking[STEPS], submitted[STEPS];

static void begin(void) {
  const uint32_t recorded[] = {INPUT, HIDDEN, OUTPUT, LABEL};
  for (int i = 0; i < 4; i++) OK(small.context, spk_session_record(small.session, recorded[i], 1));
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_MEMBRANE, 0, 4, &probe));
}

static outcome *empty(outcome *one) {
  memset(one, UNTOUCHED, sizeof *one);
  one->scores = (spk_scores)SPK_SCORES_INIT;
  one->scores.capacity = 3;
  one->scores.counts = one->counts;
  one->scores.potentials = one->potentials;
  one->scores.first_spikes = one->first_spikes;
  return one;
}

static int is_untouched(const outcome *one) {
  const unsigned char *bytes = (const unsigned char *)one;
  size_t scores = offsetof(outcome, scores), i = 0;
  while (i < scores && bytes[i] == UNTOUCHED) i++;
  return i == scores && one->scores.count == 0;
}

/* The inputs of a step; each step has others, and every third is a presentation. */
static struct {
  spk_event events[2 * TICKS];
  size_t event_count;
  int16_t values[2 * TICKS];
  spk_signal signal;
  spk_run_options run;
  uint8_t intensities[3];
  spk_presentation presentation;
} input;

static int is_presentation(int step) { return step % 3 == 2; }

static void prepare(int step) {
  input.event_count = 0;
  for (uint32_t tick = 0; tick < TICKS; tick += 1 + (uint32_t)step % 2) {
    input.events[input.event_count++] = (spk_event){tick, INPUT, (tick + (uint32_t)step) % 3};
  }
  for (int i = 0; i < 2 * TICKS; i++) input.values[i] = (int16_t)((37 * i + 101 * step) % 1000 - 500);
  for (int i = 0; i < 3; i++) input.intensities[i] = (uint8_t)(255 - 40 * i - step);
  input.signal = (spk_signal){VALUE, 0, input.values};
  input.run = (spk_run_options)SPK_RUN_OPTIONS_INIT;
  input.run.ticks = TICKS;
  input.run.flags = step % 2 ? SPK_RUN_LEARN : 0;
  input.run.signal_count = 1;
  input.run.signals = &input.signal;
  input.presentation = (spk_presentation)SPK_PRESENTATION_INIT;
  input.presentation.ticks = TICKS;
  input.presentation.intensities = input.intensities;
  input.presentation.intensity_count = 3;
  input.presentation.label = step % 3;
  input.presentation.flags = SPK_RUN_LEARN;
}

static void run_blocking(void) {
  for (int step = 0; step < STEPS; step++) {
    outcome *one = empty(&blocking[step]);
    prepare(step);
    if (is_presentation(step)) {
      OK(small.context, spk_session_present(small.session, &input.presentation, &one->scores));
      OK(small.context, spk_session_read_events(small.session, one->events, CAPACITY, &one->event_count));
    } else {
      OK(small.context, spk_session_run(small.session, &input.run, input.events, input.event_count, one->events,
                                        CAPACITY, &one->event_count));
    }
    OK(small.context, spk_session_read_probe(small.session, probe, one->values, VALUES, &one->value_count));
  }
}

static void submit(int step, spk_completion_callback callback) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  outcome *one = empty(&submitted[step]);
  uint64_t ticket = 0;
  submission.callback = callback;
  submission.user = one;
  submission.events_out = one->events;
  submission.event_capacity = CAPACITY;
  submission.probe = probe;
  submission.probe_values = one->values;
  submission.probe_capacity = VALUES;
  prepare(step);
  if (is_presentation(step)) {
    OK(small.context,
       spk_session_submit_present(small.session, &input.presentation, &one->scores, &submission, &ticket));
  } else {
    OK(small.context, spk_session_submit_run(small.session, &input.run, input.events, input.event_count, &submission,
                                             &ticket));
  }
  CHECK(ticket == (uint64_t)step + 1);
  memset(&input, 0xFF, sizeof input); /* it was copied */
  memset(&submission, 0xFF, sizeof submission);
}

static int handed_over; /* steps whose completions have come */
static int later_are_untouched; /* whether later steps cannot have begun when a completion comes */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* held while steps are submitted: callbacks wait */

/* A completion that came in its turn, with what the blocking call gave. */
static void check_completion(const spk_completion *completion) {
  const outcome *mine = &submitted[handed_over], *theirs = &blocking[handed_over];
  CHECK(completion->ticket == (uint64_t)handed_over + 1 && completion->user == mine);
  CHECK(completion->session == small.session && completion->status == SPK_OK && completion->ticks == TICKS);
  CHECK(completion->struct_size == sizeof *completion && strcmp(completion->message, "") == 0);
  CHECK(completion->event_count == theirs->event_count && theirs->event_count > 0);
  CHECK(memcmp(mine->events, theirs->events, sizeof mine->events) == 0);
  CHECK(completion->probe_count == VALUES && memcmp(mine->values, theirs->values, sizeof mine->values) == 0);
  CHECK(memcmp(mine->counts, theirs->counts, sizeof mine->counts) == 0);
  CHECK(memcmp(mine->potentials, theirs->potentials, sizeof mine->potentials) == 0);
  CHECK(memcmp(mine->first_spikes, theirs->first_spikes, sizeof mine->first_spikes) == 0);
  if (is_presentation(handed_over)) {
    CHECK(mine->scores.count == 3 && mine->scores.best == theirs->scores.best);
    CHECK(completion->best == theirs->scores.best);
  }
  handed_over++;
  for (int step = handed_over; step < STEPS && later_are_untouched; step++) CHECK(is_untouched(&submitted[step]));
}

static void callback(const spk_completion *completion) {
  pthread_mutex_lock(&gate);
  check_completion(completion);
  pthread_mutex_unlock(&gate);
}

/* All steps at once; those below `callbacks` end in callbacks, the others in the queue. */
static void run_submitted(int callbacks, uint64_t expected_print) {
  spk_completion completion = SPK_COMPLETION_INIT;
  uint32_t pending = 77;
  small_reopen(&small);
  begin();
  handed_over = 0;
  pthread_mutex_lock(&gate);
  for (int step = 0; step < STEPS; step++) submit(step, step < callbacks ? callback : NULL);
  if (callbacks > 0) {
    OK(small.context, spk_session_pending(small.session, &pending));
    CHECK(pending == STEPS);
  }
  pthread_mutex_unlock(&gate);
  if (callbacks == STEPS) OK(small.context, spk_session_drain(small.session, 60000));
  for (int step = callbacks; step < STEPS; step++) {
    spk_status status = spk_context_next_completion(small.context, &completion, 60000);
    if (!CHECK(status == SPK_OK)) return;
    check_completion(&completion);
  }
  OK(small.context, spk_session_drain(small.session, 60000));
  OK(small.context, spk_session_pending(small.session, &pending));
  CHECK(pending == 0 && handed_over == STEPS);
  REFUSED(small.context, SPK_ERROR_TIMEOUT, "", spk_context_next_completion(small.context, &completion, 0));
  CHECK(small_session_print(small.session) == expected_print);
}

int main(void) {
  for (uint32_t flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
    options.flags = flags;
    small = small_open_with(&options);
    begin();
    run_blocking();
    uint64_t print = small_session_print(small.session);
    later_are_untouched = flags == SPK_CONTEXT_NO_THREADS;
    run_submitted(0, print);
    later_are_untouched = 1;
    run_submitted(STEPS, print);
    later_are_untouched = 0;
    run_submitted(STEPS / 2, print);
    small_close(&small);
  }
  return check_tally();
}
