/** @file touch_learner.h
 * A classifier of touches that was trained on the host, on a board, where it goes on learning.
 *
 * The trained weights stay as they are. Beside the read-out's and the signal's, two projections begin at zero and learn by local rules from the
 * dendrites of their targets, on which errors arrive.
 */
#ifndef EXAMPLES_TOUCH_LEARNER_H
#define EXAMPLES_TOUCH_LEARNER_H

#include <spikelet/spikelet.h>

#include "touches.h"

typedef struct touch_learner {
  spk_context *context;
  spk_session *session;
  spk_model *model;
  uint32_t signal, neurons, readout, error; /**< populations */
  uint32_t probe;
} touch_learner;

/** Loads a model of `spikelet train classify`, and adds what it needs to learn. @return 0, or 1 with a sentence on stderr; as all here. */
int touch_learner_load(touch_learner *one, spk_context *context, const char *path);

/** Begins, or begins anew, with the weights that were trained. `seed` is of the rounding of weights. */
int touch_learner_start(touch_learner *one, spk_device *board, uint64_t seed);
int touch_learner_end(touch_learner *one);

/** Says of which kind a touch is. @param scores  mean outputs, a kind each */
int touch_learner_answer(touch_learner *one, const touch_event *felt, size_t count, double scores[TOUCH_KINDS],
                         uint32_t *kind);

/** Learns from a touch: it is felt once, to be answered, and again, from memory, while the board learns from the errors of the answer. */
int touch_learner_learn(touch_learner *one, uint32_t kind, const touch_event *felt, size_t count);

#endif
