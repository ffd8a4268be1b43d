#include "touch_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "try.h"

enum {
  ERROR_UNIT = 256,   /* of a value: an error of 1 */
  READOUT_WEIGHT = 16 /* with which errors come to the dendrites of the read-out */
};
static const double output_unit = 4096; /* of a membrane of the read-out: an output of 1 */

/* A projection that begins at zero, between the populations and onto the compartment of one that was trained. */
static int like_trained(touch_learner *one, const char *trained, spk_projection *projection) {
  uint32_t index;
  TRY(one->context, spk_model_find_projection(one->model, trained, &index));
  TRY(one->context, spk_model_get_projection(one->model, index, projection, NULL));
  projection->storage = SPK_INT16_MASTER;
  projection->rounding = SPK_ROUND_STOCHASTIC_BY_COLUMN;
  projection->learning = 1;
  return 0;
}

/* The delta rule, spike by spike: on each one of a neuron, the acting weight to a read-out changes by 1e-5 of its dendrite. */
static int add_readout_correction(touch_learner *one) {
  spk_projection projection = SPK_PROJECTION_INIT;
  spk_rule_options rule = SPK_RULE_OPTIONS_INIT;
  if (like_trained(one, "neurons-readout", &projection)) return 1;
  rule.rule = SPK_RULE_ERBP;
  rule.rate = 1e-5;
  rule.rounding = projection.rounding;
  TRY(one->context, spk_rule_apply(one->context, &rule, &projection));
  TRY(one->context, spk_model_add_projection(one->model, "readout-correction", &projection, NULL));
  return 0;
}

/* Eligibility propagation [Bellec2020] with a box for a derivative: every 4 ticks, while a neuron's membrane is within a threshold (4,096 as
 * rules see it) of 0, the stored weight changes by 20 / 2^20 of the neuron's dendrite times the trace of the input.
 *
 * [Bellec2020] G. Bellec et al., "A solution to the learning dilemma for recurrent networks of spiking neurons", Nature Communications
 * 11:3625, 2020. */
static int add_signal_correction(touch_learner *one) {
  spk_projection projection = SPK_PROJECTION_INIT;
  spk_term term = {SPK_ON_EVERY, 4, SPK_GATE_INSIDE, SPK_FACTOR_MEMBRANE, -4096, 4096, SPK_FACTOR_DENDRITE,
                   SPK_FACTOR_PRE_TRACE, 20, 20};
  if (like_trained(one, "signal-neurons", &projection)) return 1;
  projection.terms[0] = term;
  projection.term_count = 1;
  TRY(one->context, spk_model_add_projection(one->model, "signal-correction", &projection, NULL));
  return 0;
}

/* A fixed projection from the errors onto a dendrite. */
static int add_errors(touch_learner *one, const char *name, uint32_t target, uint32_t connectivity, const int16_t *weights,
                      size_t count) {
  spk_projection projection = SPK_PROJECTION_INIT;
  uint32_t index;
  projection.source = one->error;
  projection.target = target;
  projection.compartment = SPK_DENDRITE;
  projection.connectivity = connectivity;
  TRY(one->context, spk_model_add_projection(one->model, name, &projection, &index));
  TRY(one->context, spk_model_set_weights(one->model, index, weights, count));
  return 0;
}

/* Errors come to each neuron by the weights with which the read-out hears it. */
static int add_feedback_to_neurons(touch_learner *one) {
  spk_population neurons = SPK_POPULATION_INIT;
  uint32_t index;
  size_t count;
  int end = 1;
  TRY(one->context, spk_model_get_population(one->model, one->neurons, &neurons, NULL));
  TRY(one->context, spk_model_find_projection(one->model, "neurons-readout", &index));
  count = (size_t)neurons.neuron_count * TOUCH_KINDS;
  int16_t *trained = calloc(2 * count, sizeof *trained), *turned = trained + count;
  if (!trained) return perror("feedback"), 1;
  if (spk_model_get_weights(one->model, index, trained, count, &count) == SPK_OK) {
    for (size_t i = 0; i < count; i++) turned[i % TOUCH_KINDS * neurons.neuron_count + i / TOUCH_KINDS] = trained[i];
    end = add_errors(one, "error-neurons", one->neurons, SPK_DENSE, turned, count);
  } else {
    fprintf(stderr, "%s\n", spk_context_message(one->context));
  }
  free(trained);
  return end;
}

int touch_learner_load(touch_learner *one, spk_context *context, const char *path) {
  spk_population errors = SPK_POPULATION_INIT;
  int16_t weights[TOUCH_KINDS];
  *one = (touch_learner){.context = context};
  TRY(context, spk_model_load_file(context, path, &one->model));
  TRY(context, spk_model_find_population(one->model, "signal", &one->signal));
  TRY(context, spk_model_find_population(one->model, "neurons", &one->neurons));
  TRY(context, spk_model_find_population(one->model, "readout", &one->readout));
  errors.kind = SPK_ANALOGUE;
  errors.neuron_count = TOUCH_KINDS;
  errors.value_limit = ERROR_UNIT;
  TRY(context, spk_model_add_population(one->model, "error", &errors, &one->error));
  for (int i = 0; i < TOUCH_KINDS; i++) weights[i] = READOUT_WEIGHT;
  return add_errors(one, "error-readout", one->readout, SPK_ONE_TO_ONE, weights, TOUCH_KINDS) ||
         add_feedback_to_neurons(one) || add_readout_correction(one) || add_signal_correction(one);
}

int touch_learner_start(touch_learner *one, spk_device *board, uint64_t seed) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  options.seed = seed;
  TRY(one->context, spk_session_open(board, one->model, &options, &one->session));
  TRY(one->context, spk_session_add_probe(one->session, one->readout, SPK_MEMBRANE, 0, TOUCH_KINDS, &one->probe));
  return 0;
}

int touch_learner_end(touch_learner *one) {
  TRY(one->context, spk_session_close(one->session));
  return 0;
}

/* Runs a touch from a cleared state. With `errors` [kinds] the board learns from them meanwhile. */
static int run(touch_learner *one, const touch_event *felt, size_t count, const int16_t *errors) {
  spk_event events[TOUCH_EVENTS];
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  int16_t values[TOUCH_TICKS * TOUCH_KINDS];
  spk_signal signal = {one->error, 0, values};
  for (size_t i = 0; i < count; i++) events[i] = (spk_event){felt[i].tick, one->signal, felt[i].taxel};
  options.ticks = TOUCH_TICKS;
  options.flags = SPK_RUN_CLEAR;
  if (errors) {
    for (int i = 0; i < TOUCH_TICKS * TOUCH_KINDS; i++) values[i] = errors[i % TOUCH_KINDS];
    options.flags |= SPK_RUN_LEARN;
    options.signals = &signal;
    options.signal_count = 1;
  }
  TRY(one->context, spk_session_run(one->session, &options, events, count, NULL, 0, NULL));
  return 0;
}

int touch_learner_answer(touch_learner *one, const touch_event *felt, size_t count, double scores[TOUCH_KINDS],
                         uint32_t *kind) {
  int32_t membranes[TOUCH_TICKS * TOUCH_KINDS];
  size_t seen;
  if (run(one, felt, count, NULL)) return 1;
  TRY(one->context, spk_session_read_probe(one->session, one->probe, membranes, TOUCH_TICKS * TOUCH_KINDS, &seen));
  memset(scores, 0, TOUCH_KINDS * sizeof *scores);
  for (size_t i = 0; i < seen; i++) scores[i % TOUCH_KINDS] += membranes[i] / (output_unit * (double)TOUCH_TICKS);
  *kind = 0;
  for (uint32_t i = 1; i < TOUCH_KINDS; i++)
    if (scores[i] > scores[*kind]) *kind = i;
  return 0;
}

int touch_learner_learn(touch_learner *one, uint32_t kind, const touch_event *felt, size_t count) {
  double scores[TOUCH_KINDS], sum = 0;
  int16_t errors[TOUCH_KINDS];
  uint32_t answer;
  if (touch_learner_answer(one, felt, count, scores, &answer)) return 1;
  /* How likely a kind should have been, less how likely the softmax of the outputs says. */
  for (uint32_t i = 0; i < TOUCH_KINDS; i++) sum += exp(scores[i] - scores[answer]);
  for (uint32_t i = 0; i < TOUCH_KINDS; i++)
    errors[i] = (int16_t)lrint(ERROR_UNIT * ((i == kind) - exp(scores[i] - scores[answer]) / sum));
  return run(one, felt, count, errors);
}
