/* Physical units: signals and held values become counts, probes and state come back in units, by the scale that a population
 * states; a step in units allocates nothing. */
#include "failing_allocations.h"

#include <unistd.h>

enum { COMMAND, PLAIN, TWIN, OUT, TICKS = 6, NEURONS = 2, VALUES = TICKS * NEURONS };
enum { COMMAND_SCALE = 4, OUT_SCALE = 500, LIMIT = 2000 };

static spk_context *context;
static spk_device *device;
static spk_model *model;
static spk_session *session;
static uint32_t probe;

/* Three analogue populations onto the membranes of a read-out, which keeps nothing: V = 3 · command + plain + twin of the tick before. */
static spk_model *make_model(uint32_t command_scale) {
  const int16_t threes[NEURONS] = {3, 3}, ones[NEURONS] = {1, 1};
  const char *names[] = {"command", "plain", "twin"};
  spk_model *made = NULL;
  spk_population value = SPK_POPULATION_INIT, out = SPK_POPULATION_INIT;
  OK(context, spk_model_create(context, "units", &made));
  value.kind = SPK_ANALOGUE;
  value.neuron_count = out.neuron_count = NEURONS;
  value.value_limit = LIMIT;
  for (uint32_t i = COMMAND; i <= TWIN; i++) {
    value.counts_per_unit = i == PLAIN ? 0 : command_scale;
    OK(context, spk_model_add_population(made, names[i], &value, NULL));
  }
  out.reads_out = 1;
  out.counts_per_unit = OUT_SCALE;
  OK(context, spk_model_add_population(made, "out", &out, NULL));
  for (uint32_t i = COMMAND; i <= TWIN; i++) {
    spk_projection projection = SPK_PROJECTION_INIT;
    projection.source = i;
    projection.target = OUT;
    projection.compartment = SPK_MEMBRANE;
    projection.connectivity = SPK_ONE_TO_ONE;
    OK(context, spk_model_add_projection(made, names[i], &projection, NULL));
    OK(context, spk_model_set_weights(made, i, i == COMMAND ? threes : ones, NEURONS));
  }
  return made;
}

static spk_model *through_a_file(spk_model *saved) {
  char path[] = "/tmp/spikelet-XXXXXX";
  spk_model *loaded = NULL;
  int file = mkstemp(path);
  if (!CHECK(file >= 0)) return NULL;
  close(file);
  OK(context, spk_model_save_file(saved, path));
  OK(context, spk_model_load_file(context, path, &loaded));
  CHECK(unlink(path) == 0);
  return loaded;
}

/* The scale is read back, from the model and from its file. */
static void scales_are_kept(void) {
  spk_model *loaded = through_a_file(model);
  spk_model *const both[] = {model, loaded};
  const uint32_t scales[] = {COMMAND_SCALE, 0, COMMAND_SCALE, OUT_SCALE};
  for (int i = 0; i < 2; i++) {
    for (uint32_t population = COMMAND; population <= OUT; population++) {
      spk_population found = SPK_POPULATION_INIT;
      found.counts_per_unit = 77;
      OK(context, spk_model_get_population(both[i], population, &found, NULL));
      CHECK(found.counts_per_unit == scales[population]);
    }
  }
  OK(context, spk_model_close(loaded));
}

static spk_run_options cleared_run(const spk_signal *signals, uint32_t count, const spk_unit_signal *units,
                                   size_t unit_count) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = TICKS;
  run.flags = SPK_RUN_CLEAR;
  run.signals = signals;
  run.signal_count = count;
  run.unit_signals = units;
  run.unit_signal_count = unit_count;
  return run;
}

static void read_counts(int32_t *values) {
  size_t count = 0;
  OK(context, spk_session_read_probe(session, probe, values, VALUES, &count));
  CHECK(count == VALUES);
}

/* Values of both neurons and what they are in counts: the nearest, halves away from 0. */
static const float in_units[VALUES] = {1,      -2,      0.125f, -0.125f, 0.1249f, -0.1249f,
                                       0.375f, -0.375f, 500,    -500,    500.124f, -500.124f};
static const int16_t in_counts[VALUES] = {4, -8, 1, -1, 0, 0, 2, -2, LIMIT, -LIMIT, LIMIT, -LIMIT};

/* A run in units is the run in counts, bit for bit; both forms may be in one run, in any order of populations. */
static void signals(void) {
  int16_t twice[VALUES];
  int32_t expected[VALUES], found[VALUES];
  for (int i = 0; i < VALUES; i++) twice[i] = (int16_t)(in_counts[i] / 2);
  const spk_signal all[] = {{COMMAND, 0, in_counts}, {PLAIN, 0, twice}, {TWIN, 0, in_counts}};
  const spk_unit_signal units[] = {{COMMAND, 0, in_units}, {TWIN, 0, in_units}};
  spk_run_options run = cleared_run(all, 3, NULL, 0);
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  read_counts(expected);
  for (int i = NEURONS; i < VALUES; i++) {
    CHECK(expected[i] == 4 * in_counts[i - NEURONS] + twice[i - NEURONS]);
  }
  const spk_run_options mixed[] = {
      cleared_run(&all[1], 1, units, 2),
      cleared_run(all, 2, &units[1], 1),
      cleared_run(&all[1], 2, units, 1),
  };
  for (int i = 0; i < 3; i++) {
    memset(found, 77, sizeof found);
    OK(context, spk_session_run(session, &mixed[i], NULL, 0, NULL, 0, NULL));
    read_counts(found);
    CHECK(memcmp(found, expected, sizeof found) == 0);
  }
}

/* What was seen in counts is seen in units: the nearest floats. */
static void results(void) {
  const spk_unit_signal units = {COMMAND, 0, in_units};
  spk_run_options run = cleared_run(NULL, 0, &units, 1);
  int32_t counts[VALUES];
  float values[VALUES], state[NEURONS];
  size_t count = 77;
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  read_counts(counts);
  OK(context, spk_session_read_probe_units(session, probe, NULL, 0, &count));
  CHECK(count == VALUES);
  OK(context, spk_session_read_probe_units(session, probe, values, VALUES, &count));
  CHECK(count == VALUES);
  for (int i = 0; i < VALUES; i++) CHECK(values[i] == (float)counts[i] / (float)OUT_SCALE);
  CHECK(values[2 * NEURONS] == 3 / 500.0f && values[10] == 12 && values[11] == -12);
  OK(context, spk_session_read_state_units(session, OUT, SPK_MEMBRANE, 0, state, NEURONS));
  CHECK(state[0] == 12 && state[1] == -12);
  OK(context, spk_session_read_state_units(session, OUT, SPK_MEMBRANE, 1, state, 1));
  CHECK(state[0] == -12);
  const int32_t odd[] = {8388607, -8388607};
  OK(context, spk_session_write_state(session, OUT, SPK_DENDRITE, 0, odd, NEURONS));
  OK(context, spk_session_read_state_units(session, OUT, SPK_DENDRITE, 0, state, NEURONS));
  CHECK(state[0] == 16777.214f && state[1] == -16777.214f);
}

static void held_values(void) {
  const float held[] = {499.9f, -0.125f};
  spk_run_options run = cleared_run(NULL, 0, NULL, 0);
  int32_t counts[VALUES];
  run.flags = 0;
  OK(context, spk_session_clear(session));
  OK(context, spk_session_set_values_units(session, COMMAND, held, NEURONS));
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  read_counts(counts);
  CHECK(counts[2] == 3 * LIMIT && counts[3] == -3); /* 499.9 · 4 is 1999.6 */
  CHECK(counts[VALUES - 2] == 3 * LIMIT && counts[VALUES - 1] == -3);
}

static void submitted(void) {
  const spk_unit_signal units = {TWIN, 0, in_units};
  spk_run_options run = cleared_run(NULL, 0, &units, 1);
  spk_submission submission = SPK_SUBMISSION_INIT;
  float expected[VALUES], values[VALUES + 1];
  size_t count;
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  OK(context, spk_session_read_probe_units(session, probe, expected, VALUES, &count));
  submission.probe = probe;
  submission.probe_units = values;
  for (size_t room = VALUES; room >= VALUES - 3; room--) {
    spk_completion completion = SPK_COMPLETION_INIT;
    for (int i = 0; i <= VALUES; i++) values[i] = 77;
    submission.probe_capacity = room;
    OK(context, spk_session_submit_run(session, &run, NULL, 0, &submission, NULL));
    OK(context, spk_context_next_completion(context, &completion, 10000));
    CHECK(completion.status == (room == VALUES ? SPK_OK : SPK_ERROR_TOO_SMALL) && completion.probe_count == VALUES);
    CHECK(memcmp(values, expected, room * sizeof values[0]) == 0 && values[room] == 77);
  }
}

/* The scale belongs to the shape of a model: what was learnt by another one is not taken for this. */
static void other_scales(void) {
  spk_model *same = make_model(COMMAND_SCALE), *other = make_model(COMMAND_SCALE + 1);
  OK(context, spk_session_snapshot(session, same));
  OK(context, spk_session_restore(session, same));
  REFUSED(context, SPK_ERROR_ARGUMENT, "counts per unit", spk_session_snapshot(session, other));
  REFUSED(context, SPK_ERROR_ARGUMENT, "counts per unit", spk_session_resume(session, other, NULL));
  OK(context, spk_session_resume(session, same, NULL));
  OK(context, spk_model_close(same));
  OK(context, spk_model_close(other));
}

static void step(void) {
  const float held[NEURONS] = {1, 2};
  const spk_unit_signal units = {TWIN, 0, in_units};
  spk_run_options run = cleared_run(NULL, 0, &units, 1);
  float values[VALUES], state[NEURONS];
  size_t count;
  OK(context, spk_session_set_values_units(session, COMMAND, held, NEURONS));
  OK(context, spk_session_run(session, &run, NULL, 0, NULL, 0, NULL));
  OK(context, spk_session_read_probe_units(session, probe, values, VALUES, &count));
  OK(context, spk_session_read_state_units(session, OUT, SPK_MEMBRANE, 0, state, NEURONS));
}

static void steps_allocate_nothing(void) {
  (void)fail_each_allocation; /* they are only counted here */
  step();
  long before = __atomic_load_n(&made, __ATOMIC_ACQUIRE);
  CHECK(before > 0);
  for (int i = 0; i < 50; i++) step();
  CHECK(__atomic_load_n(&made, __ATOMIC_ACQUIRE) == before);
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_open(context, test_locator(), NULL, &device));
  model = make_model(COMMAND_SCALE);
  scales_are_kept();
  OK(context, spk_session_open(device, model, NULL, &session));
  OK(context, spk_session_add_probe(session, OUT, SPK_MEMBRANE, 0, NEURONS, &probe));
  signals();
  results();
  held_values();
  submitted();
  other_scales();
  steps_allocate_nothing();
  OK(context, spk_session_close(session));
  OK(context, spk_model_close(model));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
  return check_tally();
}
