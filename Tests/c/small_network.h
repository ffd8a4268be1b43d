/* A network that has one of everything, on a simulated board: what most tests start from. A unit is 100 counts of value and hidden.
 *
 *   input (3) --dense int8, learns--> hidden (4) --dense int16--> output (3) --one-to-one--> output
 *   value (2, analogue) --sparse, 2 ticks--> hidden               label (3) --dense, label-gated--> hidden, dendrite
 */
#ifndef TESTS_SMALL_NETWORK_H
#define TESTS_SMALL_NETWORK_H

#include "check.h"

enum { INPUT, VALUE, HIDDEN, OUTPUT, LABEL, POPULATIONS };
enum { INPUT_HIDDEN, HIDDEN_OUTPUT, VALUE_HIDDEN, OUTPUT_OUTPUT, LABEL_HIDDEN, PROJECTIONS };

static const uint32_t small_weight_counts[PROJECTIONS] = {12, 12, 4, 3, 12};

typedef struct small_network {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
} small_network;

static inline spk_population small_population(uint32_t kind, uint32_t neuron_count, uint32_t role) {
  spk_population population = SPK_POPULATION_INIT;
  population.kind = kind;
  population.neuron_count = neuron_count;
  population.role = role;
  population.threshold = 40;
  population.decays[0].membrane = 1024;
  population.value_limit = 1000;
  return population;
}

static inline spk_projection small_projection(uint32_t source, uint32_t target, uint32_t connectivity,
                                              uint32_t storage) {
  spk_projection projection = SPK_PROJECTION_INIT;
  projection.source = source;
  projection.target = target;
  projection.connectivity = connectivity;
  projection.storage = storage;
  return projection;
}

/* The rule of input-hidden: a spike changes its weights by half the dendrite, to within −100 .. 100. */
static inline void small_rule(spk_projection *projection) {
  projection->learning = 1;
  projection->low_limit = -100;
  projection->high_limit = 100;
  projection->term_count = 1;
  projection->terms[0].factor_a = SPK_FACTOR_DENDRITE;
  projection->terms[0].mantissa = 1;
  projection->terms[0].shift = 1;
}

static inline void small_weights(spk_model *model) {
  int16_t weights[12], masters[12];
  const uint32_t rows[] = {0, 2, 4}, targets[] = {0, 2, 1, 3};
  for (int i = 0; i < 12; i++) {
    weights[i] = (int16_t)(30 + 3 * i);
    masters[i] = (int16_t)(256 * (20 + i) + i);
  }
  OK(NULL, spk_model_set_weights(model, INPUT_HIDDEN, weights, 12));
  OK(NULL, spk_model_set_weights(model, HIDDEN_OUTPUT, masters, 12));
  OK(NULL, spk_model_set_weights(model, LABEL_HIDDEN, weights, 12));
  OK(NULL, spk_model_set_weights(model, OUTPUT_OUTPUT, (const int16_t[]){-5, -6, -7}, 3));
  OK(NULL, spk_model_set_synapses(model, VALUE_HIDDEN, rows, targets, (const int16_t[]){1, -2, 3, -4}, 4));
}

static inline spk_model *small_model(spk_context *context) {
  spk_model *model = NULL;
  OK(context, spk_model_create(context, "small", &model));
  spk_population input = small_population(SPK_INPUT, 3, SPK_ROLE_STIMULUS);
  spk_population value = small_population(SPK_ANALOGUE, 2, SPK_ROLE_NONE);
  spk_population hidden = small_population(SPK_LEAKY, 4, SPK_ROLE_NONE);
  spk_population output = small_population(SPK_LEAKY, 3, SPK_ROLE_OUTPUT);
  spk_population label = small_population(SPK_INPUT, 3, SPK_ROLE_LABEL);
  value.counts_per_unit = hidden.counts_per_unit = 100;
  OK(context, spk_model_add_population(model, "input", &input, NULL));
  OK(context, spk_model_add_population(model, "value", &value, NULL));
  OK(context, spk_model_add_population(model, "hidden", &hidden, NULL));
  OK(context, spk_model_add_population(model, "output", &output, NULL));
  OK(context, spk_model_add_population(model, "label", &label, NULL));

  spk_projection input_hidden = small_projection(INPUT, HIDDEN, SPK_DENSE, SPK_INT8);
  spk_projection hidden_output = small_projection(HIDDEN, OUTPUT, SPK_DENSE, SPK_INT16_MASTER);
  spk_projection value_hidden = small_projection(VALUE, HIDDEN, SPK_SPARSE, SPK_INT8);
  spk_projection output_output = small_projection(OUTPUT, OUTPUT, SPK_ONE_TO_ONE, SPK_INT8);
  spk_projection label_hidden = small_projection(LABEL, HIDDEN, SPK_DENSE, SPK_INT8);
  small_rule(&input_hidden);
  value_hidden.delay_ticks = 2;
  label_hidden.compartment = SPK_DENDRITE;
  label_hidden.label_gated = 1;
  OK(context, spk_model_add_projection(model, "input-hidden", &input_hidden, NULL));
  OK(context, spk_model_add_projection(model, "hidden-output", &hidden_output, NULL));
  OK(context, spk_model_add_projection(model, "value-hidden", &value_hidden, NULL));
  OK(context, spk_model_add_projection(model, "output-output", &output_output, NULL));
  OK(context, spk_model_add_projection(model, "label-hidden", &label_hidden, NULL));
  small_weights(model);
  return model;
}

/* Opens it at the locator of the tests.
 * options: of its context; null for the defaults */
static inline small_network small_open_with(const spk_context_options *options) {
  small_network small = {NULL, NULL, NULL, NULL};
  OK(NULL, spk_context_create(options, &small.context));
  OK(small.context, spk_device_open(small.context, test_locator(), NULL, &small.device));
  small.model = small_model(small.context);
  OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
  return small;
}

static inline small_network small_open(void) { return small_open_with(NULL); }

/* The session anew: what was learnt is gone. */
static inline void small_reopen(small_network *small) {
  OK(small->context, spk_session_close(small->session));
  OK(small->context, spk_session_open(small->device, small->model, NULL, &small->session));
}

static inline void small_close(small_network *small) {
  OK(small->context, spk_session_close(small->session));
  OK(small->context, spk_model_close(small->model));
  OK(small->context, spk_device_close(small->device));
  OK(NULL, spk_context_close(small->context));
}

/* A number that any change of the model changes: a hash of its file. */
static inline uint64_t small_model_print(spk_model *model) {
  static unsigned char bytes[65536];
  size_t size = 0;
  uint64_t hash = 14695981039346656037U;
  OK(NULL, spk_model_save_memory(model, bytes, sizeof bytes, &size));
  for (size_t i = 0; i < size && i < sizeof bytes; i++) hash = (hash ^ bytes[i]) * 1099511628211U;
  return hash;
}

/* A number that any change of weights, state or ticks of the session changes. */
static inline uint64_t small_session_print(spk_session *session) {
  uint64_t hash = 14695981039346656037U, learning, frozen;
  int16_t weights[12] = {0};
  int32_t state[4] = {0};
  size_t count;
  for (uint32_t projection = 0; projection < PROJECTIONS; projection++) {
    OK(NULL, spk_session_read_weights(session, projection, weights, 12, &count));
    for (size_t i = 0; i < count; i++) hash = (hash ^ (uint16_t)weights[i]) * 1099511628211U;
  }
  for (uint32_t variable = SPK_MEMBRANE; variable <= SPK_REFRACTORY; variable++) {
    OK(NULL, spk_session_read_state(session, HIDDEN, variable, 0, state, 4));
    for (size_t i = 0; i < 4; i++) hash = (hash ^ (uint32_t)state[i]) * 1099511628211U;
  }
  OK(NULL, spk_session_ticks(session, &learning, &frozen));
  return ((hash ^ learning) * 1099511628211U ^ frozen) * 1099511628211U;
}

#endif
