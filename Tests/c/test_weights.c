/* Weights that are read and written on the board, rules followed by hand, and values of an analogue population. */
#include "small_network.h"

static small_network small;

static void weights_go_round(void) {
  int16_t written[12], found[12];
  size_t count = 0;
  for (uint32_t projection = 0; projection < PROJECTIONS; projection++) {
    size_t weights = small_weight_counts[projection];
    for (size_t i = 0; i < weights; i++) {
      written[i] = (int16_t)((projection == HIDDEN_OUTPUT ? 3001 : 16) * ((int)i - 5));
    }
    OK(small.context, spk_model_get_weights(small.model, projection, found, 12, &count));
    CHECK(count == weights);
    int16_t in_session[12];
    OK(small.context, spk_session_read_weights(small.session, projection, in_session, 12, &count));
    CHECK(count == weights && memcmp(found, in_session, weights * sizeof found[0]) == 0);
    OK(small.context, spk_session_write_weights(small.session, projection, written, weights));
    OK(small.context, spk_session_read_weights(small.session, projection, found, 12, &count));
    CHECK(count == weights && memcmp(found, written, weights * sizeof found[0]) == 0);
    OK(small.context, spk_model_get_weights(small.model, projection, found, 12, &count));
    CHECK(memcmp(found, in_session, weights * sizeof found[0]) == 0);
    OK(small.context, spk_session_store(small.session, small.model));
    OK(small.context, spk_model_get_weights(small.model, projection, found, 12, &count));
    CHECK(memcmp(found, written, weights * sizeof found[0]) == 0);
  }
}

/* Value 0 drives hidden neurons 0 and 2 with weights 1 and −2, value 1 neurons 1 and 3 with 3 and −4; 2 ticks. */
static void values_are_held(void) {
  const int16_t values[] = {1000, -7};
  const int32_t none[4] = {0}, driven[4] = {1000, -21, -2000, 28};
  spk_run_options two_ticks = SPK_RUN_OPTIONS_INIT;
  int32_t current[4];
  two_ticks.ticks = 2;
  OK(small.context, spk_session_set_values(small.session, VALUE, values, 2));
  OK(small.context, spk_session_run(small.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  OK(small.context, spk_session_read_state(small.session, HIDDEN, SPK_CURRENT1, 0, current, 4));
  CHECK(memcmp(current, none, sizeof current) == 0);
  for (int i = 0; i < 3; i++) {
    OK(small.context, spk_session_run(small.session, &two_ticks, NULL, 0, NULL, 0, NULL));
    OK(small.context, spk_session_read_state(small.session, HIDDEN, SPK_CURRENT1, 0, current, 4));
    CHECK(memcmp(current, driven, sizeof current) == 0);
  }
  OK(small.context, spk_session_read_state(small.session, HIDDEN, SPK_CURRENT1, 3, current, 1));
  CHECK(current[0] == 28);
  two_ticks.ticks = 5;
  two_ticks.flags = SPK_RUN_CLEAR;
  OK(small.context, spk_session_run(small.session, &two_ticks, NULL, 0, NULL, 0, NULL));
  OK(small.context, spk_session_read_state(small.session, HIDDEN, SPK_CURRENT1, 0, current, 4));
  CHECK(memcmp(current, none, sizeof current) == 0);
}

static spk_context *context;
static spk_session *one_synapse;

/* One synapse that gains 64 when a spike arrives, at most up to 100. */
static spk_device *open_one_synapse(void) {
  spk_device *device;
  spk_model *model;
  spk_population input = small_population(SPK_INPUT, 1, SPK_ROLE_NONE);
  spk_population cell = small_population(SPK_LEAKY, 1, SPK_ROLE_OUTPUT);
  spk_projection projection = small_projection(0, 1, SPK_DENSE, SPK_INT8);
  projection.rounding = SPK_ROUND_NEAREST;
  projection.high_limit = 100;
  projection.term_count = 1;
  projection.terms[0].mantissa = 64;
  OK(context, spk_model_create(context, "one synapse", &model));
  OK(context, spk_model_add_population(model, "input", &input, NULL));
  OK(context, spk_model_add_population(model, "cell", &cell, NULL));
  OK(context, spk_model_add_projection(model, "synapse", &projection, NULL));
  OK(context, spk_device_open(context, test_locator(), NULL, &device));
  OK(context, spk_session_open(device, model, NULL, &one_synapse));
  OK(context, spk_model_close(model));
  return device;
}

/* The weight after a spike arrived at a weight of `start`. */
static int after_a_spike(int16_t start, uint32_t flags) {
  const spk_event spike = {0, 0, 0};
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  int16_t weight = 0;
  size_t count;
  run.ticks = 2;
  run.flags = flags | SPK_RUN_CLEAR;
  OK(context, spk_session_write_weights(one_synapse, 0, &start, 1));
  OK(context, spk_session_run(one_synapse, &run, &spike, 1, NULL, 0, NULL));
  OK(context, spk_session_read_weights(one_synapse, 0, &weight, 1, &count));
  return weight;
}

static void rules_are_switched(void) {
  const int16_t too_large = 101;
  OK(NULL, spk_context_create(NULL, &context));
  spk_device *device = open_one_synapse();
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 0);
  OK(context, spk_session_set_learning(one_synapse, 0, 1));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 64);
  CHECK(after_a_spike(-128, SPK_RUN_LEARN) == -64);
  CHECK(after_a_spike(36, SPK_RUN_LEARN) == 100);
  CHECK(after_a_spike(37, SPK_RUN_LEARN) == 100);
  CHECK(after_a_spike(100, SPK_RUN_LEARN) == 100);
  CHECK(after_a_spike(0, 0) == 0);
  OK(context, spk_session_set_rate(one_synapse, 0, 128));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 32);
  OK(context, spk_session_set_rate(one_synapse, SPK_ALL, 2));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 1); /* a half, rounded */
  OK(context, spk_session_set_rate(one_synapse, SPK_ALL, 0));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 0);
  OK(context, spk_session_set_rate(one_synapse, 0, 256));
  OK(context, spk_session_set_enabled(one_synapse, 0, 0));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 0);
  OK(context, spk_session_set_enabled(one_synapse, 0, 1));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 64);
  OK(context, spk_session_set_learning(one_synapse, SPK_ALL, 0));
  CHECK(after_a_spike(0, SPK_RUN_LEARN) == 0);
  REFUSED(context, SPK_ERROR_ARGUMENT, "100", spk_session_write_weights(one_synapse, 0, &too_large, 1));
  OK(context, spk_session_close(one_synapse));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
}

int main(void) {
  small = small_open();
  values_are_held();
  weights_go_round();
  small_close(&small);
  rules_are_switched();
  return check_tally();
}
