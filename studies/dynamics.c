#include "dynamics.h"

#include <string.h>

/** Fractional bits: of V under a fast weight, of I1 under a slow one, of the read-out under a kernel; and those that rules see. */
enum { FAST_SHIFT = 12, SLOW_SHIFT = 10, READOUT_SHIFT = 8, VIEW_SHIFT = 8, TRACE_SHIFT = 8, TRACE_STEP = 16 };
enum { DRIVE_LIMIT = 8191, ERROR_LIMIT = 2047 };

static const double leak = 20, kernel_length = 0.05, cost_share = 0.1, feedback_gain = 200, slow_rate = 0.2, bent_rate = 0.1,
                    smoothing = 0.05, headroom = 1.02;

static void advance(const dynamics *net, double *x, const double *drive) {
  double next[DYNAMICS_SIGNALS];
  for (uint32_t j = 0; j < net->shape.signals; j++) {
    next[j] = x[j] + net->step * drive[j];
    for (uint32_t k = 0; k < net->shape.signals; k++) {
      double seen = net->shape.swing > 0 && k == 0 ? sin(net->shape.swing * x[0]) / net->shape.swing : x[k];
      next[j] += net->step * net->shape.matrix[j][k] * seen;
    }
  }
  memcpy(x, next, net->shape.signals * sizeof *x);
}

void dynamics_next(const dynamics *net, dynamics_target *target, double *drive) {
  double keep = exp(-net->step / smoothing), time = (double)target->tick++ * net->step;
  for (uint32_t j = 0; j < net->shape.signals; j++) {
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

/* So that the target has the size 1 when noise drives it; a pendulum, as if it swung little. */
static void find_amplitude(dynamics *net) {
  enum { TICKS = 4000000 };
  dynamics_target target = {.draws = 1};
  dynamics linear = *net;
  double drive[DYNAMICS_SIGNALS], power = 0;
  linear.amplitude = 1;
  linear.shape.swing = 0;
  for (int tick = 0; tick < TICKS; tick++) {
    dynamics_next(&linear, &target, drive);
    for (uint32_t j = 0; j < net->shape.signals; j++) power += target.x[j] * target.x[j];
  }
  net->amplitude = 1 / sqrt(power / TICKS / net->shape.signals);
}

static double slow_weight(const dynamics *net, uint32_t source, uint32_t target) {
  double weight = 0;
  for (uint32_t p = 0; p < net->shape.signals; p++)
    for (uint32_t q = 0; q < net->shape.signals; q++)
      weight += net->kernels[p][target] * (net->shape.matrix[p][q] + (p == q ? leak : 0)) * net->kernels[q][source];
  return weight;
}

/* Counts of V, I1 and values fit each other by powers of two; the slow weight's unit gives way. */
static void find_units(dynamics *net) {
  double largest = 0, per_tick;
  net->membrane_unit = net->fast_unit / (1 << FAST_SHIFT);
  net->value_unit = net->membrane_unit / net->kernel_unit;
  net->error_unit = net->membrane_unit / (net->step * feedback_gain * net->kernel_unit);
  for (uint32_t k = 0; k < net->shape.neurons; k++)
    for (uint32_t i = 0; i < net->shape.neurons; i++) largest = fmax(largest, fabs(slow_weight(net, k, i)));
  /* One count of I1 adds this much of a count to V in a tick, if 85 units are the largest weight of the optimum. */
  per_tick = largest / 85 / (1 << SLOW_SHIFT) * net->step / net->membrane_unit;
  net->current_shift = (uint32_t)floor(-log2(per_tick));
  net->slow_unit = ldexp(1 << SLOW_SHIFT, -(int)net->current_shift) * net->membrane_unit / net->step;
}

void dynamics_make(dynamics *net, const dynamics_shape *shape, const double (*directions)[DYNAMICS_SIGNALS]) {
  memset(net, 0, sizeof *net);
  net->shape = *shape;
  net->step = shape->leak_share / 4096.0 / leak;
  net->period_ticks = (uint32_t)(0.01 / net->step);
  net->cost = cost_share * kernel_length * kernel_length;
  net->kernel_unit = kernel_length * headroom / 127;
  net->fast_unit = (kernel_length * kernel_length + net->cost) * headroom / 127;
  for (uint32_t i = 0; i < shape->neurons; i++) {
    double turn = 2 * STUDY_PI * i / shape->neurons, even[DYNAMICS_SIGNALS] = {cos(turn), sin(turn)}, square = 0;
    const double *direction = directions ? directions[i] : even;
    for (uint32_t j = 0; j < shape->signals; j++) square += direction[j] * direction[j];
    net->thresholds[i] = net->cost / 2;
    for (uint32_t j = 0; j < shape->signals; j++) {
      net->counts[j][i] = study_round(kernel_length * direction[j] / sqrt(square) / net->kernel_unit);
      net->kernels[j][i] = net->counts[j][i] * net->kernel_unit;
      net->thresholds[i] += net->kernels[j][i] * net->kernels[j][i] / 2;
    }
  }
  find_amplitude(net);
  find_units(net);
}

void dynamics_optimum(const dynamics *net, dynamics_weights *weights) {
  for (uint32_t k = 0; k < net->shape.neurons; k++)
    for (uint32_t i = 0; i < net->shape.neurons; i++) {
      double product = i == k ? net->cost : 0;
      for (uint32_t j = 0; j < net->shape.signals; j++) product += net->kernels[j][i] * net->kernels[j][k];
      /* + 1/2 unit: a master acts as its floor. */
      weights->fast[k * net->shape.neurons + i] = study_round((-product / net->fast_unit + 0.5) * 256);
      weights->slow[k * net->shape.neurons + i] = study_round((slow_weight(net, k, i) / net->slow_unit + 0.5) * 256);
    }
}

static int add_populations(const dynamics *net, dynamics_board *board) {
  spk_population signal = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT, readout = SPK_POPULATION_INIT;
  int32_t thresholds[DYNAMICS_NEURONS];
  signal.kind = SPK_ANALOGUE;
  signal.neuron_count = readout.neuron_count = net->shape.signals;
  cells.neuron_count = cells.group_size = net->shape.neurons;
  cells.reset = SPK_RESET_NONE; /* the diagonal of the fast weights is the reset */
  cells.decays[0].membrane = cells.decays[0].current1 = readout.decays[0].membrane = (uint16_t)net->shape.leak_share;
  cells.decays[0].current2 = (uint16_t)(5 * net->shape.leak_share);
  cells.decays[0].dendrite = 4096; /* holds the error of this tick, and no more */
  cells.current_shift = net->current_shift;
  cells.membrane_view_shift = VIEW_SHIFT;
  cells.mean_ticks = net->period_ticks;
  cells.pre_trace = (spk_trace){TRACE_STEP << TRACE_SHIFT, net->shape.leak_share, TRACE_SHIFT};
  readout.reads_out = 1;
  readout.counts_per_unit = (uint32_t)((1 << READOUT_SHIFT) / net->kernel_unit + 0.5);
  signal.value_limit = DRIVE_LIMIT;
  TRY(board->context, spk_model_add_population(board->model, "drive", &signal, &board->drive));
  signal.value_limit = ERROR_LIMIT;
  TRY(board->context, spk_model_add_population(board->model, "error", &signal, &board->error));
  TRY(board->context, spk_model_add_population(board->model, "cells", &cells, &board->cells));
  TRY(board->context, spk_model_add_population(board->model, "readout", &readout, &board->readout));
  for (uint32_t i = 0; i < net->shape.neurons; i++)
    thresholds[i] = (int32_t)(net->thresholds[i] / net->membrane_unit + 0.5);
  TRY(board->context,
      spk_model_set_parameters(board->model, board->cells, SPK_THRESHOLD, thresholds, net->shape.neurons));
  return 0;
}

/* Kernels: from the input and the error to the cells, and from the cells to the read-out. */
static int add_kernels(const dynamics *net, dynamics_board *board) {
  spk_projection encode = SPK_PROJECTION_INIT, decode = SPK_PROJECTION_INIT;
  int16_t there[DYNAMICS_SIGNALS * DYNAMICS_NEURONS], back[DYNAMICS_SIGNALS * DYNAMICS_NEURONS];
  uint32_t count = net->shape.signals * net->shape.neurons, index;
  for (uint32_t j = 0; j < net->shape.signals; j++)
    for (uint32_t i = 0; i < net->shape.neurons; i++)
      there[j * net->shape.neurons + i] = back[i * net->shape.signals + j] = net->counts[j][i];
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

/* Neurons whose rate is a rectified line of the read-out, each with its direction and its place where it begins. Their spikes act
 * through the second current, which is faster than the first. */
static int add_hidden(const dynamics *net, const dynamics_weights *weights, dynamics_board *board) {
  static int16_t into[DYNAMICS_NEURONS * DYNAMICS_HIDDEN];
  static int32_t bias[DYNAMICS_HIDDEN];
  spk_population hidden = SPK_POPULATION_INIT;
  spk_projection see = SPK_PROJECTION_INIT, act = SPK_PROJECTION_INIT;
  spk_rule_options rule = SPK_RULE_OPTIONS_INIT;
  uint64_t draws = 77;
  uint32_t index;
  /* I1 counts: a kernel's unit is 2^6; a read-out of 1 makes 1 / unit · 2^6, and V takes 2^−8 of it each tick. */
  double one = 1 / net->kernel_unit * 64 / 256;
  hidden.neuron_count = net->shape.hidden;
  hidden.reset = SPK_RESET_SUBTRACT;
  hidden.lower_bound = 0;
  hidden.decays[0].membrane = 0;
  hidden.decays[0].current1 = (uint16_t)net->shape.leak_share;
  hidden.current_shift = 8;
  hidden.threshold = (int32_t)(one / (150 * net->step)); /* 150 Hz at a read-out of 1 beyond where it begins */
  hidden.pre_trace = (spk_trace){64 << TRACE_SHIFT, 5 * net->shape.leak_share, TRACE_SHIFT};
  TRY(board->context, spk_model_add_population(board->model, "hidden", &hidden, &board->hidden));
  for (uint32_t h = 0; h < net->shape.hidden; h++) {
    double turn = draw_between(&draws, 0, 2 * STUDY_PI), direction[2] = {cos(turn), sin(turn)};
    bias[h] = (int32_t)(one * draw_between(&draws, -1.5, 1.0));
    for (uint32_t k = 0; k < net->shape.neurons; k++)
      into[k * net->shape.hidden + h] =
          study_round(direction[0] * net->counts[0][k] + direction[1] * net->counts[1][k]);
  }
  TRY(board->context, spk_model_set_parameters(board->model, board->hidden, SPK_BIAS, bias, net->shape.hidden));
  see.source = act.target = board->cells;
  see.target = act.source = board->hidden;
  see.shift = 6;
  TRY(board->context, spk_model_add_projection(board->model, "see", &see, &index));
  TRY(board->context, spk_model_set_weights(board->model, index, into, net->shape.neurons * net->shape.hidden));
  act.storage = SPK_INT16_MASTER;
  act.compartment = SPK_CURRENT2;
  act.shift = SLOW_SHIFT;
  rule.rule = SPK_RULE_DYNAMICS;
  rule.period_ticks = net->period_ticks;
  rule.rate = bent_rate * leak * net->period_ticks * net->step * net->kernel_unit * net->error_unit / 64 / net->slow_unit;
  TRY(board->context, spk_rule_apply(board->context, &rule, &act));
  TRY(board->context, spk_model_add_projection(board->model, "bent", &act, &board->bent));
  TRY(board->context, spk_model_set_weights(board->model, board->bent, weights->bent, net->shape.hidden * net->shape.neurons));
  return 0;
}

static int add_recurrent(const dynamics *net, const dynamics_weights *weights, double fast_rate, dynamics_board *board) {
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
  TRY(board->context, spk_model_set_weights(board->model, board->fast, weights->fast, net->shape.neurons * net->shape.neurons));
  TRY(board->context, spk_model_add_projection(board->model, "slow", &lasting, &board->slow));
  TRY(board->context, spk_model_set_weights(board->model, board->slow, weights->slow, net->shape.neurons * net->shape.neurons));
  return 0;
}

int dynamics_open(const study *one, const dynamics *net, const dynamics_weights *weights, double fast_rate, uint64_t seed,
                  dynamics_board *board) {
  spk_session_options options = SPK_SESSION_OPTIONS_INIT;
  memset(board, 0, sizeof *board);
  board->context = one->context;
  options.seed = seed;
  TRY(one->context, spk_model_create(one->context, "dynamics", &board->model));
  if (add_populations(net, board) || add_kernels(net, board) || add_recurrent(net, weights, fast_rate, board))
    return 1;
  board->has_hidden = net->shape.hidden > 0;
  if (board->has_hidden && add_hidden(net, weights, board)) return 1;
  TRY(one->context, spk_session_open(one->device, board->model, &options, &board->session));
  TRY(one->context, spk_session_record(board->session, board->cells, 1));
  TRY(one->context,
      spk_session_add_probe(board->session, board->readout, SPK_MEMBRANE, 0, net->shape.signals, &board->probe));
  return 0;
}

int dynamics_close(dynamics_board *board) {
  TRY(board->context, spk_session_close(board->session));
  TRY(board->context, spk_model_close(board->model));
  return 0;
}

int dynamics_read(dynamics_board *board, dynamics_weights *weights) {
  size_t count;
  TRY(board->context,
      spk_session_read_weights(board->session, board->fast, weights->fast, DYNAMICS_SYNAPSES, &count));
  TRY(board->context,
      spk_session_read_weights(board->session, board->slow, weights->slow, DYNAMICS_SYNAPSES, &count));
  if (board->has_hidden)
    TRY(board->context, spk_session_read_weights(board->session, board->bent, weights->bent, DYNAMICS_BENT, &count));
  return 0;
}

/* What the board is given: rounded values, and what rounding left over goes into the next tick. */
static void encode(const dynamics *net, dynamics_target *target, int16_t *values) {
  double drive[DYNAMICS_SIGNALS];
  dynamics_next(net, target, drive);
  for (uint32_t j = 0; j < net->shape.signals; j++) {
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
  result->rate = (double)all->spikes / net->shape.neurons / ((double)ticks * net->step);
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
      encode(net, &target, values + t * net->shape.signals);
      memcpy(x + t * net->shape.signals, target.x, net->shape.signals * sizeof *x);
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
      for (uint32_t j = 0; j < net->shape.signals; j++) {
        long at = t * net->shape.signals + j;
        compare(&all, x[at], readout[at]);
        if (result->all) result->all[from * net->shape.signals + at] = readout[at];
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
    for (uint32_t j = 0; j < net->shape.signals; j++) {
      double e = (target.x[j] - readout[j]) / net->error_unit;
      compare(&all, target.x[j], readout[j]);
      error[j] = study_round(fmin(ERROR_LIMIT, fmax(-ERROR_LIMIT, e)));
    }
  }
  finish(net, &all, ticks, result);
  return 0;
}
