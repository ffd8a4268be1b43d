/** @file learn_picture.h
 * The picture of a course of learning: one digit before and after, the confusion matrix, and the learning curve.
 */
#ifndef EXAMPLES_LEARN_PICTURE_H
#define EXAMPLES_LEARN_PICTURE_H

#include "learner.h"

typedef struct learn_picture {
  const uint8_t *image; /**< the digit that was watched */
  uint8_t label;
  uint32_t ticks;
  learner_spikes before, after;
} learn_picture;

/** Writes the picture as SVG; gives 0, or 1 after printing what went wrong. */
int learn_picture_write(const learn_picture *scene, const learner *one, classifier_result *result,
                        const char *data_name, const char *path);

#endif
