/** @file study.h
 * What the studies share: a board, seeds, results as JSON lines, and the bars that the worst of the seeds is held against.
 */
#ifndef STUDIES_STUDY_H
#define STUDIES_STUDY_H

#include <math.h>
#include <spikelet/spikelet.h>
#include <stdio.h>

#include "../examples/c/draws.h"
#include "../examples/c/try.h"

#define STUDY_PI 3.14159265358979323846

typedef struct study {
  spk_context *context;
  spk_device *device;
  const char *pictures; /**< folder, or null for none */
  unsigned seeds;
  int is_short;
} study;

/** Reads `--seeds N`, `--short`, `--pictures FOLDER` and a locator, and opens the board. @return 0, or 1 after a message. */
int study_begin(study *one, int argc, char **argv);

int study_end(study *one);

/** A measured number of one case, and what it has to be; the worst over the seeds is kept. */
typedef struct study_bar {
  const char *name;
  double must, aim;
  int at_least; /**< the bar is a lower one */
  double worst;
  unsigned count;
} study_bar;

/** Takes the number of one seed. Not a number counts as worst. */
void study_take(study_bar *bar, double value);

/** Prints one JSON line a bar. @return how many are missed. */
int study_judge(const char *name, const study_bar *bars, size_t count);

/** A draw of the standard normal distribution. Source: G. E. P. Box, M. E. Muller, Annals of Mathematical Statistics 29, 1958. */
static inline double draw_normal(uint64_t *state) {
  double radius = sqrt(-2 * log(1 - draw_between(state, 0, 1 - 1e-16)));
  return radius * cos(2 * STUDY_PI * draw_between(state, 0, 1));
}

/** A whole number, to the nearest. */
static inline int16_t study_round(double value) { return (int16_t)floor(value + 0.5); }

#endif
