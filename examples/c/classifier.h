/** @file classifier.h
 * A network with the roles stimulus, label and output, learning digits on line and being tested frozen.
 */
#ifndef EXAMPLES_CLASSIFIER_H
#define EXAMPLES_CLASSIFIER_H

#include <spikelet/spikelet.h>

#include "digits.h"

/** How a sample is presented while learning, and how the rate falls. */
typedef struct classifier_schedule {
  uint32_t ticks, first_learning_tick, label_period;
  double final_rate; /**< rate of the last sample over that of the first; it falls linearly */
} classifier_schedule;

#define CLASSIFIER_SCHEDULE_INIT { 32, 8, 2, 0.025 }

/** Samples between two settings of the rate. */
enum { CLASSIFIER_RATE_SAMPLES = 100 };

typedef struct classifier_result {
  size_t count, right;
  uint32_t confusion[DIGITS_CLASSES][DIGITS_CLASSES]; /**< [label][answer] */
} classifier_result;

/** Presents sample `seen` (0 .. total − 1) of a course of `total` and learns from its label.
 * @param[out] answer  the class that the network gave while it learnt */
spk_status classifier_learn(spk_session *session, const classifier_schedule *schedule, size_t seen, size_t total,
                            const uint8_t *image, uint8_t label, uint32_t *answer);

/** Presents an image for `ticks` ticks from a cleared state, frozen and without a label. */
spk_status classifier_classify(spk_session *session, const uint8_t *image, uint32_t ticks, spk_scores *scores);

/** Tests the first `count` samples of a set; `result` starts anew. */
spk_status classifier_test(spk_session *session, const digits_set *set, size_t count, uint32_t ticks,
                           classifier_result *result);

/** Seconds of a clock that only goes forward. */
double classifier_seconds(void);

#endif
