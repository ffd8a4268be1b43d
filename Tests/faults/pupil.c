#define _POSIX_C_SOURCE 200809L
#include "pupil.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { INPUTS = 100, HIDDENS = 64, OUTPUTS = 10, SENSORS = 8, PROBED = 4, TICKS = 32, IN_FLIGHT = 4 };
enum { EVENTS = 512, SPIKES = HIDDENS * TICKS, VALUES = PROBED * TICKS, WEIGHTS = INPUTS * HIDDENS, SHOWN = 3 };

#define TRY(call)                     \
  do {                                \
    spk_status status = (call);       \
    if (status != SPK_OK) return status; \
  } while (0)

double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void pause_milliseconds(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

static void keep_failure(pupil *pupil, const char *call, spk_status status, const char *sentence) {
  snprintf(pupil->failure, sizeof pupil->failure, "%.*s: %s: %s", (int)strcspn(call, "("), call, spk_status_string(status),
           sentence);
}

void call_begins(pupil *pupil) { pupil->begun = seconds(); }

spk_status call_ended(pupil *pupil, time_limit limit, const char *call, spk_status status) {
  double taken = seconds() - pupil->begun;
  if (taken > pupil->longest) pupil->longest = taken, pupil->longest_call = call;
  /* Runs have two seconds more to end early; moving a network has ten, after opening the board. */
  if (taken > (limit == STEP ? pupil->limit + 2 : pupil->limit + 10) + 1) pupil->is_late = 1;
  if (status != SPK_OK) keep_failure(pupil, call, status, spk_context_message(pupil->context));
  return status;
}

/* FNV-1a. */
static uint64_t digest(uint64_t hash, const void *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
  return hash;
}

static const uint64_t nothing = UINT64_C(14695981039346656037);

/* Holds a result against the plan, or adds it. */
static void mark(pupil *pupil, const char *what, uint64_t result) {
  uint64_t *expected = &pupil->plan->marks[pupil->lesson][pupil->mark++];
  if (pupil->is_model) *expected = result;
  if (*expected != result && pupil->wrong == NULL) pupil->wrong = what;
}

/* A network that learns by eRBP, and beside its input sensors whose values reach the hidden layer. */
static spk_status build(pupil *pupil) {
  const uint32_t sizes[] = {INPUTS, HIDDENS, OUTPUTS};
  int16_t weights[SENSORS * HIDDENS];
  uint32_t index;
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_population sensors = SPK_POPULATION_INIT;
  spk_projection sensing = SPK_PROJECTION_INIT;
  options.layer_count = 3;
  options.layer_sizes = sizes;
  sensors.kind = SPK_ANALOGUE;
  sensors.neuron_count = SENSORS;
  TRY(CALL(pupil, STEP, spk_model_build_erbp(pupil->context, &options, &pupil->model)));
  TRY(CALL(pupil, STEP, spk_model_add_population(pupil->model, "sensors", &sensors, &pupil->sensors)));
  TRY(CALL(pupil, STEP, spk_model_find_population(pupil->model, "input", &pupil->input)));
  TRY(CALL(pupil, STEP, spk_model_find_population(pupil->model, "label", &pupil->label)));
  TRY(CALL(pupil, STEP, spk_model_find_population(pupil->model, "hidden1", &pupil->hidden)));
  TRY(CALL(pupil, STEP, spk_model_find_projection(pupil->model, "input-hidden1", &pupil->input_hidden)));
  for (int i = 0; i < SENSORS * HIDDENS; i++) weights[i] = (int16_t)(i * 13 % 33 - 16);
  sensing.source = pupil->sensors;
  sensing.target = pupil->hidden;
  sensing.delay_ticks = 3;
  TRY(CALL(pupil, STEP, spk_model_add_projection(pupil->model, "sensors-hidden", &sensing, &index)));
  return CALL(pupil, STEP, spk_model_set_weights(pupil->model, index, weights, SENSORS * HIDDENS));
}

spk_status pupil_begin(pupil *pupil, uint32_t timeout_milliseconds) {
  pupil->limit = 1e-3 * timeout_milliseconds;
  TRY(CALL(pupil, STEP, spk_context_create(NULL, &pupil->context)));
  return build(pupil);
}

spk_status pupil_close(pupil *pupil) {
  if (pupil->session != NULL) TRY(CALL(pupil, STEP, spk_session_close(pupil->session)));
  pupil->session = NULL;
  if (pupil->device != NULL) TRY(CALL(pupil, STEP, spk_device_close(pupil->device)));
  pupil->device = NULL;
  return SPK_OK;
}

spk_status pupil_end(pupil *pupil) {
  TRY(pupil_close(pupil));
  TRY(CALL(pupil, STEP, spk_model_close(pupil->model)));
  pupil->model = NULL;
  return CALL(pupil, STEP, spk_context_close(pupil->context));
}

static spk_status open_all(pupil *pupil, const char *locator, uint32_t timeout_milliseconds) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  options.timeout_milliseconds = timeout_milliseconds;
  TRY(CALL(pupil, TRANSFER, spk_device_open(pupil->context, locator, NULL, &pupil->device)));
  TRY(CALL(pupil, TRANSFER, spk_session_open(pupil->device, pupil->model, &options, &pupil->session)));
  TRY(CALL(pupil, STEP, spk_session_add_probe(pupil->session, pupil->hidden, SPK_MEMBRANE, 0, PROBED, &pupil->probe)));
  TRY(CALL(pupil, STEP, spk_session_add_probe(pupil->session, pupil->hidden, SPK_CURRENT1, 0, PROBED, &pupil->seldom)));
  return CALL(pupil, STEP, spk_session_set_probe_period(pupil->session, pupil->seldom, 7));
}

spk_status pupil_open(pupil *pupil, const char *locator, uint32_t timeout_milliseconds) {
  spk_status status = open_all(pupil, locator, timeout_milliseconds);
  if (status == SPK_OK) return SPK_OK;
  TRY(pupil_close(pupil));
  return status;
}

/* A presentation of a lesson, and room for what it gives. */
typedef struct showing {
  uint8_t intensities[INPUTS];
  spk_presentation presentation;
  uint32_t counts[OUTPUTS];
  int64_t potentials[OUTPUTS];
  int32_t first_spikes[OUTPUTS];
  spk_scores scores;
} showing;

static void prepare_showing(showing *showing, int lesson, int number) {
  const spk_presentation presentation = SPK_PRESENTATION_INIT;
  const spk_scores scores = SPK_SCORES_INIT;
  memset(showing, 0, sizeof *showing);
  for (int i = 0; i < INPUTS; i++) showing->intensities[i] = (uint8_t)((i * 37 + lesson * 59 + number * 101) % 256);
  showing->presentation = presentation;
  showing->presentation.ticks = TICKS;
  showing->presentation.intensities = showing->intensities;
  showing->presentation.intensity_count = INPUTS;
  showing->presentation.label = (lesson + number) % OUTPUTS;
  showing->presentation.flags = number == 2 ? 0 : SPK_RUN_LEARN | SPK_RUN_CLEAR;
  showing->scores = scores;
  showing->scores.capacity = OUTPUTS;
  showing->scores.counts = showing->counts;
  showing->scores.potentials = showing->potentials;
  showing->scores.first_spikes = showing->first_spikes;
}

static uint64_t digest_showing(uint64_t hash, const showing *showing) {
  hash = digest(hash, showing->counts, sizeof showing->counts);
  hash = digest(hash, showing->potentials, sizeof showing->potentials);
  hash = digest(hash, showing->first_spikes, sizeof showing->first_spikes);
  return digest(hash, &showing->scores.best, sizeof showing->scores.best);
}

/* A run of a lesson: input spikes, a label spike every other tick, and the sensors' values. */
typedef struct exercise {
  spk_event events[EVENTS];
  size_t event_count;
  int16_t values[TICKS * SENSORS];
  spk_signal signal;
  spk_run_options options;
} exercise;

static void prepare_exercise(exercise *exercise, const pupil *pupil, int number) {
  const spk_run_options options = SPK_RUN_OPTIONS_INIT;
  exercise->event_count = 0;
  for (uint32_t tick = 0; tick < TICKS; tick++) {
    const uint32_t first = (tick + (uint32_t)(pupil->lesson + number)) % 8;
    for (uint32_t neuron = first; neuron < INPUTS; neuron += 8) {
      const spk_event spike = {tick, pupil->input, neuron};
      exercise->events[exercise->event_count++] = spike;
    }
    if (tick % 2 == 0) {
      const spk_event spike = {tick, pupil->label, (uint32_t)(pupil->lesson + number) % OUTPUTS};
      exercise->events[exercise->event_count++] = spike;
    }
  }
  for (int i = 0; i < TICKS * SENSORS; i++)
    exercise->values[i] = (int16_t)((i * 29 + pupil->lesson * 17 + number * 5) % 201 - 100);
  const spk_signal signal = {pupil->sensors, 0, exercise->values};
  exercise->signal = signal;
  exercise->options = options;
  exercise->options.ticks = TICKS;
  exercise->options.flags = SPK_RUN_LEARN | SPK_RUN_LABELLED;
  exercise->options.signal_count = 1;
  exercise->options.signals = &exercise->signal;
}

/* Spikes and probe values of the run before. */
static spk_status mark_run(pupil *pupil, uint64_t hash) {
  static spk_event spikes[SPIKES];
  static int32_t values[VALUES];
  size_t count = 0;
  TRY(CALL(pupil, STEP, spk_session_read_events(pupil->session, spikes, SPIKES, &count)));
  hash = digest(hash, spikes, count * sizeof *spikes);
  TRY(CALL(pupil, STEP, spk_session_read_probe(pupil->session, pupil->probe, values, VALUES, &count)));
  hash = digest(hash, values, count * sizeof *values);
  TRY(CALL(pupil, STEP, spk_session_read_probe(pupil->session, pupil->seldom, values, VALUES, &count)));
  mark(pupil, "a run or a presentation", digest(hash, values, count * sizeof *values));
  return SPK_OK;
}

static spk_status show(pupil *pupil, int number) {
  static showing showing;
  prepare_showing(&showing, pupil->lesson, number);
  TRY(CALL(pupil, STEP, spk_session_present(pupil->session, &showing.presentation, &showing.scores)));
  *(showing.presentation.flags & SPK_RUN_LEARN ? &pupil->ticks.learning : &pupil->ticks.frozen) += TICKS;
  return mark_run(pupil, digest_showing(nothing, &showing));
}

static spk_status exercise_once(pupil *pupil) {
  static exercise exercise;
  prepare_exercise(&exercise, pupil, 0);
  TRY(CALL(pupil, STEP, spk_session_run(pupil->session, &exercise.options, exercise.events, exercise.event_count, NULL, 0,
                                        NULL)));
  pupil->ticks.learning += TICKS;
  return mark_run(pupil, nothing);
}

/* Runs and presentations that are under way together. */
static spk_status submit(pupil *pupil) {
  static struct {
    exercise exercise;
    showing showing;
    spk_event spikes[SPIKES];
  } flights[IN_FLIGHT];
  int count = 0;
  spk_status status = SPK_OK;
  while (count < IN_FLIGHT && status == SPK_OK) {
    spk_submission submission = SPK_SUBMISSION_INIT;
    exercise *exercise = &flights[count].exercise;
    showing *showing = &flights[count].showing;
    submission.events_out = flights[count].spikes;
    submission.event_capacity = SPIKES;
    prepare_exercise(exercise, pupil, count);
    prepare_showing(showing, pupil->lesson, 3 + count);
    if (count % 2 == 0) {
      status = CALL(pupil, STEP, spk_session_submit_run(pupil->session, &exercise->options, exercise->events,
                                                        exercise->event_count, &submission, NULL));
    } else {
      status = CALL(pupil, STEP, spk_session_submit_present(pupil->session, &showing->presentation, &showing->scores,
                                                            &submission, NULL));
    }
    count += status == SPK_OK;
  }
  for (int i = 0; i < count; i++) {
    spk_completion completion = SPK_COMPLETION_INIT;
    uint64_t hash = nothing;
    TRY(CALL(pupil, STEP, spk_context_next_completion(pupil->context, &completion, 60000)));
    if (status == SPK_OK && completion.status != SPK_OK) {
      status = (spk_status)completion.status;
      keep_failure(pupil, "a submission", status, completion.message);
    }
    if (status != SPK_OK) continue;
    hash = digest(hash, &completion.ticks, sizeof completion.ticks);
    hash = digest(hash, flights[i].spikes, completion.event_count * sizeof *flights[i].spikes);
    if (i % 2 == 1) hash = digest_showing(hash, &flights[i].showing);
    mark(pupil, "a submission", hash);
    pupil->ticks.learning += TICKS;
  }
  return status;
}

/* Reads state and weights, and changes some. */
static spk_status read_and_write(pupil *pupil) {
  static int32_t state[HIDDENS];
  static int16_t weights[WEIGHTS];
  tick_counts ticks = {0, 0};
  size_t count = 0;
  TRY(CALL(pupil, STEP, spk_session_read_state(pupil->session, pupil->hidden, SPK_CURRENT1, 0, state, HIDDENS)));
  mark(pupil, "the state", digest(nothing, state, sizeof state));
  TRY(CALL(pupil, STEP, spk_session_ticks(pupil->session, &ticks.learning, &ticks.frozen)));
  if (ticks.learning != pupil->ticks.learning || ticks.frozen != pupil->ticks.frozen) pupil->wrong = "the ticks";
  for (int i = 0; i < HIDDENS; i += 3) state[i] = state[i] / 2 + pupil->lesson;
  TRY(CALL(pupil, STEP, spk_session_write_state(pupil->session, pupil->hidden, SPK_CURRENT1, 0, state, HIDDENS)));
  TRY(CALL(pupil, TRANSFER,
           spk_session_read_weights(pupil->session, pupil->input_hidden, weights, WEIGHTS, &count)));
  mark(pupil, "the weights", digest(nothing, weights, count * sizeof *weights));
  for (int i = pupil->lesson; i < WEIGHTS; i += 5) weights[i] = (int16_t)(weights[i] / 2);
  return CALL(pupil, TRANSFER, spk_session_write_weights(pupil->session, pupil->input_hidden, weights, WEIGHTS));
}

/* A snapshot, with all that it holds. Where it succeeds, the lesson is over. */
static spk_status take_snapshot(pupil *pupil) {
  static unsigned char bytes[1 << 18];
  size_t size = 0;
  TRY(CALL(pupil, TRANSFER, spk_session_snapshot(pupil->session, pupil->model)));
  TRY(CALL(pupil, STEP, spk_model_save_memory(pupil->model, bytes, sizeof bytes, &size)));
  mark(pupil, "the snapshot", digest(nothing, bytes, size));
  return SPK_OK;
}

spk_status pupil_learn(pupil *pupil) {
  pupil->mark = 0;
  pupil->ticks = pupil->plan->starts[pupil->lesson];
  TRY(CALL(pupil, STEP, spk_session_set_rate(pupil->session, SPK_ALL, (uint32_t)(256 - 16 * pupil->lesson))));
  TRY(CALL(pupil, STEP, spk_session_record(pupil->session, pupil->hidden, pupil->lesson % 4 == 1)));
  for (int i = 0; i < SHOWN; i++) TRY(show(pupil, i));
  TRY(submit(pupil));
  TRY(read_and_write(pupil));
  if (pupil->lesson % 3 == 2) {
    TRY(CALL(pupil, TRANSFER, spk_session_restore(pupil->session, pupil->model)));
    pupil->ticks = pupil->plan->starts[pupil->lesson];
    TRY(show(pupil, 0));
  }
  TRY(exercise_once(pupil));
  TRY(take_snapshot(pupil));
  pupil->plan->starts[++pupil->lesson] = pupil->ticks;
  return SPK_OK;
}
