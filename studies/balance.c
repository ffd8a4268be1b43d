#include "balance.h"

#include <stdlib.h>
#include <string.h>

/** An acting weight, and a kernel in the read-out, in counts of membrane: 2^12 and 2^9. Rules see V in sixteenths of a weight. */
enum { WEIGHT_SHIFT = 12, READOUT_SHIFT = 9, VIEW_SHIFT = 8, TRACE_SHIFT = 6, LEAK = 8, VALUE_LIMIT = 4095 };

static const double smoothing = 0.3, cost_share = 0.2, headroom = 1.02;

/* What follows from the kernels. */
static void derive(balance *net) {
  for (int j = 0; j < BALANCE_SIGNALS; j++)
    for (int i = 0; i < BALANCE_NEURONS; i++) net->kernels[j][i] = net->counts[j][i] * net->kernel_unit;
  for (int k = 0; k < BALANCE_NEURONS; k++)
    for (int i = 0; i < BALANCE_NEURONS; i++) {
      double product = i == k ? net->cost : 0;
      for (int j = 0; j < BALANCE_SIGNALS; j++) product += net->kernels[j][i] * net->kernels[j][k];
      net->optimum[k * BALANCE_NEURONS + i] = -product;
    }
}

void balance_make(balance *net, double length, const double lengths[BALANCE_NEURONS],
                  const double angles[BALANCE_NEURONS]) {
  double largest = length;
  memset(net, 0, sizeof *net);
  net->step = 1.0 / BALANCE_TICKS;
  net->cost = cost_share * length * length;
  net->kernel_unit = length * 1.3 / 127;
  for (int i = 0; i < BALANCE_NEURONS; i++) {
    net->counts[0][i] = study_round(lengths[i] * cos(angles[i]) / net->kernel_unit);
    net->counts[1][i] = study_round(lengths[i] * sin(angles[i]) / net->kernel_unit);
    net->thresholds[i] = (length * length + net->cost) / 2;
    largest = fmax(largest, lengths[i]);
  }
  net->weight_unit = (largest * largest + net->cost) * headroom / 127;
  derive(net);
}

double balance_distance(const balance *net, const int16_t *weights) {
  double apart = 0, whole = 0;
  for (int i = 0; i < BALANCE_SYNAPSES; i++) {
    double error = weights[i] * net->weight_unit - net->optimum[i];
    apart += error * error;
    whole += net->optimum[i] * net->optimum[i];
  }
  return apart / whole;
}

void balance_next(const balance *net, balance_source *source, double *input) {
  double keep = exp(-net->step / smoothing);
  double scale = sqrt(2 * net->step * (1 + smoothing)) / smoothing; /* the signal's deviation is 1 */
  for (int j = 0; j < BALANCE_SIGNALS; j++) {
    if (!source->constant) source->smoothed[j] = keep * source->smoothed[j] + scale * draw_normal(&source->draws);
    input[j] = source->constant ? source->constant[j] : source->smoothed[j];
    source->x[j] += net->step * (input[j] - source->x[j]);
  }
}

/** One unit of an analogue value, times one of a kernel, is one count of the membrane. */
static double value_unit(const balance *net) { return net->weight_unit / (1 << WEIGHT_SHIFT) / net->kernel_unit; }

/* What the board is given: rounded values, and what rounding left over goes into the next tick. */
static void encode(const balance *net, balance_source *source, const double *input, int16_t *values) {
  for (int j = 0; j < BALANCE_SIGNALS; j++) {
    double exact = net->step * input[j] / value_unit(net) + source->carry[j];
    double rounded = fmin(VALUE_LIMIT, fmax(-VALUE_LIMIT, floor(exact + 0.5)));
    source->carry[j] = exact - rounded;
    values[j] = (int16_t)rounded;
  }
}

static int add_populations(const balance *net, const balance_options *options, balance_board *board) {
  spk_population drive = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT, readout = SPK_POPULATION_INIT;
  int32_t thresholds[BALANCE_NEURONS];
  double count = net->weight_unit / (1 << WEIGHT_SHIFT);
  drive.kind = SPK_ANALOGUE;
  drive.neuron_count = readout.neuron_count = BALANCE_SIGNALS;
  drive.value_limit = VALUE_LIMIT;
  cells.neuron_count = cells.group_size = BALANCE_NEURONS;
  cells.reset = SPK_RESET_NONE; /* the diagonal of the weights is the reset */
  cells.decays[0].membrane = readout.decays[0].membrane = LEAK;
  cells.membrane_view_shift = VIEW_SHIFT;
  cells.noise = (uint32_t)(options->noise / count / 0.577 + 0.5);
  cells.post_trace.step = (uint32_t)(2 * net->cost / net->weight_unit + 0.5) << TRACE_SHIFT; /* seen in halves of a weight */
  cells.post_trace.decay = cells.pre_trace.decay = LEAK;
  cells.post_trace.view_shift = cells.pre_trace.view_shift = TRACE_SHIFT;
  cells.pre_trace.step = 32 << TRACE_SHIFT;
  readout.reads_out = 1;
  readout.counts_per_unit = (uint32_t)((1 << READOUT_SHIFT) / net->kernel_unit + 0.5);
  TRY(board->context, spk_model_add_population(board->model, "drive", &drive, &board->drive));
  TRY(board->context, spk_model_add_population(board->model, "cells", &cells, &board->cells));
  TRY(board->context, spk_model_add_population(board->model, "readout", &readout, &board->readout));
  for (uint32_t i = 0; i < BALANCE_NEURONS; i++) {
    int is_silent = i * 7 % 10 < options->silenced; /* spread over all directions */
    thresholds[i] = is_silent ? 8388607 : (int32_t)(net->thresholds[i] / count + 0.5);
  }
  TRY(board->context,
      spk_model_set_parameters(board->model, board->cells, SPK_THRESHOLD, thresholds, BALANCE_NEURONS));
  return 0;
}

static int add_recurrent(const balance *net, const balance_options *options, const int16_t *weights,
                         balance_board *board) {
  spk_projection recurrent = SPK_PROJECTION_INIT;
  spk_rule_options rule = SPK_RULE_OPTIONS_INIT;
  int16_t stored[BALANCE_SYNAPSES];
  recurrent.source = recurrent.target = board->cells;
  recurrent.compartment = SPK_MEMBRANE;
  recurrent.shift = WEIGHT_SHIFT;
  recurrent.storage = options->storage;
  rule.rule = SPK_RULE_BALANCE;
  rule.rate = options->rate;
  rule.ratio = options->ratio;
  rule.membrane_unit = ldexp(1, VIEW_SHIFT - WEIGHT_SHIFT);
  rule.trace_unit = net->cost / net->weight_unit / floor(2 * net->cost / net->weight_unit + 0.5);
  TRY(board->context, spk_rule_apply(board->context, &rule, &recurrent));
  TRY(board->context, spk_model_add_projection(board->model, "recurrent", &recurrent, &board->recurrent));
  for (int i = 0; i < BALANCE_SYNAPSES; i++)
    stored[i] = (int16_t)(options->storage == SPK_INT8 ? weights[i] : weights[i] * 256 + 128); /* the middle of a unit */
  TRY(board->context, spk_model_set_weights(board->model, board->recurrent, stored, BALANCE_SYNAPSES));
  return 0;
}

static int add_kernels(const balance *net, const balance_options *options, balance_board *board) {
  spk_projection encode = SPK_PROJECTION_INIT, decode = SPK_PROJECTION_INIT;
  int16_t there[BALANCE_SIGNALS * BALANCE_NEURONS], back[BALANCE_SIGNALS * BALANCE_NEURONS];
  for (int j = 0; j < BALANCE_SIGNALS; j++)
    for (int i = 0; i < BALANCE_NEURONS; i++) {
      there[j * BALANCE_NEURONS + i] = (int16_t)(net->counts[j][i] * (options->encoding_rate > 0 ? 256 : 1));
      back[i * BALANCE_SIGNALS + j] = net->counts[j][i];
    }
  encode.source = board->drive;
  encode.target = decode.source = board->cells;
  encode.compartment = decode.compartment = SPK_MEMBRANE;
  if (options->encoding_rate > 0) {
    spk_rule_options rule = SPK_RULE_OPTIONS_INIT;
    encode.storage = SPK_INT16_MASTER;
    rule.rule = SPK_RULE_FEED_FORWARD;
    rule.rate = options->encoding_rate;
    rule.ratio = options->encoding_ratio * value_unit(net) / (net->step * net->kernel_unit);
    TRY(board->context, spk_rule_apply(board->context, &rule, &encode));
  }
  decode.target = board->readout;
  decode.shift = READOUT_SHIFT;
  TRY(board->context, spk_model_add_projection(board->model, "encode", &encode, &board->encode));
  TRY(board->context, spk_model_add_projection(board->model, "decode", &decode, &board->decode));
  TRY(board->context, spk_model_set_weights(board->model, board->encode, there, BALANCE_SIGNALS * BALANCE_NEURONS));
  TRY(board->context, spk_model_set_weights(board->model, board->decode, back, BALANCE_SIGNALS * BALANCE_NEURONS));
  return 0;
}

int balance_open(const study *one, const balance *net, const balance_options *options, const int16_t *weights,
                 balance_board *board) {
  spk_session_options session = SPK_SESSION_OPTIONS_INIT;
  memset(board, 0, sizeof *board);
  board->context = one->context;
  board->storage = options->storage;
  session.seed = options->seed;
  TRY(one->context, spk_model_create(one->context, "balance", &board->model));
  if (add_populations(net, options, board) || add_recurrent(net, options, weights, board) ||
      add_kernels(net, options, board))
    return 1;
  TRY(one->context, spk_session_open(one->device, board->model, &session, &board->session));
  TRY(one->context, spk_session_record(board->session, board->cells, 1));
  TRY(one->context,
      spk_session_add_probe(board->session, board->readout, SPK_MEMBRANE, 0, BALANCE_SIGNALS, &board->probe));
  for (int k = 0; k < BALANCE_NEURONS; k++) board->into_first[k] = weights[k * BALANCE_NEURONS];
  return 0;
}

int balance_close(balance_board *board) {
  TRY(board->context, spk_session_close(board->session));
  TRY(board->context, spk_model_close(board->model));
  return 0;
}

int balance_weights(balance_board *board, int16_t *weights) {
  size_t count;
  TRY(board->context,
      spk_session_read_weights(board->session, board->recurrent, weights, BALANCE_SYNAPSES, &count));
  for (int i = 0; board->storage == SPK_INT16_MASTER && i < BALANCE_SYNAPSES; i++)
    weights[i] = (int16_t)(weights[i] >> 8);
  for (int k = 0; k < BALANCE_NEURONS; k++) board->into_first[k] = weights[k * BALANCE_NEURONS];
  return 0;
}

int balance_take_encoding(balance_board *board, balance *net) {
  int16_t stored[BALANCE_SIGNALS * BALANCE_NEURONS];
  size_t count;
  TRY(board->context, spk_session_read_weights(board->session, board->encode, stored,
                                               BALANCE_SIGNALS * BALANCE_NEURONS, &count));
  for (int j = 0; j < BALANCE_SIGNALS; j++)
    for (int i = 0; i < BALANCE_NEURONS; i++)
      net->counts[j][i] = (int16_t)(stored[j * BALANCE_NEURONS + i] >> 8);
  derive(net);
  return 0;
}

double balance_drive(const balance *net, const int16_t values[BALANCE_SIGNALS]) {
  double drive = 0;
  for (int j = 0; j < BALANCE_SIGNALS; j++) drive += net->kernels[j][0] * values[j] * value_unit(net);
  return drive;
}

int balance_run_block(balance_board *board, const balance *net, balance_source *source, balance_block *block,
                      int learns) {
  spk_signal signal = {board->drive, 0, block->values[0]};
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  size_t values;
  for (long tick = 0; tick < block->ticks; tick++) {
    double input[BALANCE_SIGNALS];
    balance_next(net, source, input);
    encode(net, source, input, block->values[tick]);
    memcpy(block->x[tick], source->x, sizeof source->x);
  }
  options.ticks = (uint32_t)block->ticks;
  options.signals = &signal;
  options.signal_count = 1;
  options.flags = learns ? SPK_RUN_LEARN : 0;
  TRY(board->context,
      spk_session_run(board->session, &options, NULL, 0, block->spikes, BALANCE_BLOCK, &block->spike_count));
  TRY(board->context, spk_session_read_probe_units(board->session, board->probe, block->readout[0],
                                                   BALANCE_BLOCK * BALANCE_SIGNALS, &values));
  return 0;
}

static void measure_block(const balance_board *board, const balance *net, const balance_block *block, measure *result) {
  double into_first[BALANCE_NEURONS];
  size_t next = 0;
  for (int k = 0; k < BALANCE_NEURONS; k++) into_first[k] = board->into_first[k] * net->weight_unit;
  for (long tick = 0; tick < block->ticks; tick++) {
    double readout[BALANCE_SIGNALS];
    uint32_t spike = 0;
    size_t count = 0;
    for (int j = 0; j < BALANCE_SIGNALS; j++) readout[j] = block->readout[tick][j];
    for (; next < block->spike_count && block->spikes[next].tick == (uint32_t)tick; next++, count = 1)
      spike = block->spikes[next].neuron;
    measure_tick(result, block->x[tick], readout, &spike, count, balance_drive(net, block->values[tick]), into_first);
  }
}

int balance_run(balance_board *board, const balance *net, balance_source *source, long ticks, int learns,
                measure *result) {
  static balance_block block;
  for (long from = 0; from < ticks; from += block.ticks) {
    block.ticks = ticks - from < BALANCE_BLOCK ? ticks - from : BALANCE_BLOCK;
    if (balance_run_block(board, net, source, &block, learns)) return 1;
    if (result) measure_block(board, net, &block, result);
  }
  return 0;
}

void balance_simulate(const balance *net, balance_source *source, long ticks, measure *result) {
  double membrane[BALANCE_NEURONS] = {0}, readout[BALANCE_SIGNALS] = {0}, into_first[BALANCE_NEURONS];
  for (int k = 0; k < BALANCE_NEURONS; k++) into_first[k] = net->optimum[k * BALANCE_NEURONS];
  for (long tick = 0; tick < ticks; tick++) {
    double input[BALANCE_SIGNALS], drive = 0, best = 0;
    uint32_t spike = 0;
    size_t count = 0;
    balance_next(net, source, input);
    for (uint32_t i = 0; i < BALANCE_NEURONS; i++) {
      double current = 0;
      for (int j = 0; j < BALANCE_SIGNALS; j++) current += net->kernels[j][i] * input[j] * net->step;
      membrane[i] += current - net->step * membrane[i];
      if (i == 0) drive = current;
      if (membrane[i] - net->thresholds[i] > best) best = membrane[i] - net->thresholds[i], spike = i, count = 1;
    }
    for (int j = 0; j < BALANCE_SIGNALS; j++) {
      readout[j] *= 1 - net->step;
      if (count) readout[j] += net->kernels[j][spike];
    }
    for (int i = 0; count && i < BALANCE_NEURONS; i++)
      membrane[i] += net->optimum[spike * BALANCE_NEURONS + (uint32_t)i];
    measure_tick(result, source->x, readout, &spike, count, drive, into_first);
  }
}
