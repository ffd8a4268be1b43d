/* Learning from a stream, tick by tick, without presentations: the values of two sensors at a wheel go in at each tick,
 * and while the network learns, a spike of its label population says every other tick which way the wheel turns. Halfway,
 * a snapshot goes to a file and comes back.
 *
 *   learn_stream [LOCATOR [SPELLS]]     the default is sim: 400
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <unistd.h>

#include "try.h"
#include "wheel.h"

enum { HIDDEN = 200, SPELL_TICKS = 32, HEARD_FROM = 12, TEST_SPELLS = 150, ECHO_SPELLS = 20, PARTS = 8 };

/* The network that listens to the wheel, and the numbers of its populations. */
typedef struct listener {
  spk_context *context;
  spk_session *session;
  spk_model *model;
  uint32_t bias, label, sensors;
  uint64_t hash; /* of its output spikes */
} listener;

/* One tick: the signal, a spike of the bias, and a label spike if the network is told. Counts the output spikes. */
static int run_tick(listener *ear, wheel *one, uint32_t tick, int learn, uint32_t counts[WHEEL_STATES]) {
  int16_t values[WHEEL_SENSORS];
  spk_signal signal = {ear->sensors, 0, values};
  spk_run_options run = SPK_RUN_OPTIONS_INIT; /* of one tick */
  spk_event in[2] = {{0, ear->bias, 0}, {0, ear->label, one->state}}, out[WHEEL_STATES];
  size_t count;
  wheel_tick(one, values);
  run.signals = &signal;
  run.signal_count = 1;
  run.flags = learn ? SPK_RUN_LEARN | SPK_RUN_LABELLED : 0;
  TRY(ear->context, spk_session_run(ear->session, &run, in, learn && tick % 2 == 0 ? 2 : 1, out, WHEEL_STATES, &count));
  for (size_t i = 0; i < count; i++) {
    if (tick >= HEARD_FROM) counts[out[i].neuron]++;
    ear->hash = (ear->hash ^ ((uint64_t)tick << 32 | out[i].neuron)) * UINT64_C(1099511628211);
  }
  return 0;
}

/* Some spells of the stream. The answer to each is the output neuron that spikes most in its later ticks. */
static int run_spells(listener *ear, wheel *one, uint32_t spells, int learn, uint32_t *wrong) {
  *wrong = 0;
  for (uint32_t spell = 0; spell < spells; spell++) {
    uint32_t counts[WHEEL_STATES] = {0}, best = 0;
    wheel_spell(one);
    for (uint32_t tick = 0; tick < SPELL_TICKS; tick++)
      if (run_tick(ear, one, tick, learn, counts)) return 1;
    for (uint32_t i = 1; i < WHEEL_STATES; i++)
      if (counts[i] > counts[best]) best = i;
    *wrong += best != one->state;
  }
  return 0;
}

/* The same spells each time. Nothing is learnt from them, and later learning draws what it would have drawn. */
static int test(listener *ear, const char *when, uint32_t *wrong) {
  wheel other = {.draws = 99};
  if (run_spells(ear, &other, TEST_SPELLS, 0, wrong)) return 1;
  printf("frozen test %s: error %.3f\n", when, (double)*wrong / TEST_SPELLS);
  return 0;
}

/* Takes a snapshot to a file, learns on, goes back to the snapshot, and learns the same again: the same spikes. */
static int check_snapshot(listener *ear, wheel *one, int *same) {
  char path[] = "/tmp/learn_stream_XXXXXX";
  wheel again = *one;
  uint64_t hash = ear->hash, first;
  uint32_t wrong;
  spk_model *saved;
  int file = mkstemp(path);
  if (file < 0 || close(file) != 0) return perror(path), 1;
  TRY(ear->context, spk_session_snapshot(ear->session, ear->model));
  TRY(ear->context, spk_model_save_file(ear->model, path));
  if (run_spells(ear, &again, ECHO_SPELLS, 1, &wrong)) return 1;
  first = ear->hash;
  TRY(ear->context, spk_model_load_file(ear->context, path, &saved));
  TRY(ear->context, spk_session_restore(ear->session, saved));
  TRY(ear->context, spk_model_close(saved));
  unlink(path);
  again = *one;
  ear->hash = hash;
  if (run_spells(ear, &again, ECHO_SPELLS, 1, &wrong)) return 1;
  *same = ear->hash == first && first != hash;
  *one = again;
  return 0;
}

/* A network that learns by eRBP from one neuron, the bias, and beside it the sensors: fixed random projections carry
 * their values to the hidden layer, as they are and as they were 6 ticks ago, so that it can hear a direction. */
static int build(listener *ear) {
  uint32_t sizes[] = {1, HIDDEN, WHEEL_STATES}, hidden;
  uint64_t draws = 7;
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_population sensors = SPK_POPULATION_INIT;
  options.layer_count = 3;
  options.layer_sizes = sizes;
  options.hidden_shift = 17; /* slower than the output layer: the fixed projections do most of the work */
  sensors.kind = SPK_ANALOGUE;
  sensors.neuron_count = WHEEL_SENSORS;
  TRY(ear->context, spk_model_build_erbp(ear->context, &options, &ear->model));
  TRY(ear->context, spk_model_add_population(ear->model, "sensors", &sensors, &ear->sensors));
  TRY(ear->context, spk_model_find_population(ear->model, "input", &ear->bias));
  TRY(ear->context, spk_model_find_population(ear->model, "label", &ear->label));
  TRY(ear->context, spk_model_find_population(ear->model, "hidden1", &hidden));
  for (uint32_t delay = 1; delay <= 7; delay += 6) {
    spk_projection projection = SPK_PROJECTION_INIT;
    int16_t weights[WHEEL_SENSORS * HIDDEN];
    uint32_t index;
    projection.source = ear->sensors;
    projection.target = hidden;
    projection.delay_ticks = delay;
    for (int i = 0; i < WHEEL_SENSORS * HIDDEN; i++) weights[i] = (int16_t)((int)draw_below(&draws, 33) - 16);
    TRY(ear->context, spk_model_add_projection(ear->model, delay == 1 ? "now" : "before", &projection, &index));
    TRY(ear->context, spk_model_set_weights(ear->model, index, weights, WHEEL_SENSORS * HIDDEN));
  }
  return 0;
}

int main(int argc, char **argv) {
  listener ear = {.hash = 0};
  wheel one = {.draws = 1};
  spk_device *board;
  uint32_t spells = argc > 2 ? (uint32_t)atoi(argv[2]) : 400, before, after, wrong;
  int same = 0;
  TRY(NULL, spk_context_create(NULL, &ear.context));
  TRY(ear.context, spk_device_open(ear.context, argc > 1 ? argv[1] : "sim:", NULL, &board));
  if (build(&ear)) return 1;
  TRY(ear.context, spk_session_open(board, ear.model, NULL, &ear.session));
  if (test(&ear, "before", &before)) return 1;
  for (uint32_t part = 0; part < PARTS; part++) {
    TRY(ear.context, spk_session_set_rate(ear.session, SPK_ALL, 256 * (PARTS - part) / PARTS)); /* falls to an eighth */
    if (run_spells(&ear, &one, spells / PARTS, 1, &wrong)) return 1;
    printf("learning, part %u of %d: error %.3f\n", (unsigned)part + 1, PARTS, (double)wrong / (spells / PARTS));
    if (part == PARTS / 2 - 1 && check_snapshot(&ear, &one, &same)) return 1;
  }
  if (test(&ear, "after", &after)) return 1;
  TRY(ear.context, spk_session_close(ear.session));
  TRY(ear.context, spk_model_close(ear.model));
  TRY(ear.context, spk_device_close(board));
  TRY(NULL, spk_context_close(ear.context));
  printf("restored, same spikes: %s\nerror %.3f before, %.3f after\n", same ? "yes" : "no",
         (double)before / TEST_SPELLS, (double)after / TEST_SPELLS);
  return !same || after >= before;
}
