/** @file measure.h
 * What a population that represents a signal is judged by, tick by tick, whoever computes it: a board or a simulation.
 *
 * Time is in membrane constants; a tick lasts `step` of them.
 */
#ifndef STUDIES_MEASURE_H
#define STUDIES_MEASURE_H

#include <stddef.h>
#include <stdint.h>

enum { MEASURE_NEURONS = 64, MEASURE_SIGNALS = 4 };

typedef struct measure {
  uint32_t neurons, signals;
  double step;
  long skipped; /**< ticks at the start that do not count */
  long tick;
  double error, power; /**< sums of squares */
  double rates[MEASURE_NEURONS]; /**< filtered spikes */
  long spikes[MEASURE_NEURONS], last[MEASURE_NEURONS], interval_count[MEASURE_NEURONS];
  double interval_sum[MEASURE_NEURONS], interval_squares[MEASURE_NEURONS];
  double excitation, inhibition; /**< filtered currents into neuron 0 */
  double sums[5];                /**< of both, their squares, and their product */
  double products[MEASURE_NEURONS][MEASURE_NEURONS], projections[MEASURE_SIGNALS][MEASURE_NEURONS], fit_power;
} measure;

void measure_begin(measure *one, uint32_t neurons, uint32_t signals, double step, long skipped);

/** Takes one tick.
 * @param x        [signals] the signal
 * @param readout  [signals] what the fixed decoder says
 * @param spikes   [count] neurons that fired
 * @param drive    what the input added to the membrane of neuron 0
 * @param weights  [neurons] what a spike of each adds there
 */
void measure_tick(measure *one, const double *x, const double *readout, const uint32_t *spikes, size_t count,
                  double drive, const double *weights);

/** Root of the error's power over that of the signal. */
double measure_nrmse(const measure *one);

/** The same of the best linear decoder of the filtered spikes, found on the same ticks. */
double measure_refitted(const measure *one);

/** Spikes a neuron and membrane constant. */
double measure_rate(const measure *one);

/** Coefficient of variation of intervals between spikes, the mean over neurons with more than ten of them; not a number if
 * there is none. */
double measure_interval_cv(const measure *one);

/** Correlation of the excitatory and inhibitory currents into neuron 0. */
double measure_balance(const measure *one);

#endif
