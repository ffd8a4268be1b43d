/** @file balance.h
 * A population that represents a signal by as few spikes as it can, on a board and in floating point.
 *
 * Source: R. Bourdoukan, D. G. T. Barrett, C. K. Machens, S. Denève, "Learning optimal spike-based representations", NIPS
 * 2012. Time is in membrane constants, 512 ticks each. Weights are [source][target], and act on V as they are: those of the
 * paper with the other sign.
 */
#ifndef STUDIES_BALANCE_H
#define STUDIES_BALANCE_H

#include "measure.h"
#include "study.h"

enum { BALANCE_NEURONS = 50, BALANCE_SIGNALS = 2, BALANCE_TICKS = 512, BALANCE_SYNAPSES = 2500, BALANCE_BLOCK = 4096 };

/** The network without its weights, in physical units and in those of the board. */
typedef struct balance {
  double step;        /**< a tick, in membrane constants */
  double cost;        /**< μ */
  double kernel_unit; /**< what one unit of the encoding and decoding weights is */
  double weight_unit; /**< what one unit of the recurrent weights is */
  int16_t counts[BALANCE_SIGNALS][BALANCE_NEURONS]; /**< the kernels, in their unit */
  double kernels[BALANCE_SIGNALS][BALANCE_NEURONS];
  double thresholds[BALANCE_NEURONS];
  double optimum[BALANCE_SYNAPSES]; /**< −(ΓᵀΓ + μI) */
} balance;

/** Makes a network from its kernels. @param length  that thresholds and units are made for; kernels are up to 1.3 times it. */
void balance_make(balance *net, double length, const double lengths[BALANCE_NEURONS],
                  const double angles[BALANCE_NEURONS]);

/** The distance ‖W − W_opt‖² / ‖W_opt‖². */
double balance_distance(const balance *net, const int16_t *weights);

/** The signal, which is smoothed noise, or what a constant input leads to. */
typedef struct balance_source {
  uint64_t draws;
  const double *constant; /**< [signals], or null for noise */
  double smoothed[BALANCE_SIGNALS], x[BALANCE_SIGNALS], carry[BALANCE_SIGNALS];
} balance_source;

/** One tick more. @param[out] input  c = dx/dt + x over the tick, [signals] */
void balance_next(const balance *net, balance_source *source, double *input);

typedef struct balance_options {
  uint32_t storage;      /**< of recurrent weights: SPK_INT8 or SPK_INT16_MASTER */
  double rate, ratio;    /**< of the balance rule */
  double noise;          /**< on the membrane, standard deviation a tick */
  double encoding_rate;  /**< of the feed-forward weights; 0: they do not learn */
  double encoding_ratio; /**< α: kernels become α times the mean input at their spikes */
  uint32_t silenced;     /**< of each ten neurons so many never fire */
  uint64_t seed;
} balance_options;

typedef struct balance_board {
  spk_context *context;
  spk_session *session;
  spk_model *model;
  uint32_t drive, cells, readout, encode, recurrent, decode, probe;
  uint32_t storage;
  int16_t into_first[BALANCE_NEURONS]; /**< weights onto neuron 0, of when they were last read */
} balance_board;

/** Opens a session. @param weights [BALANCE_SYNAPSES] acting weights, in their unit. */
int balance_open(const study *one, const balance *net, const balance_options *options, const int16_t *weights,
                 balance_board *board);

int balance_close(balance_board *board);

/** The ticks of one run, as they were and as the board saw them. */
typedef struct balance_block {
  long ticks; /**< set by the caller, BALANCE_BLOCK at most */
  double x[BALANCE_BLOCK][BALANCE_SIGNALS];
  int16_t values[BALANCE_BLOCK][BALANCE_SIGNALS];
  float readout[BALANCE_BLOCK][BALANCE_SIGNALS];
  spk_event spikes[BALANCE_BLOCK]; /**< one a tick at most: the population is one group */
  size_t spike_count;
} balance_block;

/** Runs the ticks of a block, from where the board is. */
int balance_run_block(balance_board *board, const balance *net, balance_source *source, balance_block *block, int learns);

/** Runs ticks. @param result  takes what happened; may be null. */
int balance_run(balance_board *board, const balance *net, balance_source *source, long ticks, int learns, measure *result);

/** What values add to the membrane of neuron 0. */
double balance_drive(const balance *net, const int16_t values[BALANCE_SIGNALS]);

/** The acting weights that there are now. @param weights [BALANCE_SYNAPSES] */
int balance_weights(balance_board *board, int16_t *weights);

/** Takes over feed-forward weights that were learnt: kernels, and the optimum that follows from them. */
int balance_take_encoding(balance_board *board, balance *net);

/** The same network in floating point, with the weights of the optimum: one spike a tick at most, as on the board. */
void balance_simulate(const balance *net, balance_source *source, long ticks, measure *result);

#endif
