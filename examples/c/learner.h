/** @file learner.h
 * One session that learns digits on a simulated board, with what is remembered of the course for the picture.
 */
#ifndef EXAMPLES_LEARNER_H
#define EXAMPLES_LEARNER_H

#include <signal.h>
#include <spikelet/spikelet.h>

#include "classifier.h"
#include "digits.h"

enum {
  LEARNER_LANES = 3,
  LEARNER_EVENTS = 65536,
  LEARNER_POINTS = 64,
  LEARNER_WINDOW = 1000, /**< samples of the running accuracy */
  LEARNER_CHECKED = 500, /**< digits of a point of the learning curve */
  LEARNER_TEST_TICKS = 64
};

/** Spikes of one presentation: of the stimulus, the first hidden layer, and the output. */
typedef struct learner_spikes {
  size_t count;
  spk_event events[LEARNER_EVENTS];
} learner_spikes;

typedef struct learner {
  spk_context *context;
  spk_device *device;
  spk_model *model;
  spk_session *session;
  uint32_t populations[LEARNER_LANES]; /**< stimulus, hidden, output */
  uint32_t neurons[LEARNER_LANES];
  uint64_t seed;
  size_t seen, point_count;
  double point_samples[LEARNER_POINTS], point_accuracy[LEARNER_POINTS]; /**< frozen tests on the way */
  double seconds;
} learner;

/* Functions that return int give 0, or 1 after printing what went wrong. */

/** Opens a session of the model on a new simulated board. The caller has set `context`, `model` and `seed`, and left
 * the rest at 0. */
int learner_open(learner *one, const spk_board_options *board);

/** Closes session and board; the model and the context stay. */
int learner_close(learner *one);

/** Learns `samples` samples, each pass over the set in a new order, and reports on the way. For the learning curve it
 * tests the first LEARNER_CHECKED digits of `check` now and then, frozen, which changes nothing of what is learnt. Ends
 * early, without an error, when `stop` becomes other than 0. */
int learner_train(learner *one, const digits_set *set, const digits_set *check, size_t samples,
                  const volatile sig_atomic_t *stop);

/** Shows a digit, frozen, with the draws of frozen tick 0; later tests are not disturbed. */
int learner_watch(learner *one, const uint8_t *image, uint32_t ticks, learner_spikes *spikes);

/** Shows `count` digits to both and compares all spikes of stimulus, hidden and output neuron by neuron.
 * @param[out] same  1 if there was no difference */
int learner_compare(learner *one, learner *other, const digits_set *set, size_t count, uint32_t ticks, int *same);

#endif
