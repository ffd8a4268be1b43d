/* A number for what random networks do on a simulated board: the same on every processor that follows the law.
 *
 *   law_digest [NETWORKS]   prints a digest of spikes, weights and state of each network, and of all
 */
#include "draws.h"

#include <spikelet/spikelet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS = 60, MOST = 150, POPULATIONS = 4, PROJECTIONS = 7, EVENTS = TICKS * MOST };

static spk_context *context;
static uint64_t state = 20; /* of the draws */

static uint32_t below(uint32_t count) { return draw_below(&state, count); }
static int32_t between(int32_t low, int32_t high) { return low + (int32_t)below((uint32_t)(high - low + 1)); }

/* 0 every other time. */
static uint32_t maybe(uint32_t count) { return below(2) ? below(count) : 0; }

static void must(spk_status status) {
  if (status == SPK_OK) return;
  fprintf(stderr, "law_digest: %s\n", spk_context_message(context));
  exit(1);
}

static void add(uint64_t *digest, const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) *digest = (*digest ^ ((const unsigned char *)bytes)[i]) * 1099511628211U;
}

/* In the order of the lines: compilers differ in the order of an initialiser's draws. */
static spk_trace draw_trace(void) {
  spk_trace trace;
  trace.step = maybe(80000);
  trace.decay = below(4097);
  trace.view_shift = below(16);
  return trace;
}

static spk_decay_set draw_decays(void) {
  spk_decay_set decays;
  decays.membrane = below(2) ? below(512) : below(4097);
  decays.current1 = below(4097);
  decays.current2 = below(4097);
  decays.dendrite = below(4097);
  return decays;
}

/* Population 0 has input neurons, 1 values; 2 is leaky, and 3 that or quadratic. */
static void add_population(spk_model *model, uint32_t index, uint32_t *sizes) {
  static const uint32_t few[] = {1, 3, 64, 65, 100, MOST};
  spk_population population = SPK_POPULATION_INIT;
  char name[2] = {(char)('a' + index), 0};
  population.kind = index == 0 ? SPK_INPUT : index == 1 ? SPK_ANALOGUE : index == 3 && below(2) ? SPK_QUADRATIC : SPK_LEAKY;
  population.neuron_count = sizes[index] = few[below(6)];
  if (index != 1) population.pre_trace = draw_trace();
  if (index > 1) {
    population.threshold = between(-100, 40000), population.bias = between(-300, 3000), population.reset = below(3);
    population.reset_to = between(-1000, 100), population.refractory_ticks = maybe(4);
    population.lower_bound = below(2) ? -8388608 : -20000, population.current_shift = below(8), population.noise = maybe(3000);
    population.group_size = below(4) == 0 ? 2 + below(9) : 0, population.mean_ticks = maybe(9);
    population.membrane_view_shift = below(12), population.current_view_shift = below(12), population.dendrite_view_shift = below(12);
    population.decays[0] = draw_decays();
    population.post_trace = draw_trace();
  }
  must(spk_model_add_population(model, name, &population, NULL));
}

static void draw_term(spk_term *term) {
  term->trigger = below(3), term->period_ticks = term->trigger == 2 ? 1 + below(5) : 0;
  term->gate = below(3), term->gate_variable = 2 + below(4), term->gate_low = between(-2000, 200), term->gate_high = between(-100, 2000);
  term->factor_a = below(8), term->factor_b = below(8), term->mantissa = between(-128, 127), term->shift = between(2, 12);
}

/* False if no network can have such a projection. */
static int add_projection(spk_model *model, uint32_t index, const uint32_t *sizes, int16_t *weights) {
  spk_projection projection = SPK_PROJECTION_INIT;
  char name[2] = {(char)('p' + index), 0};
  static uint32_t targets[MOST * MOST];
  uint32_t rows[MOST + 1] = {0}, count = 0;
  projection.source = below(POPULATIONS), projection.target = 2 + below(2), projection.compartment = below(4);
  projection.connectivity = sizes[projection.source] == sizes[projection.target] ? below(3) : below(2);
  projection.storage = below(2), projection.shift = below(7), projection.delay_ticks = 1 + below(4), projection.rounding = below(3);
  projection.blank_out = below(4) == 0 ? below(200) : 0, projection.rate = below(257), projection.learning = 1;
  projection.term_count = below(4) == 0 ? 1 + below(4) : below(2);
  if (below(2)) projection.low_limit = -100, projection.high_limit = 90;
  for (uint32_t i = 0; i < projection.term_count; i++) draw_term(&projection.terms[i]);
  uint32_t from = sizes[projection.source], to = sizes[projection.target];
  if (spk_model_add_projection(model, name, &projection, NULL) != SPK_OK) return 0;
  for (uint32_t i = 0; i < MOST * MOST; i++) weights[i] = (int16_t)between(-100, 90);
  if (projection.connectivity != SPK_SPARSE)
    return must(spk_model_set_weights(model, index, weights, projection.connectivity == SPK_DENSE ? (size_t)from * to : to)), 1;
  for (uint32_t i = 0; i < from; i++) {
    for (uint32_t j = 0; j < to; j++)
      if (below(3) == 0) targets[count++] = j;
    rows[i + 1] = count;
  }
  must(spk_model_set_synapses(model, index, rows, targets, weights, count));
  return 1;
}

static size_t draw_events(spk_event *events, uint32_t neurons) {
  size_t count = 0;
  for (uint32_t tick = 0; tick < TICKS; tick++)
    for (uint32_t neuron = 0; neuron < neurons; neuron++)
      if (below(8) == 0) events[count++] = (spk_event){tick, 0, neuron};
  return count;
}

static uint64_t run(spk_device *device, spk_model *model, const uint32_t *sizes, int16_t *weights) {
  static spk_event events[EVENTS], out[2 * EVENTS];
  static int32_t values[MOST];
  spk_session *session;
  uint64_t digest = 14695981039346656037U;
  must(spk_session_open(device, model, NULL, &session));
  for (uint32_t population = 2; population < POPULATIONS; population++) must(spk_session_record(session, population, 1));
  for (uint32_t part = 0; part < 3; part++) {
    spk_run_options options = SPK_RUN_OPTIONS_INIT;
    int16_t held[MOST];
    size_t count;
    for (uint32_t i = 0; i < MOST; i++) held[i] = (int16_t)between(-300, 300);
    must(spk_session_set_values(session, 1, held, sizes[1]));
    options.ticks = TICKS, options.flags = part < 2 ? SPK_RUN_LEARN : 0;
    must(spk_session_run(session, &options, events, draw_events(events, sizes[0]), out, 2 * EVENTS, &count));
    add(&digest, out, count * sizeof *out);
  }
  for (uint32_t projection = 0; projection < PROJECTIONS; projection++) {
    size_t count;
    must(spk_session_read_weights(session, projection, weights, MOST * MOST, &count));
    add(&digest, weights, count * sizeof *weights);
  }
  for (uint32_t population = 2; population < POPULATIONS; population++)
    for (uint32_t variable = SPK_MEMBRANE; variable <= SPK_DENDRITE; variable++) {
      must(spk_session_read_state(session, population, variable, 0, values, sizes[population]));
      add(&digest, values, sizes[population] * sizeof *values);
    }
  must(spk_session_close(session));
  return digest;
}

int main(int argc, char **argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 200, found = 0;
  int16_t *weights = malloc(MOST * MOST * sizeof *weights);
  spk_device *device;
  uint64_t all = 14695981039346656037U;
  must(spk_context_create(NULL, &context));
  must(spk_device_open(context, "sim:", NULL, &device));
  while (found < wanted) {
    uint32_t sizes[POPULATIONS];
    spk_model *model;
    must(spk_model_create(context, "random", &model));
    for (uint32_t i = 0; i < POPULATIONS; i++) add_population(model, i, sizes);
    for (uint32_t i = 0; i < PROJECTIONS;) i += (uint32_t)add_projection(model, i, sizes, weights);
    if (spk_model_check(model) == SPK_OK) {
      uint64_t digest = run(device, model, sizes, weights);
      printf("%4d  %016llx\n", found++, (unsigned long long)digest);
      add(&all, &digest, sizeof digest);
    }
    must(spk_model_close(model));
  }
  printf(" all  %016llx\n", (unsigned long long)all);
  must(spk_device_close(device));
  must(spk_context_close(context));
  free(weights);
  return 0;
}
