/* Probes that see one tick of several: the same ticks however they are cut into runs, and after a snapshot. */
#include "small_network.h"

enum { TICKS = 60, NEURONS = 4, VALUES = TICKS * NEURONS, LEARNING = 5, FROZEN = 3 };

static small_network small;
static uint32_t probe;
static int32_t every_tick[VALUES]; /* what a probe of each tick sees */

/* Runs some ticks of a stimulus that goes on from `first`. */
static spk_run_options ticks_from(uint32_t first, uint32_t ticks, spk_event *events, size_t *count) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = ticks;
  *count = 0;
  for (uint32_t tick = 0; tick < ticks; tick++) {
    if ((first + tick) % 3 != 0) events[(*count)++] = (spk_event){tick, INPUT, (first + tick) % 2};
  }
  return run;
}

static size_t run_ticks(uint32_t first, uint32_t ticks, int32_t *values) {
  spk_event events[TICKS];
  size_t count;
  spk_run_options run = ticks_from(first, ticks, events, &count);
  OK(small.context, spk_session_run(small.session, &run, events, count, NULL, 0, NULL));
  OK(small.context, spk_session_read_probe(small.session, probe, values, VALUES, &count));
  return count;
}

/* To the same state and the same number of ticks. */
static void start_over(uint32_t period) {
  OK(small.context, spk_session_clear(small.session));
  OK(small.context, spk_session_set_ticks(small.session, LEARNING, FROZEN));
  OK(small.context, spk_session_set_probe_period(small.session, probe, period));
}

/* The values of the ticks that a probe of this period sees, of all or of the first ones. */
static size_t expect(uint32_t period, uint32_t ticks, int32_t *values) {
  size_t count = 0;
  for (uint32_t tick = 0; tick < ticks; tick++) {
    if ((LEARNING + FROZEN + tick + 1) % period != 0) continue;
    memcpy(values + count, every_tick + tick * NEURONS, NEURONS * sizeof values[0]);
    count += NEURONS;
  }
  return count;
}

static void ticks_cut_anyhow(uint32_t period) {
  const uint32_t pieces[] = {1, 1, 1, 13, 1, 20, 23};
  int32_t expected[VALUES], values[VALUES];
  size_t count = 0, expected_count = expect(period, TICKS, expected);
  start_over(period);
  CHECK(run_ticks(0, TICKS, values) == expected_count && memcmp(values, expected, expected_count * sizeof values[0]) == 0);
  start_over(period);
  uint32_t tick = 0;
  for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; tick += pieces[i++]) {
    count += run_ticks(tick, pieces[i], values + count);
  }
  CHECK(tick == TICKS && count == expected_count && memcmp(values, expected, count * sizeof values[0]) == 0);
}

static void presented_ticks(void) {
  const uint8_t intensities[3] = {255, 255, 255};
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  int32_t values[VALUES];
  size_t count = 77;
  presentation.ticks = 9;
  presentation.intensities = intensities;
  presentation.intensity_count = 3;
  start_over(4);
  OK(small.context, spk_session_present(small.session, &presentation, NULL));
  OK(small.context, spk_session_read_probe(small.session, probe, values, VALUES, &count));
  CHECK(count == 2 * NEURONS); /* ticks 12 and 16 of 9 .. 17 */
}

static void submitted_ticks(void) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_event events[TICKS];
  int32_t expected[VALUES], values[VALUES];
  uint32_t tick = 0;
  size_t count = 0;
  submission.probe = probe;
  start_over(7);
  for (int i = 0; i < 3; i++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    size_t event_count;
    spk_run_options run = ticks_from(tick, 20, events, &event_count);
    submission.probe_values = values + count;
    submission.probe_capacity = VALUES - count;
    OK(small.context, spk_session_submit_run(small.session, &run, events, event_count, &submission, NULL));
    OK(small.context, spk_context_next_completion(small.context, &completion, 10000));
    CHECK(completion.status == SPK_OK && completion.ticks == 20);
    count += completion.probe_count;
    tick += 20;
  }
  CHECK(count == expect(7, TICKS, expected) && memcmp(values, expected, count * sizeof values[0]) == 0);
}

/* A session that goes back sees from there on what it saw, whatever it did meanwhile. */
static void after_a_snapshot(void) {
  int32_t expected[VALUES], values[VALUES];
  spk_model *model = small_model(small.context);
  size_t before = expect(7, 16, values), count = expect(7, TICKS, expected) - before;
  start_over(7);
  run_ticks(0, 16, values);
  OK(small.context, spk_session_snapshot(small.session, model));
  for (int i = 0; i < 3; i++) {
    CHECK(run_ticks(16, TICKS - 16, values) == count && memcmp(values, expected + before, count * sizeof values[0]) == 0);
    run_ticks(0, 3, values);
    OK(small.context, i == 0 ? spk_session_restore(small.session, model)
                             : spk_session_resume(small.session, model, NULL));
  }
  OK(small.context, spk_model_close(model));
}

int main(void) {
  small = small_open();
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_MEMBRANE, 0, NEURONS, &probe));
  start_over(1);
  CHECK(run_ticks(0, TICKS, every_tick) == VALUES);
  const uint32_t periods[] = {1, 2, 3, 7, 8, 9, 60, 68, 69, 65536};
  for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) ticks_cut_anyhow(periods[i]);
  presented_ticks();
  submitted_ticks();
  after_a_snapshot();
  small_close(&small);
  return check_tally();
}
