/* Rules with every trigger and trace, held against what the law gives by hand. */
#include "small_network.h"

enum { SOURCE, TARGET };

static spk_context *context;
static spk_device *device;
static spk_model *model;
static spk_session *session;

static void begin(void) {
  OK(NULL, spk_context_create(NULL, &context));
  OK(context, spk_device_open(context, test_locator(), NULL, &device));
  OK(context, spk_model_create(context, "rules", &model));
}

static void open_session(void) { OK(context, spk_session_open(device, model, NULL, &session)); }

static void end(void) {
  OK(context, spk_session_close(session));
  OK(context, spk_model_close(model));
  OK(context, spk_device_close(device));
  OK(NULL, spk_context_close(context));
}

static void run(uint32_t ticks, const spk_event *events, size_t count) {
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  options.ticks = ticks;
  options.flags = SPK_RUN_LEARN;
  OK(context, spk_session_run(session, &options, events, count, NULL, 0, NULL));
}

/* A rule whose terms change a weight by mantissa · A · B. */
static spk_projection plain_rule(uint32_t source, uint32_t target, uint32_t term_count) {
  spk_projection projection = small_projection(source, target, SPK_DENSE, SPK_INT8);
  projection.compartment = SPK_MEMBRANE;
  projection.learning = 1;
  projection.rounding = SPK_ROUND_NEAREST;
  projection.low_limit = -100;
  projection.high_limit = 100;
  projection.term_count = term_count;
  return projection;
}

static int32_t state(uint32_t population, uint32_t variable, uint32_t neuron) {
  int32_t value = -1;
  OK(context, spk_session_read_state(session, population, variable, neuron, &value, 1));
  return value;
}

static int weights_are(const int16_t *expected, size_t count) {
  int16_t found[4] = {0};
  size_t there = 0;
  OK(context, spk_session_read_weights(session, 0, found, 4, &there));
  return there == count && memcmp(found, expected, count * sizeof *found) == 0;
}

/* Pair STDP: a presynaptic spike takes the post trace off, a postsynaptic one adds the pre trace. */
static void pairs_of_spikes(void) {
  const spk_event spike = {0, SOURCE, 0};
  spk_population source = small_population(SPK_INPUT, 1, SPK_ROLE_NONE);
  spk_population target = small_population(SPK_LEAKY, 1, SPK_ROLE_NONE);
  spk_projection projection = plain_rule(SOURCE, TARGET, 2);
  source.pre_trace = (spk_trace){100, 2048, 0};
  target.post_trace = (spk_trace){50, 2048, 0};
  target.threshold = 10;
  target.decays[0].membrane = 4096;
  projection.terms[0].factor_a = SPK_FACTOR_POST_TRACE;
  projection.terms[0].mantissa = -1;
  projection.terms[1].trigger = SPK_ON_POST;
  projection.terms[1].factor_a = SPK_FACTOR_PRE_TRACE;
  projection.terms[1].mantissa = 1;
  begin();
  OK(context, spk_model_add_population(model, "source", &source, NULL));
  OK(context, spk_model_add_population(model, "target", &target, NULL));
  OK(context, spk_model_add_projection(model, "both", &projection, NULL));
  OK(context, spk_model_set_weights(model, 0, (const int16_t[]){20}, 1));
  open_session();
  run(3, &spike, 1); /* the target fires in tick 1; in tick 2 the trace of tick 1, 50, is added */
  CHECK(weights_are((const int16_t[]){70}, 1));
  CHECK(state(SOURCE, SPK_PRE_TRACE, 0) == 25 && state(TARGET, SPK_POST_TRACE, 0) == 25);
  run(2, &spike, 1); /* in tick 4 the post trace of tick 3, 12, is taken off */
  CHECK(weights_are((const int16_t[]){58}, 1));
  run(1, NULL, 0); /* 56 more would be beyond the limit */
  CHECK(weights_are((const int16_t[]){100}, 1));
  CHECK(state(SOURCE, SPK_PRE_TRACE, 0) == 28);
  OK(context, spk_session_write_state(session, SOURCE, SPK_PRE_TRACE, 0, (const int32_t[]){7}, 1));
  CHECK(state(SOURCE, SPK_PRE_TRACE, 0) == 7);
  REFUSED(context, SPK_ERROR_ARGUMENT, "does not have variable 6",
          spk_session_read_state(session, SOURCE, SPK_POST_TRACE, 0, (int32_t[]){0}, 1));
  OK(context, spk_session_clear(session));
  CHECK(state(SOURCE, SPK_PRE_TRACE, 0) == 0 && state(TARGET, SPK_POST_TRACE, 0) == 0);
  end();
}

/* The mean of the dendrite over four ticks, times the value of an analogue source, every four ticks. */
static void means_and_values(void) {
  const int16_t values[] = {3, -2}, expected[] = {24, -24, -16, 16};
  const int32_t dendrites[] = {8, -8};
  spk_population source = small_population(SPK_ANALOGUE, 2, SPK_ROLE_NONE);
  spk_population target = small_population(SPK_LEAKY, 2, SPK_ROLE_NONE);
  spk_projection projection = plain_rule(SOURCE, TARGET, 1);
  target.reads_out = 1;
  target.decays[0].dendrite = 0;
  target.mean_ticks = 4;
  projection.terms[0].trigger = SPK_ON_EVERY;
  projection.terms[0].period_ticks = 4;
  projection.terms[0].factor_a = SPK_FACTOR_MEAN_DENDRITE;
  projection.terms[0].factor_b = SPK_FACTOR_PRE_TRACE;
  projection.terms[0].mantissa = 1;
  begin();
  OK(context, spk_model_add_population(model, "source", &source, NULL));
  OK(context, spk_model_add_population(model, "target", &target, NULL));
  OK(context, spk_model_add_projection(model, "both", &projection, NULL));
  open_session();
  OK(context, spk_session_write_state(session, TARGET, SPK_DENDRITE, 0, dendrites, 2));
  OK(context, spk_session_set_values(session, SOURCE, values, 2));
  run(4, NULL, 0);
  CHECK(weights_are((const int16_t[]){0, 0, 0, 0}, 4));
  CHECK(state(TARGET, SPK_MEAN_DENDRITE, 0) == 8 && state(TARGET, SPK_MEAN_DENDRITE, 1) == -8);
  OK(context, spk_session_snapshot(session, model));
  for (int round = 0; round < 2; round++) {
    run(1, NULL, 0);
    CHECK(weights_are(expected, 4));
    CHECK(state(TARGET, SPK_DENDRITE_SUM, 0) == 8 && state(TARGET, SPK_DENDRITE_SUM, 1) == -8);
    run(3, NULL, 0);
    CHECK(weights_are(expected, 4));
    OK(context, spk_session_restore(session, model));
    CHECK(state(TARGET, SPK_DENDRITE_SUM, 0) == 0 && state(TARGET, SPK_MEAN_DENDRITE, 0) == 8);
  }
  end();
}

/* Every neuron fires in every tick, and hears all but itself louder. */
static void all_but_the_diagonal(void) {
  spk_population cells = small_population(SPK_LEAKY, 2, SPK_ROLE_NONE);
  spk_projection projection = plain_rule(0, 0, 1);
  cells.threshold = 10;
  cells.bias = 20;
  projection.skip_diagonal = 1;
  projection.terms[0].mantissa = 1;
  begin();
  OK(context, spk_model_add_population(model, "cells", &cells, NULL));
  OK(context, spk_model_add_projection(model, "each-other", &projection, NULL));
  open_session();
  run(2, NULL, 0);
  CHECK(weights_are((const int16_t[]){0, 1, 1, 0}, 4));
  end();
}

int main(void) {
  pairs_of_spikes();
  means_and_values();
  all_but_the_diagonal();
  return check_tally();
}
