/* Populations: every field out of its range, roles, and parameters that come as one value a neuron. */
#include "small_network.h"

#include <stddef.h>

enum { MINIMUM = -8388608, MAXIMUM = 8388607 };

static small_network small;

#define U(member) #member, offsetof(spk_population, member)

static const struct {
  const char *words;
  size_t offset;
  uint32_t kind, value;
  spk_status status;
} fields[] = {
    {U(struct_size), SPK_LEAKY, 0, SPK_ERROR_ARGUMENT},
    {U(struct_size), SPK_LEAKY, (uint32_t)sizeof(spk_population) - 1, SPK_ERROR_ARGUMENT},
    {U(kind), SPK_LEAKY, 4, SPK_ERROR_ARGUMENT},
    {U(kind), SPK_LEAKY, 258, SPK_ERROR_ARGUMENT},
    {U(kind), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(neuron_count), SPK_LEAKY, 0, SPK_ERROR_ARGUMENT},
    {U(neuron_count), SPK_LEAKY, 1048577, SPK_ERROR_ARGUMENT},
    {U(neuron_count), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(neuron_count), SPK_INPUT, 0, SPK_ERROR_ARGUMENT},
    {U(neuron_count), SPK_ANALOGUE, 0x80000000, SPK_ERROR_ARGUMENT},
    {U(role), SPK_LEAKY, 4, SPK_ERROR_ARGUMENT},
    {U(role), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(role), SPK_LEAKY, SPK_ROLE_STIMULUS, SPK_ERROR_MODEL},
    {U(role), SPK_LEAKY, SPK_ROLE_LABEL, SPK_ERROR_MODEL},
    {U(role), SPK_INPUT, SPK_ROLE_OUTPUT, SPK_ERROR_MODEL},
    {U(role), SPK_ANALOGUE, SPK_ROLE_STIMULUS, SPK_ERROR_MODEL},
    {"output", offsetof(spk_population, role), SPK_LEAKY, SPK_ROLE_OUTPUT, SPK_ERROR_MODEL}, /* taken */
    {"input", offsetof(spk_population, role), SPK_INPUT, SPK_ROLE_STIMULUS, SPK_ERROR_MODEL},
    {U(reads_out), SPK_LEAKY, 2, SPK_ERROR_ARGUMENT},
    {U(reset), SPK_LEAKY, 3, SPK_ERROR_ARGUMENT},
    {U(reset), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(threshold), SPK_LEAKY, MAXIMUM + 1, SPK_ERROR_MODEL},
    {U(threshold), SPK_LEAKY, (uint32_t)(MINIMUM - 1), SPK_ERROR_MODEL},
    {U(threshold), SPK_LEAKY, 0x80000000, SPK_ERROR_MODEL},
    {U(bias), SPK_LEAKY, MAXIMUM + 1, SPK_ERROR_MODEL},
    {U(bias), SPK_LEAKY, (uint32_t)(MINIMUM - 1), SPK_ERROR_MODEL},
    {U(reset_to), SPK_LEAKY, MAXIMUM + 1, SPK_ERROR_MODEL},
    {U(reset_to), SPK_LEAKY, (uint32_t)(MINIMUM - 1), SPK_ERROR_MODEL},
    {U(lower_bound), SPK_LEAKY, MAXIMUM + 1, SPK_ERROR_MODEL},
    {U(lower_bound), SPK_LEAKY, (uint32_t)(MINIMUM - 1), SPK_ERROR_MODEL},
    {U(bias), SPK_QUADRATIC, MAXIMUM + 1, SPK_ERROR_MODEL},
    {U(noise), SPK_QUADRATIC, 32768, SPK_ERROR_ARGUMENT},
    {U(role), SPK_QUADRATIC, SPK_ROLE_STIMULUS, SPK_ERROR_MODEL},
    {U(refractory_ticks), SPK_LEAKY, 256, SPK_ERROR_ARGUMENT},
    {U(refractory_ticks), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(current_shift), SPK_LEAKY, 16, SPK_ERROR_ARGUMENT},
    {U(current_shift), SPK_LEAKY, 256, SPK_ERROR_ARGUMENT},
    {U(noise), SPK_LEAKY, 32768, SPK_ERROR_ARGUMENT},
    {U(noise), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(group_size), SPK_LEAKY, 1, SPK_ERROR_MODEL},
    {U(group_size), SPK_LEAKY, 65537, SPK_ERROR_ARGUMENT},
    {U(group_size), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(membrane_view_shift), SPK_LEAKY, 16, SPK_ERROR_ARGUMENT},
    {U(current_view_shift), SPK_LEAKY, 16, SPK_ERROR_ARGUMENT},
    {U(dendrite_view_shift), SPK_LEAKY, 256, SPK_ERROR_ARGUMENT},
    {U(gain), SPK_INPUT, 65536, SPK_ERROR_ARGUMENT},
    {U(gain), SPK_INPUT, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(floor), SPK_INPUT, 256, SPK_ERROR_ARGUMENT},
    {U(value_limit), SPK_ANALOGUE, 0, SPK_ERROR_ARGUMENT},
    {U(value_limit), SPK_ANALOGUE, 32768, SPK_ERROR_ARGUMENT},
    {U(value_limit), SPK_ANALOGUE, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {U(decay_set_count), SPK_LEAKY, 0, SPK_ERROR_ARGUMENT},
    {U(decay_set_count), SPK_LEAKY, 17, SPK_ERROR_ARGUMENT},
    {U(decay_set_count), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {"pre_trace.step", offsetof(spk_population, pre_trace), SPK_INPUT, 1 << 23, SPK_ERROR_ARGUMENT},
    {"post_trace.step", offsetof(spk_population, post_trace), SPK_LEAKY, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {"pre_trace.decay", offsetof(spk_population, pre_trace.decay), SPK_LEAKY, 4097, SPK_ERROR_ARGUMENT},
    {"post_trace.view_shift", offsetof(spk_population, post_trace.view_shift), SPK_LEAKY, 16, SPK_ERROR_ARGUMENT},
    {U(mean_ticks), SPK_LEAKY, 65536, SPK_ERROR_ARGUMENT},
    {U(counts_per_unit), SPK_LEAKY, 8388609, SPK_ERROR_ARGUMENT},
    {U(counts_per_unit), SPK_ANALOGUE, UINT32_MAX, SPK_ERROR_ARGUMENT},
    {"decay", offsetof(spk_population, decays), SPK_LEAKY, 4097, SPK_ERROR_MODEL},
    {"decay", offsetof(spk_population, decays) + 4, SPK_LEAKY, 0xffff0000, SPK_ERROR_MODEL},
};

static spk_population with_field(size_t i) {
  spk_population population = SPK_POPULATION_INIT;
  population.neuron_count = 2;
  population.kind = fields[i].kind;
  memcpy((char *)&population + fields[i].offset, &fields[i].value, sizeof fields[i].value);
  return population;
}

static void each_field(void) {
  uint32_t index = 77;
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    spk_population population = with_field(i);
    if (!REFUSED(small.context, fields[i].status, fields[i].words,
                 spk_model_add_population(small.model, "more", &population, &index)))
      printf("  field %s = %u\n", fields[i].words, (unsigned)fields[i].value);
  }
  CHECK(index == 77);
}

static void the_rest(void) {
  LONGER(spk_population) newer = {SPK_POPULATION_INIT, {0}};
  uint32_t index = 77;
  newer.known.neuron_count = 2;
  newer.known.struct_size = sizeof newer;
  newer.tail[0] = 1;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
          spk_model_add_population(small.model, "more", &newer.known, &index));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "population",
          spk_model_add_population(small.model, "more", NULL, &index));
  CHECK(index == 77);
  newer.tail[0] = 0;
  OK(small.context, spk_model_add_population(small.model, "more", &newer.known, &index));
  CHECK(index == POPULATIONS);

  /* The first version's struct ended before `counts_per_unit`, and what is behind it is not looked at. */
  newer.known.struct_size = (uint32_t)offsetof(spk_population, counts_per_unit);
  newer.known.counts_per_unit = UINT32_MAX;
  OK(small.context, spk_model_add_population(small.model, "older", &newer.known, &index));
  OK(small.context, spk_model_get_population(small.model, index, &newer.known, NULL));
  CHECK(newer.known.neuron_count == 2 && newer.known.counts_per_unit == UINT32_MAX);
  CHECK(newer.known.struct_size == offsetof(spk_population, counts_per_unit));
  newer.known.struct_size = sizeof newer.known;
  OK(small.context, spk_model_get_population(small.model, index, &newer.known, NULL));
  CHECK(newer.known.counts_per_unit == 0);

  /* Fields that a kind has no use for are ignored. */
  spk_population input = SPK_POPULATION_INIT;
  input.kind = SPK_INPUT;
  input.neuron_count = 1;
  input.threshold = INT32_MAX;
  input.group_size = input.decay_set_count = input.value_limit = input.counts_per_unit = UINT32_MAX;
  OK(small.context, spk_model_add_population(small.model, "input that says more", &input, NULL));
  spk_population leaky = SPK_POPULATION_INIT;
  leaky.neuron_count = 1048576;
  leaky.gain = leaky.floor = leaky.value_limit = UINT32_MAX;
  OK(small.context, spk_model_add_population(small.model, "largest", &leaky, NULL));
}

/* A quadratic population has the threshold and the reset of its circle, whatever its struct says, and no others a neuron. */
static void quadratic(void) {
  int32_t values[2] = {1, 2};
  uint32_t index;
  spk_population population = SPK_POPULATION_INIT;
  population.kind = SPK_QUADRATIC;
  population.neuron_count = 2;
  population.reads_out = population.reset = UINT32_MAX;
  population.threshold = population.reset_to = population.lower_bound = INT32_MIN;
  OK(small.context, spk_model_add_population(small.model, "round", &population, &index));
  OK(small.context, spk_model_get_population(small.model, index, &population, NULL));
  CHECK(population.kind == SPK_QUADRATIC && population.reads_out == 0 && population.reset == SPK_RESET_SUBTRACT);
  CHECK(population.threshold == 524288 && population.reset_to == 0 && population.lower_bound == -524288);
  REFUSED(small.context, SPK_ERROR_MODEL, "threshold", spk_model_set_parameters(small.model, index, SPK_THRESHOLD, values, 2));
  REFUSED(small.context, SPK_ERROR_MODEL, "reset_to", spk_model_set_parameters(small.model, index, SPK_RESET_TO, values, 2));
  REFUSED(small.context, SPK_ERROR_MODEL, "lower_bound", spk_model_set_parameters(small.model, index, SPK_LOWER_BOUND, values, 2));
  OK(small.context, spk_model_set_parameters(small.model, index, SPK_BIAS, values, 2));
}

static void too_many(void) {
  spk_model *model;
  spk_population population = SPK_POPULATION_INIT;
  char name[16];
  population.neuron_count = 1;
  OK(small.context, spk_model_create(small.context, "many", &model));
  for (int i = 0; i < 4096; i++) {
    snprintf(name, sizeof name, "p%d", i);
    if (!OK(small.context, spk_model_add_population(model, name, &population, NULL))) break;
  }
  REFUSED(small.context, SPK_ERROR_MODEL, "4096", spk_model_add_population(model, "more", &population, NULL));
  OK(small.context, spk_model_close(model));
}

static void parameters(void) {
  int32_t values[4] = {1, 2, 3, 4}, found[4] = {0};
  uint64_t before = small_model_print(small.model);
#define SET(status, words, population, parameter, values, count) \
  REFUSED(small.context, status, words, spk_model_set_parameters(small.model, population, parameter, values, count))
#define GET(status, words, population, parameter, values, count) \
  REFUSED(small.context, status, words, spk_model_get_parameters(small.model, population, parameter, values, count))
  SET(SPK_ERROR_ARGUMENT, "population", 1000, SPK_BIAS, values, 4);
  SET(SPK_ERROR_ARGUMENT, "population", UINT32_MAX, SPK_BIAS, values, 4);
  SET(SPK_ERROR_ARGUMENT, "parameter", HIDDEN, 5, values, 4);
  SET(SPK_ERROR_ARGUMENT, "parameter", HIDDEN, UINT32_MAX, values, 4);
  SET(SPK_ERROR_ARGUMENT, "values", HIDDEN, SPK_BIAS, NULL, 4);
  SET(SPK_ERROR_ARGUMENT, "hidden", HIDDEN, SPK_BIAS, values, 3);
  SET(SPK_ERROR_ARGUMENT, "hidden", HIDDEN, SPK_BIAS, values, 0);
  SET(SPK_ERROR_ARGUMENT, "", HIDDEN, SPK_BIAS, values, SIZE_MAX);
  SET(SPK_ERROR_ARGUMENT, "", HIDDEN, SPK_BIAS, values, ((size_t)1 << 62) + 4);
  SET(SPK_ERROR_MODEL, "input", INPUT, SPK_BIAS, values, 3);
  SET(SPK_ERROR_MODEL, "value", VALUE, SPK_THRESHOLD, values, 2);
  values[3] = MAXIMUM + 1;
  SET(SPK_ERROR_MODEL, "neuron 3", HIDDEN, SPK_BIAS, values, 4);
  values[3] = INT32_MIN;
  SET(SPK_ERROR_MODEL, "neuron 3", HIDDEN, SPK_LOWER_BOUND, values, 4);
  SET(SPK_ERROR_MODEL, "decay_index", HIDDEN, SPK_DECAY_INDEX, values, 4);
  GET(SPK_ERROR_ARGUMENT, "population", 1000, SPK_BIAS, found, 4);
  GET(SPK_ERROR_ARGUMENT, "parameter", HIDDEN, 5, found, 4);
  GET(SPK_ERROR_ARGUMENT, "values", HIDDEN, SPK_BIAS, NULL, 4);
  GET(SPK_ERROR_ARGUMENT, "values", HIDDEN, SPK_BIAS, found, 3);
  GET(SPK_ERROR_ARGUMENT, "", HIDDEN, SPK_BIAS, found, SIZE_MAX);
  CHECK(found[0] == 0);
  CHECK(small_model_print(small.model) == before);

  values[3] = MINIMUM;
  OK(small.context, spk_model_set_parameters(small.model, HIDDEN, SPK_BIAS, values, 4));
  OK(small.context, spk_model_get_parameters(small.model, HIDDEN, SPK_BIAS, found, 4));
  CHECK(memcmp(values, found, sizeof values) == 0);
  OK(small.context, spk_model_get_parameters(small.model, HIDDEN, SPK_THRESHOLD, found, 4));
  CHECK(found[0] == 40 && found[3] == 40);
}

int main(void) {
  small = small_open();
  uint64_t before = small_model_print(small.model);
  each_field();
  CHECK(small_model_print(small.model) == before);
  parameters();
  the_rest();
  quadratic();
  too_many();
  small_close(&small);
  return check_tally();
}
