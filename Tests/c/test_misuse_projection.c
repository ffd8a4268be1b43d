/* Projections: every field and term out of its range, ends, weights and synapses. */
#include "small_network.h"

#include <stddef.h>

static small_network small;

#define P(member) #member, offsetof(spk_projection, member)
#define T(member) #member, offsetof(spk_projection, terms[0].member)

static const struct {
  const char *words;
  size_t offset;
  uint32_t value;
  spk_status status;
} fields[] = {
    {P(struct_size), 0, SPK_ERROR_ARGUMENT},
    {P(struct_size), (uint32_t)sizeof(spk_projection) - 4, SPK_ERROR_ARGUMENT},
    {P(source), POPULATIONS, SPK_ERROR_MODEL},
    {P(source), UINT32_MAX, SPK_ERROR_ARGUMENT},
    {P(target), POPULATIONS, SPK_ERROR_MODEL},
    {P(target), 0x80000000, SPK_ERROR_ARGUMENT},
    {"label", offsetof(spk_projection, target), LABEL, SPK_ERROR_MODEL}, /* not leaky */
    {"value", offsetof(spk_projection, target), VALUE, SPK_ERROR_MODEL},
    {"value", offsetof(spk_projection, source), VALUE, SPK_ERROR_MODEL}, /* a rule on an analogue source */
    {P(compartment), 4, SPK_ERROR_ARGUMENT},
    {P(compartment), 256, SPK_ERROR_ARGUMENT},
    {P(connectivity), 4, SPK_ERROR_ARGUMENT},
    {"shared", offsetof(spk_projection, connectivity), SPK_SHARED_KERNEL, SPK_ERROR_UNSUPPORTED},
    {"one", offsetof(spk_projection, connectivity), SPK_ONE_TO_ONE, SPK_ERROR_MODEL}, /* 3 onto 4 */
    {P(storage), 2, SPK_ERROR_ARGUMENT},
    {P(shift), 16, SPK_ERROR_ARGUMENT},
    {P(shift), 257, SPK_ERROR_ARGUMENT},
    {P(delay_ticks), 0, SPK_ERROR_ARGUMENT},
    {P(delay_ticks), 64, SPK_ERROR_ARGUMENT},
    {P(delay_ticks), 257, SPK_ERROR_ARGUMENT},
    {P(blank_out), 256, SPK_ERROR_ARGUMENT},
    {P(disabled), 2, SPK_ERROR_ARGUMENT},
    {P(label_gated), 2, SPK_ERROR_ARGUMENT},
    {P(learning), 2, SPK_ERROR_ARGUMENT},
    {P(rate), 257, SPK_ERROR_ARGUMENT},
    {P(rate), UINT32_MAX, SPK_ERROR_ARGUMENT},
    {P(rounding), 3, SPK_ERROR_ARGUMENT},
    {P(low_limit), (uint32_t)-32769, SPK_ERROR_ARGUMENT},
    {P(high_limit), 32768, SPK_ERROR_ARGUMENT},
    {"limit", offsetof(spk_projection, low_limit), 101, SPK_ERROR_MODEL}, /* above the high one */
    {P(term_count), 5, SPK_ERROR_ARGUMENT},
    {P(term_count), 257, SPK_ERROR_ARGUMENT},
    {P(skip_diagonal), 1, SPK_ERROR_MODEL}, /* between two populations */
    {P(skip_diagonal), 2, SPK_ERROR_ARGUMENT},
    {T(trigger), 3, SPK_ERROR_ARGUMENT},
    {"period_ticks", offsetof(spk_projection, terms[0].trigger), SPK_ON_EVERY, SPK_ERROR_MODEL},
    {T(period_ticks), 1, SPK_ERROR_MODEL},
    {T(period_ticks), 65536, SPK_ERROR_ARGUMENT},
    {T(gate), 3, SPK_ERROR_ARGUMENT},
    {T(gate_variable), 8, SPK_ERROR_ARGUMENT},
    {T(gate_variable), SPK_FACTOR_ONE, SPK_ERROR_MODEL},
    {T(gate_variable), SPK_FACTOR_WEIGHT, SPK_ERROR_MODEL},
    {"uses mean_dendrite", offsetof(spk_projection, terms[0].gate_variable), SPK_FACTOR_MEAN_DENDRITE, SPK_ERROR_MODEL},
    {"uses post_trace", offsetof(spk_projection, terms[0].gate_variable), SPK_FACTOR_POST_TRACE, SPK_ERROR_MODEL},
    {T(gate_low), (uint32_t)-32769, SPK_ERROR_ARGUMENT},
    {T(gate_high), 32768, SPK_ERROR_ARGUMENT},
    {T(factor_a), 8, SPK_ERROR_ARGUMENT},
    {"uses mean_dendrite", offsetof(spk_projection, terms[0].factor_a), SPK_FACTOR_MEAN_DENDRITE, SPK_ERROR_MODEL},
    {"uses pre_trace", offsetof(spk_projection, terms[0].factor_b), SPK_FACTOR_PRE_TRACE, SPK_ERROR_MODEL},
    {"uses post_trace", offsetof(spk_projection, terms[0].factor_b), SPK_FACTOR_POST_TRACE, SPK_ERROR_MODEL},
    {T(factor_b), UINT32_MAX, SPK_ERROR_ARGUMENT},
    {T(mantissa), 128, SPK_ERROR_ARGUMENT},
    {T(mantissa), (uint32_t)-129, SPK_ERROR_ARGUMENT},
    {T(shift), 25, SPK_ERROR_ARGUMENT},
    {T(shift), UINT32_MAX, SPK_ERROR_ARGUMENT},
    {T(shift), 18, SPK_ERROR_MODEL}, /* 15 more than the other term */
};

static spk_projection learning_projection(void) {
  spk_projection projection = small_projection(INPUT, HIDDEN, SPK_DENSE, SPK_INT8);
  small_rule(&projection);
  projection.term_count = 2;
  projection.terms[0].gate = SPK_GATE_INSIDE;
  projection.terms[0].gate_variable = SPK_FACTOR_CURRENT;
  projection.terms[0].gate_high = 9;
  projection.terms[1] = projection.terms[0];
  projection.terms[1].shift = 3;
  return projection;
}

static void each_field(void) {
  uint32_t index = 77;
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    spk_projection projection = learning_projection();
    memcpy((char *)&projection + fields[i].offset, &fields[i].value, sizeof fields[i].value);
    if (!REFUSED(small.context, fields[i].status, fields[i].words,
                 spk_model_add_projection(small.model, "more", &projection, &index)))
      printf("  field %s = %u\n", fields[i].words, (unsigned)fields[i].value);
  }
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projection",
          spk_model_add_projection(small.model, "more", NULL, &index));
  LONGER(spk_projection) newer = {SPK_PROJECTION_INIT, {0}};
  newer.known = learning_projection();
  newer.known.struct_size = sizeof newer;
  newer.tail[3] = 1;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
          spk_model_add_projection(small.model, "more", &newer.known, &index));
  CHECK(index == 77);
}

static void weights(void) {
  int16_t values[12] = {0}, found[12] = {7, 7};
  size_t count = 0;
#define SET(status, words, projection, weights, count) \
  REFUSED(small.context, status, words, spk_model_set_weights(small.model, projection, weights, count))
#define GET(status, words, projection, weights, capacity, count) \
  REFUSED(small.context, status, words, spk_model_get_weights(small.model, projection, weights, capacity, count))
  SET(SPK_ERROR_ARGUMENT, "projection", PROJECTIONS, values, 12);
  SET(SPK_ERROR_ARGUMENT, "projection", SPK_ALL, values, 12);
  SET(SPK_ERROR_ARGUMENT, "weights", INPUT_HIDDEN, NULL, 12);
  SET(SPK_ERROR_ARGUMENT, "input-hidden", INPUT_HIDDEN, values, 11);
  SET(SPK_ERROR_ARGUMENT, "input-hidden", INPUT_HIDDEN, values, 0);
  SET(SPK_ERROR_ARGUMENT, "", INPUT_HIDDEN, values, SIZE_MAX);
  SET(SPK_ERROR_ARGUMENT, "", INPUT_HIDDEN, values, ((size_t)1 << 63) + 12);
  SET(SPK_ERROR_ARGUMENT, "value-hidden", VALUE_HIDDEN, values, 12);
  values[11] = 101;
  SET(SPK_ERROR_MODEL, "weight 11", INPUT_HIDDEN, values, 12);
  values[11] = -101;
  SET(SPK_ERROR_MODEL, "weight 11", INPUT_HIDDEN, values, 12);
  values[11] = 128;
  SET(SPK_ERROR_MODEL, "weight 11", LABEL_HIDDEN, values, 12);
  values[11] = -129;
  SET(SPK_ERROR_MODEL, "weight 11", LABEL_HIDDEN, values, 12);
  GET(SPK_ERROR_ARGUMENT, "projection", PROJECTIONS, found, 12, &count);
  GET(SPK_ERROR_ARGUMENT, "weights", INPUT_HIDDEN, NULL, 12, &count);
  GET(SPK_ERROR_ARGUMENT, "count", INPUT_HIDDEN, found, 12, NULL);
  GET(SPK_ERROR_TOO_SMALL, "11", INPUT_HIDDEN, found, 11, &count);
  CHECK(count == 12 && found[0] == 7);
  OK(small.context, spk_model_get_weights(small.model, VALUE_HIDDEN, NULL, 0, &count));
  CHECK(count == 4);
  OK(small.context, spk_model_get_weights(small.model, INPUT_HIDDEN, found, 12, &count));
  CHECK(count == 12 && found[0] == 30 && found[11] == 63);
}

static void synapses(void) {
  const uint32_t rows[] = {0, 2, 4}, targets[] = {0, 2, 1, 3};
  const int16_t weights[] = {1, 2, 3, 4};
#define ROWS(...) (const uint32_t[]){__VA_ARGS__}
#define SYNAPSES(status, words, projection, ...) \
  REFUSED(small.context, status, words, spk_model_set_synapses(small.model, projection, __VA_ARGS__))
  SYNAPSES(SPK_ERROR_ARGUMENT, "projection", PROJECTIONS, rows, targets, weights, 4);
  SYNAPSES(SPK_ERROR_ARGUMENT, "input-hidden", INPUT_HIDDEN, rows, targets, weights, 4);
  SYNAPSES(SPK_ERROR_ARGUMENT, "output-output", OUTPUT_OUTPUT, rows, targets, weights, 4);
  SYNAPSES(SPK_ERROR_ARGUMENT, "row_starts", VALUE_HIDDEN, NULL, targets, weights, 4);
  SYNAPSES(SPK_ERROR_ARGUMENT, "targets", VALUE_HIDDEN, rows, NULL, weights, 4);
  SYNAPSES(SPK_ERROR_ARGUMENT, "weights", VALUE_HIDDEN, rows, targets, NULL, 4);
  SYNAPSES(SPK_ERROR_ARGUMENT, "", VALUE_HIDDEN, rows, targets, weights, SIZE_MAX);
  SYNAPSES(SPK_ERROR_ARGUMENT, "", VALUE_HIDDEN, rows, targets, weights, (size_t)1 << 62);
  SYNAPSES(SPK_ERROR_MODEL, "row_starts", VALUE_HIDDEN, rows, targets, weights, 3);
  SYNAPSES(SPK_ERROR_MODEL, "row_starts", VALUE_HIDDEN, rows, NULL, NULL, 0);
  SYNAPSES(SPK_ERROR_MODEL, "row_starts", VALUE_HIDDEN, ROWS(1, 2, 4), targets, weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "row_starts", VALUE_HIDDEN, ROWS(0, 5, 4), targets, weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "row_starts", VALUE_HIDDEN, ROWS(0, UINT32_MAX, 4), targets, weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "row 0", VALUE_HIDDEN, rows, ROWS(2, 0, 1, 3), weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "row 0", VALUE_HIDDEN, rows, ROWS(2, 2, 1, 3), weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "row 1", VALUE_HIDDEN, rows, ROWS(0, 2, 1, 4), weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "row 1", VALUE_HIDDEN, rows, ROWS(0, 2, 1, UINT32_MAX), weights, 4);
  SYNAPSES(SPK_ERROR_MODEL, "weight 3", VALUE_HIDDEN, rows, targets, ((const int16_t[]){0, 0, 0, 128}), 4);
}

static void whole_models(void) {
  spk_model *model = small_model(small.context);
  spk_population more = small_population(SPK_LEAKY, 20000, SPK_ROLE_NONE);
  spk_projection projection = small_projection(POPULATIONS, HIDDEN, SPK_DENSE, SPK_INT8);
  spk_session *session = NULL;
  size_t size;
  projection.shift = 15; /* 20,000 · 128 · 2^15 is more than 2^31 */
  OK(small.context, spk_model_add_population(model, "more", &more, NULL));
  OK(small.context, spk_model_add_projection(model, "heavy", &projection, NULL));
  REFUSED(small.context, SPK_ERROR_MODEL, "heavy", spk_model_check(model));
  REFUSED(small.context, SPK_ERROR_MODEL, "heavy", spk_model_save_memory(model, NULL, 0, &size));
  REFUSED(small.context, SPK_ERROR_MODEL, "heavy", spk_model_save_file(model, "/tmp/spikelet-unlawful"));
  REFUSED(small.context, SPK_ERROR_MODEL, "heavy", spk_model_place(model, NULL, NULL, 0, &size));
  OK(small.context, spk_session_close(small.session));
  REFUSED(small.context, SPK_ERROR_MODEL, "heavy", spk_session_open(small.device, model, NULL, &session));
  OK(small.context, spk_session_open(small.device, small.model, NULL, &small.session));
  OK(small.context, spk_model_close(model));
}

static void more_memory_than_there_is(void) {
  spk_model *model = NULL;
  spk_population huge = small_population(SPK_LEAKY, 1048576, SPK_ROLE_NONE);
  spk_projection projection = small_projection(0, 0, SPK_DENSE, SPK_INT16_MASTER);
  OK(small.context, spk_model_create(small.context, "huge", &model));
  OK(small.context, spk_model_add_population(model, "huge", &huge, NULL));
  /* 2^41 bytes; a system that promises memory it has not may grant them untouched. */
  spk_status status = spk_model_add_projection(model, "huge-huge", &projection, NULL);
  CHECK(status == SPK_OK || status == SPK_ERROR_NO_MEMORY);
  if (status != SPK_OK) CHECK(strstr(spk_context_message(small.context), "huge-huge") != NULL);
  OK(small.context, spk_model_close(model));
}

int main(void) {
  small = small_open();
  uint64_t before = small_model_print(small.model);
  each_field();
  weights();
  synapses();
  whole_models();
  more_memory_than_there_is();
  CHECK(small_model_print(small.model) == before);
  spk_projection projection = learning_projection();
  uint32_t index = 77;
  OK(small.context, spk_model_add_projection(small.model, "more", &projection, &index));
  CHECK(index == PROJECTIONS);
  OK(small.context, spk_model_check(small.model));
  small_close(&small);
  return check_tally();
}
