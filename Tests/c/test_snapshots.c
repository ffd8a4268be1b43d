/* A session that is restored or resumed from a snapshot goes on as the one did that it was taken of, to the bit. */
#include "small_network.h"

#include <stdint.h>
#include <unistd.h>

enum { STEPS = 6, TICKS = 24, CAPACITY = 1024, VALUES = 4 * TICKS };

/* What the steps after the snapshot give. */
typedef struct future {
  spk_event events[STEPS][CAPACITY];
  size_t counts[STEPS];
  int32_t values[STEPS][VALUES];
  uint64_t print;
} future;

static small_network small;
static future expected, found;
static uint32_t probe;

/* Spikes, signals, noise and learning; what is under way at the end of a step arrives in the next one. */
static void step(int number, future *into) {
  spk_event events[2 * TICKS];
  int16_t values[2 * TICKS];
  spk_signal signal = {VALUE, 0, values};
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  size_t count = 0, value_count = 0;
  static spk_event out[CAPACITY];
  for (uint32_t tick = 0; tick < TICKS; tick++) {
    if ((tick + (uint32_t)number) % 4 != 0) events[count++] = (spk_event){tick, INPUT, (tick + (uint32_t)number) % 3};
    if (tick % 3 == 1) events[count++] = (spk_event){tick, LABEL, tick % 2};
  }
  for (int i = 0; i < 2 * TICKS; i++) values[i] = (int16_t)((53 * i + 31 * number) % 400 - 200);
  run.ticks = TICKS;
  run.flags = number % 3 == 0 ? 0 : SPK_RUN_LEARN | SPK_RUN_LABELLED;
  run.signal_count = number % 2 == 0;
  run.signals = run.signal_count > 0 ? &signal : NULL;
  OK(small.context, spk_session_run(small.session, &run, events, count, out, CAPACITY, &count));
  if (into == NULL) return;
  number %= STEPS;
  memcpy(into->events[number], out, sizeof out);
  into->counts[number] = count;
  OK(small.context, spk_session_read_probe(small.session, probe, into->values[number], VALUES, &value_count));
  CHECK(value_count == VALUES);
}

static void go_on(future *into) {
  memset(into, 0, sizeof *into);
  for (int number = STEPS; number < 2 * STEPS; number++) step(number, into);
  into->print = small_session_print(small.session);
}

static void check_future(void) {
  go_on(&found);
  for (int i = 0; i < STEPS; i++) {
    CHECK(found.counts[i] == expected.counts[i] && found.counts[i] > 0 && found.counts[i] < CAPACITY);
    CHECK(memcmp(found.events[i], expected.events[i], found.counts[i] * sizeof found.events[0][0]) == 0);
    CHECK(memcmp(found.values[i], expected.values[i], sizeof found.values[0]) == 0);
  }
  CHECK(found.print == expected.print);
}

static void record_and_probe(void) {
  OK(small.context, spk_session_record(small.session, HIDDEN, 1));
  OK(small.context, spk_session_record(small.session, INPUT, 1));
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_MEMBRANE, 0, 4, &probe));
}

/* The small network with noise, refractory time and longer delays. */
static spk_model *lively_model(const char *name) {
  spk_model *model = NULL, *plain = small_model(small.context);
  uint32_t populations, projections;
  OK(small.context, spk_model_create(small.context, name, &model));
  OK(small.context, spk_model_counts(plain, &populations, &projections));
  for (uint32_t i = 0; i < populations; i++) {
    spk_population population = SPK_POPULATION_INIT;
    char label[64];
    OK(small.context, spk_model_get_population(plain, i, &population, label));
    if (population.kind == SPK_LEAKY) population.noise = 30, population.refractory_ticks = 3;
    OK(small.context, spk_model_add_population(model, label, &population, NULL));
  }
  for (uint32_t i = 0; i < projections; i++) {
    spk_projection projection = SPK_PROJECTION_INIT;
    char label[64];
    OK(small.context, spk_model_get_projection(plain, i, &projection, label));
    if (i == HIDDEN_OUTPUT) projection.delay_ticks = 9;
    if (i == VALUE_HIDDEN) projection.delay_ticks = 5;
    OK(small.context, spk_model_add_projection(model, label, &projection, NULL));
  }
  small_weights(model);
  OK(small.context, spk_model_close(plain));
  return model;
}

static void described(spk_model *model, uint32_t is_there, uint64_t seed, uint64_t learning, uint64_t frozen) {
  spk_snapshot snapshot = SPK_SNAPSHOT_INIT;
  OK(small.context, spk_model_snapshot(model, &snapshot));
  CHECK(snapshot.is_there == is_there && snapshot.seed == seed);
  CHECK(snapshot.learning_ticks == learning && snapshot.frozen_ticks == frozen);
}

static spk_model *through_a_file(spk_model *model) {
  char path[] = "/tmp/spikelet-XXXXXX";
  spk_model *loaded = NULL;
  int file = mkstemp(path);
  if (!CHECK(file >= 0)) return NULL;
  close(file);
  OK(small.context, spk_model_save_file(model, path));
  OK(small.context, spk_model_load_file(small.context, path, &loaded));
  CHECK(unlink(path) == 0);
  CHECK(small_model_print(loaded) == small_model_print(model));
  return loaded;
}

/* Session of another seed, another past and other switches: all of them come from the snapshot. */
static void open_another(spk_model *model) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  options.seed = 99;
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_session_open(small.device, model, &options, &small.session));
  record_and_probe();
  for (int i = 0; i < 2; i++) step(i, NULL);
  OK(small.context, spk_session_set_rate(small.session, INPUT_HIDDEN, 3));
  OK(small.context, spk_session_set_enabled(small.session, SPK_ALL, 0));
}

static void goes_on(void) {
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  spk_model *fresh = lively_model("lively"), *loaded;
  small.model = lively_model("lively");
  OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
  record_and_probe();
  OK(small.context, spk_session_set_rate(small.session, INPUT_HIDDEN, 200));
  OK(small.context, spk_session_set_enabled(small.session, OUTPUT_OUTPUT, 0));
  for (int i = 0; i < STEPS; i++) step(i, NULL);
  uint64_t before = small_session_print(small.session);
  described(small.model, 0, 0, 0, 0);
  OK(small.context, spk_session_snapshot(small.session, small.model));
  CHECK(small_session_print(small.session) == before);
  described(small.model, 1, 1, 4 * TICKS, 2 * TICKS);
  go_on(&expected);

  /* The same session, back. */
  OK(small.context, spk_session_restore(small.session, small.model));
  check_future();
  /* Another one, from a file. */
  loaded = through_a_file(small.model);
  described(loaded, 1, 1, 4 * TICKS, 2 * TICKS);
  open_another(fresh);
  OK(small.context, spk_session_restore(small.session, loaded));
  check_future();
  /* Another one, loaded anew on a board that was not lost: what is recorded and probed stays. */
  open_another(fresh);
  report.learning_ticks = report.frozen_ticks = report.was_lost = report.uncertain = 77;
  OK(small.context, spk_session_restore(small.session, loaded));
  step(STEPS, NULL);
  step(STEPS + 1, NULL);
  OK(small.context, spk_session_resume(small.session, loaded, &report));
  CHECK(report.was_lost == 0 && report.uncertain == 0);
  CHECK(report.learning_ticks == TICKS && report.frozen_ticks == TICKS);
  check_future();
  OK(small.context, spk_model_close(loaded));

  /* Storing keeps the weights alone: the model has no snapshot after it, whether it had one or not. */
  OK(small.context, spk_session_store(small.session, fresh));
  described(fresh, 0, 0, 0, 0);
  OK(small.context, spk_session_store(small.session, small.model));
  described(small.model, 0, 0, 0, 0);
  REFUSED(small.context, SPK_ERROR_STATE, "no snapshot", spk_session_restore(small.session, small.model));
  OK(small.context, spk_model_close(fresh));
}

/* From a model without a snapshot a session is resumed with its weights, from tick 0. */
static void resumes_without_a_snapshot(void) {
  spk_resume_report report = SPK_RESUME_REPORT_INIT;
  spk_model *plain = lively_model("lively");
  uint64_t learning = 77, frozen = 77;
  OK(small.context, spk_session_resume(small.session, plain, &report));
  CHECK(report.was_lost == 0 && report.learning_ticks > 0);
  OK(small.context, spk_session_ticks(small.session, &learning, &frozen));
  CHECK(learning == 0 && frozen == 0);
  uint64_t resumed = small_session_print(small.session);
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_session_open(small.device, plain, NULL, &small.session));
  CHECK(small_session_print(small.session) == resumed);
  OK(small.context, spk_model_close(plain));
}

/* Whatever is set in a model takes its snapshot away; what is refused does not. */
static void changes(void) {
  static const uint32_t rows[] = {0, 2, 4}, targets[] = {0, 2, 1, 3};
  static const int16_t weights[12] = {1}, wrong[12] = {101};
  static const int32_t biases[4] = {1, 2, 3, 4};
  for (int i = 0; i < 3; i++) {
    OK(small.context, spk_session_snapshot(small.session, small.model));
    REFUSED(small.context, SPK_ERROR_MODEL, "", spk_model_set_weights(small.model, INPUT_HIDDEN, wrong, 12));
    described(small.model, 1, 1, 0, 0);
    if (i == 0) OK(small.context, spk_model_set_weights(small.model, LABEL_HIDDEN, weights, 12));
    if (i == 1) OK(small.context, spk_model_set_synapses(small.model, VALUE_HIDDEN, rows, targets, weights, 4));
    if (i == 2) OK(small.context, spk_model_set_parameters(small.model, HIDDEN, SPK_BIAS, biases, 4));
    described(small.model, 0, 0, 0, 0);
  }
}

/* A network that grows has no snapshot any more; and another shape is refused, and nothing changes. */
static void shapes(void) {
  spk_population leaky = small_population(SPK_LEAKY, 2, SPK_ROLE_NONE);
  spk_model *grown = NULL;
  static unsigned char bytes[65536];
  size_t size = 0;
  OK(small.context, spk_session_snapshot(small.session, small.model));
  OK(small.context, spk_model_save_memory(small.model, bytes, sizeof bytes, &size));
  OK(small.context, spk_model_load_memory(small.context, bytes, size, &grown));
  described(grown, 1, 1, 0, 0);
  OK(small.context, spk_model_add_population(grown, "more", &leaky, NULL));
  described(grown, 0, 0, 0, 0);
  uint64_t before = small_session_print(small.session);
  REFUSED(small.context, SPK_ERROR_STATE, "no snapshot", spk_session_restore(small.session, grown));
  small_network other = {small.context, small.device, grown, NULL};
  OK(small.context, spk_session_close(small.session));
  OK(small.context, spk_session_open(other.device, grown, NULL, &other.session));
  OK(small.context, spk_session_snapshot(other.session, grown));
  OK(small.context, spk_session_close(other.session));
  OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
  OK(small.context, spk_session_restore(small.session, small.model));
  CHECK(small_session_print(small.session) == before);
  uint64_t model_before = small_model_print(grown);
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "shape", spk_session_restore(small.session, grown));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "shape", spk_session_resume(small.session, grown, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "shape", spk_session_snapshot(small.session, grown));
  CHECK(small_session_print(small.session) == before && small_model_print(grown) == model_before);
  OK(small.context, spk_model_close(grown));
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &small.context));
  OK(small.context, spk_device_open(small.context, test_locator(), NULL, &small.device));
  goes_on();
  resumes_without_a_snapshot();
  shapes();
  changes();
  small_close(&small);
  return check_tally();
}
