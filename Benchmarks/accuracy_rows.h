/** @file accuracy_rows.h
 * The rows of the accuracy table, and one run of a row through the library.
 */
#ifndef BENCHMARKS_ACCURACY_ROWS_H
#define BENCHMARKS_ACCURACY_ROWS_H

#include <spikelet/spikelet.h>

#include "../examples/c/classifier.h"

enum { ROW_LAYERS = 8, RUN_POINTS = 512, RUN_CHECKED = 500 };

/** What a run is made of. */
typedef struct accuracy_row {
  const char *name, *ablation;
  uint32_t layer_count, layers[ROW_LAYERS];
  uint32_t storage, rounding, flags; /**< of spk_erbp_options */
  uint32_t samples, passes, shifts;  /**< shifts: 1 moves each image by up to one pixel each way */
} accuracy_row;

/** Settings that are the same for all rows; −1 leaves what the library or the schedule has. */
enum {
  SET_HIDDEN_SHIFT,
  SET_OUTPUT_SHIFT,
  SET_GATE,
  SET_FEEDBACK,
  SET_GAIN,
  SET_FLOOR,
  SET_FINAL_RATE_PERMILLE,
  SET_TICKS,
  SET_FIRST_LEARNING_TICK,
  SET_LABEL_PERIOD,
  SET_COUNT
};

typedef struct accuracy_run {
  size_t row;
  uint64_t seed;
  double accuracy, seconds;
  size_t point_count;
  double samples[RUN_POINTS], frozen[RUN_POINTS]; /**< frozen accuracy on the first RUN_CHECKED test digits */
} accuracy_run;

extern const accuracy_row accuracy_rows[];
extern const size_t accuracy_row_count;

/** Learns and tests `row` with `run->seed`. Gives 0, or 1 after printing what went wrong. */
int accuracy_run_row(const accuracy_row *row, const long *settings, const digits_set *train, const digits_set *test,
                     accuracy_run *run);

#endif
