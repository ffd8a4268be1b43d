/** @file cells.h
 * What the examples of streams and of several boards run: 16 sensor channels onto 64 leaky cells, and events for them.
 */
#ifndef EXAMPLES_CELLS_H
#define EXAMPLES_CELLS_H

#include "try.h"

enum { CELLS_CHANNELS = 16, CELLS_COUNT = 64 };

/** Builds the network. Gives 0, or 1 after printing what went wrong. */
static inline int cells_model(spk_context *context, spk_model **model) {
  spk_population input = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT;
  spk_projection dense = SPK_PROJECTION_INIT;
  int16_t weights[CELLS_CHANNELS * CELLS_COUNT];
  input.kind = SPK_INPUT;
  input.neuron_count = CELLS_CHANNELS;
  cells.neuron_count = CELLS_COUNT;
  cells.role = SPK_ROLE_OUTPUT; /* so that its spikes are recorded */
  cells.threshold = 200;
  cells.decays[0].membrane = 512; /* keeps 7/8 of its membrane each tick, */
  cells.decays[0].current1 = 1024; /* and 3/4 of its synaptic current */
  dense.source = 0;
  dense.target = 1;
  for (int i = 0; i < CELLS_CHANNELS * CELLS_COUNT; i++) weights[i] = (int16_t)(i * 37 % 61 - 24);
  TRY(context, spk_model_create(context, "cells", model));
  TRY(context, spk_model_add_population(*model, "input", &input, NULL));
  TRY(context, spk_model_add_population(*model, "cells", &cells, NULL));
  TRY(context, spk_model_add_projection(*model, "input-cells", &dense, NULL));
  TRY(context, spk_model_set_weights(*model, 0, weights, CELLS_CHANNELS * CELLS_COUNT));
  return 0;
}

/** What a sensor sees at one tick of its life: stands in for a driver.
 * @param offset  of the tick in the run that the events are for
 * @param events  [CELLS_CHANNELS]
 * @return the number of events */
static inline size_t cells_events(uint32_t sensor, uint32_t tick, uint32_t offset, spk_event *events) {
  size_t count = 0;
  for (uint32_t channel = 0; channel < CELLS_CHANNELS; channel++)
    if ((tick * 7 + channel * channel + sensor * 5) % 11 < 3) events[count++] = (spk_event){offset, 0, channel};
  return count;
}

/** Goes on with a hash of spikes, which any difference of a tick or a neuron changes. */
static inline uint64_t cells_hash(uint64_t hash, uint32_t first_tick, const spk_event *spikes, size_t count) {
  for (size_t i = 0; i < count; i++)
    hash = (hash ^ ((uint64_t)(first_tick + spikes[i].tick) << 32 | spikes[i].neuron)) * UINT64_C(1099511628211);
  return hash;
}

#endif
