#define _POSIX_C_SOURCE 200809L
#include "baselines.h"

#include <math.h>

#include "draws.h"

double digits_nearest_mean(const digits_set *train, const digits_set *test) {
  double means[DIGITS_CLASSES][DIGITS_PIXELS] = {{0}};
  size_t members[DIGITS_CLASSES] = {0}, right = 0;
  for (size_t i = 0; i < train->count; i++) {
    const uint8_t *image = digits_image(train, i);
    members[train->labels[i]]++;
    for (int p = 0; p < DIGITS_PIXELS; p++) means[train->labels[i]][p] += image[p];
  }
  for (int c = 0; c < DIGITS_CLASSES; c++)
    for (int p = 0; p < DIGITS_PIXELS; p++) means[c][p] /= members[c] ? (double)members[c] : 1;
  for (size_t i = 0; i < test->count; i++) {
    const uint8_t *image = digits_image(test, i);
    double nearest = HUGE_VAL;
    int best = 0;
    for (int c = 0; c < DIGITS_CLASSES; c++) {
      double distance = 0;
      for (int p = 0; p < DIGITS_PIXELS; p++)
        distance += (image[p] - means[c][p]) * (image[p] - means[c][p]);
      if (distance < nearest) {
        nearest = distance;
        best = c;
      }
    }
    right += best == test->labels[i];
  }
  return test->count ? (double)right / (double)test->count : 0;
}

typedef struct linear {
  float weights[DIGITS_PIXELS + 1][DIGITS_CLASSES]; /* the last row is the bias */
} linear;

/* scores[c] = bias + Σ pixel · weight, from the pixels that are not 0; returns the best class. */
static int linear_scores(const linear *model, const uint8_t *image, float scores[DIGITS_CLASSES]) {
  for (int c = 0; c < DIGITS_CLASSES; c++) scores[c] = model->weights[DIGITS_PIXELS][c];
  for (int p = 0; p < DIGITS_PIXELS; p++) {
    if (image[p] == 0) continue;
    float pixel = (float)image[p] / 255;
    for (int c = 0; c < DIGITS_CLASSES; c++) scores[c] += pixel * model->weights[p][c];
  }
  int best = 0;
  for (int c = 1; c < DIGITS_CLASSES; c++)
    if (scores[c] > scores[best]) best = c;
  return best;
}

static void linear_learn(linear *model, const uint8_t *image, int label, float rate) {
  float scores[DIGITS_CLASSES], sum = 0;
  float top = scores[linear_scores(model, image, scores)];
  for (int c = 0; c < DIGITS_CLASSES; c++) sum += scores[c] = expf(scores[c] - top);
  for (int c = 0; c < DIGITS_CLASSES; c++) scores[c] = rate * ((c == label) - scores[c] / sum);
  for (int c = 0; c < DIGITS_CLASSES; c++) model->weights[DIGITS_PIXELS][c] += scores[c];
  for (int p = 0; p < DIGITS_PIXELS; p++) {
    if (image[p] == 0) continue;
    float pixel = (float)image[p] / 255;
    for (int c = 0; c < DIGITS_CLASSES; c++) model->weights[p][c] += pixel * scores[c];
  }
}

double digits_linear(const digits_set *train, const digits_set *test, unsigned epochs, uint64_t seed) {
  const float first_rate = 0.02F;
  linear model = {{{0}}};
  uint64_t state = seed;
  size_t steps = epochs * train->count, right = 0;
  for (size_t step = 0; step < steps; step++) {
    size_t i = draw_below(&state, (uint32_t)train->count);
    float rate = first_rate * (float)(steps - step) / (float)steps;
    linear_learn(&model, digits_image(train, i), train->labels[i], rate);
  }
  for (size_t i = 0; i < test->count; i++) {
    float scores[DIGITS_CLASSES];
    right += linear_scores(&model, digits_image(test, i), scores) == test->labels[i];
  }
  return test->count ? (double)right / (double)test->count : 0;
}
