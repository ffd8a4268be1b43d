#include "measure.h"

#include <math.h>
#include <string.h>

/** Filtered spikes change slowly: every so many ticks are enough for the fit. */
enum { FIT_TICKS = 5 };

void measure_begin(measure *one, uint32_t neurons, uint32_t signals, double step, long skipped) {
  memset(one, 0, sizeof *one);
  one->neurons = neurons;
  one->signals = signals;
  one->step = step;
  one->skipped = skipped;
  for (uint32_t i = 0; i < neurons; i++) one->last[i] = -1;
}

static void take_current(measure *one, double change) {
  if (change > 0)
    one->excitation += change;
  else
    one->inhibition -= change;
}

static void take_spike(measure *one, uint32_t neuron) {
  long before = one->last[neuron];
  one->rates[neuron] += 1;
  if (one->tick < one->skipped) return;
  one->spikes[neuron]++;
  if (before >= 0) {
    double interval = (double)(one->tick - before);
    one->interval_sum[neuron] += interval;
    one->interval_squares[neuron] += interval * interval;
    one->interval_count[neuron]++;
  }
  one->last[neuron] = one->tick;
}

static void take_fit(measure *one, const double *x) {
  for (uint32_t a = 0; a < one->neurons; a++) {
    if (one->rates[a] < 1e-9) continue;
    for (uint32_t b = 0; b < one->neurons; b++) one->products[a][b] += one->rates[a] * one->rates[b];
    for (uint32_t j = 0; j < one->signals; j++) one->projections[j][a] += x[j] * one->rates[a];
  }
  for (uint32_t j = 0; j < one->signals; j++) one->fit_power += x[j] * x[j];
}

void measure_tick(measure *one, const double *x, const double *readout, const uint32_t *spikes, size_t count,
                  double drive, const double *weights) {
  for (uint32_t i = 0; i < one->neurons; i++) one->rates[i] *= 1 - one->step;
  one->excitation *= 1 - one->step;
  one->inhibition *= 1 - one->step;
  take_current(one, drive);
  for (size_t s = 0; s < count; s++) {
    take_spike(one, spikes[s]);
    if (spikes[s] != 0) take_current(one, weights[spikes[s]]); /* its own is the reset */
  }
  if (one->tick >= one->skipped) {
    double e = one->excitation, i = one->inhibition, terms[] = {e, i, e * e, i * i, e * i};
    for (int k = 0; k < 5; k++) one->sums[k] += terms[k];
    for (uint32_t j = 0; j < one->signals; j++) {
      one->error += (x[j] - readout[j]) * (x[j] - readout[j]);
      one->power += x[j] * x[j];
    }
    if (one->tick % FIT_TICKS == 0) take_fit(one, x);
  }
  one->tick++;
}

static double ticks_of(const measure *one) { return (double)(one->tick - one->skipped); }

double measure_nrmse(const measure *one) { return sqrt(one->error / one->power); }

/* Least squares by the normal equations, Cholesky's way, with a ridge that only keeps silent neurons harmless. */
double measure_refitted(const measure *one) {
  static double lower[MEASURE_NEURONS][MEASURE_NEURONS];
  uint32_t n = one->neurons;
  double trace = 0, explained = 0;
  for (uint32_t a = 0; a < n; a++) trace += one->products[a][a];
  for (uint32_t k = 0; k < n; k++) {
    for (uint32_t i = k; i < n; i++) {
      double value = one->products[i][k] + (i == k ? 1e-6 * trace / n + 1e-9 : 0);
      for (uint32_t m = 0; m < k; m++) value -= lower[i][m] * lower[k][m];
      lower[i][k] = i == k ? sqrt(value) : value / lower[k][k];
    }
  }
  for (uint32_t j = 0; j < one->signals; j++) {
    double half[MEASURE_NEURONS], decoder[MEASURE_NEURONS];
    for (uint32_t i = 0; i < n; i++) {
      half[i] = one->projections[j][i];
      for (uint32_t m = 0; m < i; m++) half[i] -= lower[i][m] * half[m];
      half[i] /= lower[i][i];
    }
    for (uint32_t i = n; i-- > 0;) {
      decoder[i] = half[i];
      for (uint32_t m = i + 1; m < n; m++) decoder[i] -= lower[m][i] * decoder[m];
      decoder[i] /= lower[i][i];
    }
    for (uint32_t a = 0; a < n; a++) {
      double fitted = 0;
      for (uint32_t b = 0; b < n; b++) fitted += one->products[a][b] * decoder[b];
      explained += decoder[a] * (2 * one->projections[j][a] - fitted);
    }
  }
  return sqrt(fmax(0, one->fit_power - explained) / one->fit_power);
}

double measure_rate(const measure *one) {
  double spikes = 0;
  for (uint32_t i = 0; i < one->neurons; i++) spikes += (double)one->spikes[i];
  return spikes / one->neurons / (ticks_of(one) * one->step);
}

double measure_interval_cv(const measure *one) {
  double sum = 0;
  int count = 0;
  for (uint32_t i = 0; i < one->neurons; i++) {
    double n = (double)one->interval_count[i], mean = one->interval_sum[i] / n;
    if (n <= 10) continue;
    sum += sqrt(fmax(0, one->interval_squares[i] / n - mean * mean)) / mean;
    count++;
  }
  return count ? sum / count : NAN;
}

double measure_balance(const measure *one) {
  double n = ticks_of(one), e = one->sums[0] / n, i = one->sums[1] / n;
  double variances = (one->sums[2] / n - e * e) * (one->sums[3] / n - i * i);
  return (one->sums[4] / n - e * i) / sqrt(variances);
}
