/* An upload that the benchmarks of links time: a network with half a megabyte of weights. */
#ifndef BENCHMARKS_UPLOAD_H
#define BENCHMARKS_UPLOAD_H

#include "measure.h"

enum { UPLOAD_INPUTS = 784, UPLOAD_HIDDEN = 640, UPLOAD_ROUNDS = 15 };

/* Half a megabyte of weights, as they are stored on the board. */
static inline spk_model *large_model(spk_context *context) {
  static int16_t weights[UPLOAD_INPUTS * UPLOAD_HIDDEN];
  spk_population input = SPK_POPULATION_INIT, hidden = SPK_POPULATION_INIT;
  spk_projection projection = SPK_PROJECTION_INIT;
  spk_model *model;
  uint32_t source, target;
  must(spk_model_create(context, "large", &model));
  input.kind = SPK_INPUT;
  input.neuron_count = UPLOAD_INPUTS;
  hidden.kind = SPK_LEAKY;
  hidden.neuron_count = UPLOAD_HIDDEN;
  must(spk_model_add_population(model, "in", &input, &source));
  must(spk_model_add_population(model, "hidden", &hidden, &target));
  projection.source = source;
  projection.target = target;
  must(spk_model_add_projection(model, "in-hidden", &projection, NULL));
  for (int i = 0; i < UPLOAD_INPUTS * UPLOAD_HIDDEN; i++) weights[i] = (int16_t)(i * 31 % 255 - 127);
  must(spk_model_set_weights(model, 0, weights, UPLOAD_INPUTS * UPLOAD_HIDDEN));
  return model;
}

/* Median time to open a session, in seconds.
 * bytes: set to what it sends */
static inline double upload_time(spk_device *device, spk_model *model, size_t *bytes) {
  double times[UPLOAD_ROUNDS];
  spk_counters before = SPK_COUNTERS_INIT, after = SPK_COUNTERS_INIT;
  for (int round = 0; round < UPLOAD_ROUNDS; round++) {
    spk_session *session;
    must(spk_device_counters(device, &before));
    double start = seconds();
    must(spk_session_open(device, model, NULL, &session));
    times[round] = seconds() - start;
    must(spk_device_counters(device, &after));
    must(spk_session_close(session));
  }
  *bytes = after.bytes_out - before.bytes_out;
  return median(times, UPLOAD_ROUNDS);
}

#endif
