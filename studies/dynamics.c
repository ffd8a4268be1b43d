#include "dynamics.h"

#include <string.h>

/** Fractional bits: of V under a fast weight, of I1 under a slow one, of the read-out under a kernel; and those that rules see. */
enum { FAST_SHIFT = 12, SLOW_SHIFT = 10, READOUT_SHIFT = 8, VIEW_SHIFT = 8, TRACE_SHIFT = 8, TRACE_STEP = 16 };
enum { DRIVE_LIMIT = 8191, ERROR_LIMIT = 2047 };

static const double leak = 20, kernel_length = 0.05, cost_share = 0.1, feedback_gain = 200, slow_rate = 0.2,
                    smoothing = 0.05, headroom = 1.02;

static void advance(const dynamics *net, double *x, const double *drive) {
  double next[DYNAMICS_SIGNALS];
  for (uint32_t j = 0; j < net->signals; j++) {
    next[j] = x[j] + net->step * drive[j];
    for (uint32_t k = 0; k < net->signals; k++) next[j] += net->step * net->matrix[j][k] * x[k];
  }
  memcpy(x, next, net->signals * sizeof *x);
}

void dynamics_next(const dynamics *net, dynamics_target *target, double *drive) {
  double keep = exp(-net->step / smoothing), time = (double)target->tick++ * net->step;
  for (uint32_t j = 0; j < net->signals; j++) {
    double first = time < 0.3 ? 1 : time < 0.6 ? -1 : 0, second = time < 0.45 ? 0.5 : time < 0.8 ? -0.5 : 0;
    switch (target->input) {
      case DYNAMICS_NOISE:
        target->smoothed[j] = keep * target->smoothed[j] + sqrt(1 - keep * keep) * draw_normal(&target->draws);
        drive[j] = net->amplitude * target->smoothed[j];
        break;
      case DYNAMICS_PULSE: drive[j] = j == 0 && time > 0.05 && time < 0.1 ? net->amplitude : 0; break;
      case DYNAMICS_STEPS: drive[j] = net->amplitude * (j % 2 == 0 ? first : second); break;
    }
  }
  advance(net, target->x, drive);
}

/* So that the target has the size 1 when noise drives it. */
static void find_amplitude(dynamics *net) {
  enum { TICKS = 4000000 };
  dynamics_target target = {.draws = 1};
  double drive[DYNAMICS_SIGNALS], power = 0;
  net->amplitude = 1;
  for (int tick = 0; tick < TICKS; tick++) {
    dynamics_next(net, &target, drive);
    for (uint32_t j = 0; j < net->signals; j++) power += target.x[j] * target.x[j];
  }
  net->amplitude = 1 / sqrt(power / TICKS / net->signals);
}

static double slow_weight(const dynamics *net, uint32_t source, uint32_t target) {
  double weight = 0;
  for (uint32_t p = 0; p < net->signals; p++)
    for (uint32_t q = 0; q < net->signals; q++)
      weight += net->kernels[p][target] * (net->matrix[p][q] + (p == q ? leak : 0)) * net->kernels[q][source];
  return weight;
}

/* Counts of V, I1 and values fit each other by powers of two; the slow weight's unit gives way. */
static void find_units(dynamics *net) {
  double largest = 0, per_tick;
  net->membrane_unit = net->fast_unit / (1 << FAST_SHIFT);
  net->value_unit = net->membrane_unit / net->kernel_unit;
  net->error_unit = net->membrane_unit / (net->step * feedback_gain * net->kernel_unit);
  for (uint32_t k = 0; k < net->neurons; k++)
    for (uint32_t i = 0; i < net->neurons; i++) largest = fmax(largest, fabs(slow_weight(net, k, i)));
  /* One count of I1 adds this much of a count to V in a tick, if 85 units are the largest weight of the optimum. */
  per_tick = largest / 85 / (1 << SLOW_SHIFT) * net->step / net->membrane_unit;
  net->current_shift = (uint32_t)floor(-log2(per_tick));
  net->slow_unit = ldexp(1 << SLOW_SHIFT, -(int)net->current_shift) * net->membrane_unit / net->step;
}

void dynamics_make(dynamics *net, const double matrix[DYNAMICS_SIGNALS][DYNAMICS_SIGNALS], uint32_t signals, uint32_t neurons,
                   const double (*directions)[DYNAMICS_SIGNALS], uint32_t leak_share) {
  memset(net, 0, sizeof *net);
  net->neurons = neurons;
  net->signals = signals;
  net->leak_share = leak_share;
  net->step = leak_share / 4096.0 / leak;
  net->period_ticks = (uint32_t)(0.01 / net->step);
  net->cost = cost_share * kernel_length * kernel_length;
  net->kernel_unit = kernel_length * headroom / 127;
  net->fast_unit = (kernel_length * kernel_length + net->cost) * headroom / 127;
  memcpy(net->matrix, matrix, sizeof net->matrix);
  for (uint32_t i = 0; i < neurons; i++) {
    double turn = 2 * STUDY_PI * i / neurons, even[DYNAMICS_SIGNALS] = {cos(turn), sin(turn)}, square = 0;
    const double *direction = directions ? directions[i] : even;
    for (uint32_t j = 0; j < signals; j++) square += direction[j] * direction[j];
    net->thresholds[i] = net->cost / 2;
    for (uint32_t j = 0; j < signals; j++) {
      net->counts[j][i] = study_round(kernel_length * direction[j] / sqrt(square) / net->kernel_unit);
      net->kernels[j][i] = net->counts[j][i] * net->kernel_unit;
      net->thresholds[i] += net->kernels[j][i] * net->kernels[j][i] / 2;
    }
  }
  find_amplitude(net);
  find_units(net);
}

void dynamics_optimum(const dynamics *net, int16_t *fast, int16_t *slow) {
  for (uint32_t k = 0; k < net->neurons; k++)
    for (uint32_t i = 0; i < net->neurons; i++) {
      double product = i == k ? net->cost : 0;
      for (uint32_t j = 0; j < net->signals; j++) product += net->kernels[j][i] * net->kernels[j][k];
      /* + 1/2 unit: a master acts as its floor. */
      fast[k * net->neurons + i] = study_round((-product / net->fast_unit + 0.5) * 256);
      slow[k * net->neurons + i] = study_round((slow_weight(net, k, i) / net->slow_unit + 0.5) * 256);
    }
}

static int add_populations(const dynamics *net, dynamics_board *board) {
  spk_population signal = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT, readout = SPK_POPULATION_INIT;
  int32_t thresholds[DYNAMICS_NEURONS];
  signal.kind = SPK_ANALOGUE;
  signal.neuron_count = readout.neuron_count = net->signals;
  cells.neuron_count = cells.group_size = net->neurons;
  cells.reset = SPK_RESET_NONE; /* the diagonal of the fast weights is the reset */
  cells.decays[0].membrane = cells.decays[0].current1 = readout.decays[0].membrane = (uint16_t)net->leak_share;
  cells.decays[0].dendrite = 4096; /* holds the error of this tick, and no more */
  cells.current_shift = net->current_shift;
  cells.membrane_view_shift = VIEW_SHIFT;
  cells.mean_ticks = net->period_ticks;
  cells.pre_trace = (spk_trace){TRACE_STEP << TRACE_SHIFT, net->leak_share, TRACE_SHIFT};
  readout.reads_out = 1;
  readout.counts_per_unit = (uint32_t)((1 << READOUT_SHIFT) / net->kernel_unit + 0.5);
  signal.value_limit = DRIVE_LIMIT;
  TRY(board->context, spk_model_add_population(board->model, "drive", &signal, &board->drive));
  signal.value_limit = ERROR_LIMIT;
  TRY(board->context, spk_model_add_population(board->model, "error", &signal, &board->error));
  TRY(board->context, spk_model_add_population(board->model, "cells", &cells, &board->cells));
  TRY(board->context, spk_model_add_population(board->model, "readout", &readout, &board->readout));
  for (uint32_t i = 0; i < net->neurons; i++)
    thresholds[i] = (int32_t)(net->thresholds[i] / net->membrane_unit + 0.5);
  TRY(board->context,
      spk_model_set_parameters(board->model, board->cells, SPK_THRESHOLD, thresholds, net->neurons));
  return 0;
}

/* Kernels: from the input and the error to the cells, and from the cells to the read-out. */
static int add_kernels(const dynamics *net, dynamics_board *board) {
  spk_projection encode = SPK_PROJECTION_INIT, decode = SPK_PROJECTION_INIT;
  int16_t there[DYNAMICS_SIGNALS * DYNAMICS_NEURONS], back[DYNAMICS_SIGNALS * DYNAMICS_NEURONS];
  uint32_t count = net->signals * net->neurons, index;
  for (uint32_t j = 0; j < net->signals; j++)
    for (uint32_t i = 0; i < net->neurons; i++)
      there[j * net->neurons + i] = back[i * net->signals + j] = net->counts[j][i];
  encode.source = board->drive;
  encode.target = board->cells;
  encode.compartment = SPK_MEMBRANE;
  TRY(board->context, spk_model_add_projection(board->model, "encode", &encode, &index));
  TRY(board->context, spk_model_set_weights(board->model, index, there, count));
  encode.source = board->error;
  TRY(board->context, spk_model_add_projection(board->model, "feedback", &encode, &board->feedback));
  TRY(board->context, spk_model_set_weights(board->model, board->feedback, there, count));
  encode.compartment = SPK_DENDRITE;
  TRY(board->context, spk_model_add_projection(board->model, "error-dendrite", &encode, &index));
  TRY(board->context, spk_model_set_weights(board->model, index, there, count));
  decode.source = board->cells;
  decode.target = board->readout;
  decode.compartment = SPK_MEMBRANE;
  decode.shift = READOUT_SHIFT;
  TRY(board->context, spk_model_add_projection(board->model, "decode", &decode, &index));
  TRY(board->context, spk_model_set_weights(board->model, index, back, count));
  return 0;
}

static int add_recurrent(const dynamics *net, const int16_t *fast, const int16_t *slow, double fast_rate,
                         dynamics_board *board) {
  spk_projection instant = SPK_PROJECTION_INIT, lasting = SPK_PROJECTION_INIT;
  spk_rule_options balance = SPK_RULE_OPTIONS_INIT, rule = SPK_RULE_OPTIONS_INIT;
  instant.source = instant.target = lasting.source = lasting.target = board->cells;
  instant.storage = lasting.storage = SPK_INT16_MASTER;
  instant.compartment = SPK_MEMBRANE;
  instant.shift = FAST_SHIFT;
  lasting.compartment = SPK_CURRENT1;
  lasting.shift = SLOW_SHIFT;
  balance.rule = SPK_RULE_BALANCE;
  balance.rate = fast_rate;
  balance.ratio = 1.85;
  balance.membrane_unit = ldexp(1, VIEW_SHIFT - FAST_SHIFT);
  balance.trace_unit = 0;
  if (fast_rate > 0) TRY(board->context, spk_rule_apply(board->context, &balance, &instant));
  /* dW/dt = η λ (Fᵀe) rᵀ, once a period, with the dendrite's and the trace's units. */
  rule.rule = SPK_RULE_DYNAMICS;
  rule.period_ticks = net->period_ticks;
  rule.rate = slow_rate * leak * net->period_ticks * net->step * net->kernel_unit * net->error_unit / TRACE_STEP /
              net->slow_unit;
  TRY(board->context, spk_rule_apply(board->context, &rule, &lasting));
  TRY(board->context, spk_model_add_projection(board->model, "fast", &instant, &board->fast));
  TRY(board->context, spk_model_set_weights(board->model, board->fast, fast, net->neurons * net->neurons));
  TRY(board->context, spk_model_add_projection(board->model, "slow", &lasting, &board->slow));
  TRY(board->context, spk_model_set_weights(board->model, board->slow, slow, net->neurons * net->neurons));
  return 0;
}

int dynamics_open(const study *one, const dynamics *net, const int16_t *fast, const int16_t *slow, double fast_rate,
                  uint64_t seed, dynamics_board *board) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  memset(board, 0, sizeof *board);
  board->context = one->context;
  options.seed = seed;
  TRY(one->context, spk_model_create(one->context, "dynamics", &board->model));
  if (add_populations(net, board) || add_kernels(net, board) || add_recurrent(net, fast, slow, fast_rate, board))
    return 1;
  TRY(one->context, spk_session_open(one->device, board->model, &options, &board->session));
  TRY(one->context, spk_session_record(board->session, board->cells, 1));
  TRY(one->context,
      spk_session_add_probe(board->session, board->readout, SPK_MEMBRANE, 0, net->signals, &board->probe));
  return 0;
}

int dynamics_close(dynamics_board *board) {
  TRY(board->context, spk_session_close(board->session));
  TRY(board->context, spk_model_close(board->model));
  return 0;
}

int dynamics_read(dynamics_board *board, int16_t *fast, int16_t *slow) {
  size_t count;
  TRY(board->context, spk_session_read_weights(board->session, board->fast, fast, DYNAMICS_SYNAPSES, &count));
  TRY(board->context, spk_session_read_weights(board->session, board->slow, slow, DYNAMICS_SYNAPSES, &count));
  return 0;
}

/* What the board is given: rounded values, and what rounding left over goes into the next tick. */
static void encode(const dynamics *net, dynamics_target *target, int16_t *values) {
  double drive[DYNAMICS_SIGNALS];
  dynamics_next(net, target, drive);
  for (uint32_t j = 0; j < net->signals; j++) {
    double exact = net->step * drive[j] / net->value_unit + target->carry[j];
    double rounded = fmin(DRIVE_LIMIT, fmax(-DRIVE_LIMIT, floor(exact + 0.5)));
    target->carry[j] = exact - rounded;
    values[j] = (int16_t)rounded;
  }
}

/* Ticks with the drive, and if learning the error, and how far the read-out is from the target. */
typedef struct sums {
  double error, power;
  size_t spikes;
} sums;

static void compare(sums *all, double x, double readout) {
  all->error += (x - readout) * (x - readout);
  all->power += x * x;
}

static void finish(const dynamics *net, const sums *all, long ticks, dynamics_result *result) {
  result->nrmse = sqrt(all->error / all->power);
  result->rate = (double)all->spikes / net->neurons / ((double)ticks * net->step);
}

int dynamics_test(dynamics_board *board, const dynamics *net, dynamics_input input, double seconds, uint64_t draws,
                  dynamics_result *result) {
  static int16_t values[DYNAMICS_BLOCK * DYNAMICS_SIGNALS];
  static float readout[DYNAMICS_BLOCK * DYNAMICS_SIGNALS];
  static double x[DYNAMICS_BLOCK * DYNAMICS_SIGNALS];
  static spk_event spikes[DYNAMICS_BLOCK];
  dynamics_target target = {.input = input, .draws = draws};
  long ticks = (long)(seconds / net->step + 0.5), count;
  sums all = {0};
  result->spike_count = 0;
  TRY(board->context, spk_session_set_enabled(board->session, board->feedback, 0));
  for (long from = 0; from < ticks; from += count) {
    spk_signal signal = {board->drive, 0, values};
    spk_run_options run = SPK_RUN_OPTIONS_INIT;
    size_t fired, seen;
    count = ticks - from < DYNAMICS_BLOCK ? ticks - from : DYNAMICS_BLOCK;
    for (long t = 0; t < count; t++) {
      encode(net, &target, values + t * net->signals);
      memcpy(x + t * net->signals, target.x, net->signals * sizeof *x);
    }
    run.ticks = (uint32_t)count;
    run.signals = &signal;
    run.signal_count = 1;
    run.flags = from == 0 ? SPK_RUN_CLEAR : 0;
    TRY(board->context, spk_session_run(board->session, &run, NULL, 0, spikes, DYNAMICS_BLOCK, &fired));
    TRY(board->context, spk_session_read_probe_units(board->session, board->probe, readout,
                                                     DYNAMICS_BLOCK * DYNAMICS_SIGNALS, &seen));
    all.spikes += fired;
    for (long t = 0; t < count; t++)
      for (uint32_t j = 0; j < net->signals; j++) {
        long at = t * net->signals + j;
        compare(&all, x[at], readout[at]);
        if (result->all) result->all[from * net->signals + at] = readout[at];
        if (j == 0 && result->x) result->x[from + t] = x[at], result->readout[from + t] = readout[at];
      }
    for (size_t i = 0; result->spikes && i < fired; i++) {
      result->spikes[result->spike_count] = spikes[i];
      result->spikes[result->spike_count++].tick += (uint32_t)from;
    }
  }
  finish(net, &all, ticks, result);
  return 0;
}

int dynamics_trial(dynamics_board *board, const dynamics *net, double seconds, uint64_t draws, dynamics_result *result) {
  dynamics_target target = {.input = DYNAMICS_NOISE, .draws = draws};
  int16_t values[DYNAMICS_SIGNALS], error[DYNAMICS_SIGNALS] = {0};
  long ticks = (long)(seconds / net->step + 0.5);
  sums all = {0};
  TRY(board->context, spk_session_set_enabled(board->session, board->feedback, 1));
  for (long tick = 0; tick < ticks; tick++) {
    spk_signal signals[] = {{board->drive, 0, values}, {board->error, 0, error}};
    spk_run_options run = SPK_RUN_OPTIONS_INIT; /* of one tick */
    spk_event spike;
    float readout[DYNAMICS_SIGNALS];
    size_t fired, seen;
    encode(net, &target, values);
    run.signals = signals;
    run.signal_count = 2;
    run.flags = SPK_RUN_LEARN | (tick == 0 ? SPK_RUN_CLEAR : 0);
    TRY(board->context, spk_session_run(board->session, &run, NULL, 0, &spike, 1, &fired));
    TRY(board->context,
        spk_session_read_probe_units(board->session, board->probe, readout, DYNAMICS_SIGNALS, &seen));
    all.spikes += fired;
    for (uint32_t j = 0; j < net->signals; j++) {
      double e = (target.x[j] - readout[j]) / net->error_unit;
      compare(&all, target.x[j], readout[j]);
      error[j] = study_round(fmin(ERROR_LIMIT, fmax(-ERROR_LIMIT, e)));
    }
  }
  finish(net, &all, ticks, result);
  return 0;
}
