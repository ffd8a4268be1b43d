/** @file dynamics.h
 * A population that follows dx/dt = A x + c after it was told its error for a while, on a board.
 *
 * Source: R. Bourdoukan, S. Denève, "Enforcing balance allows local supervised learning in spiking recurrent networks", NIPS 2015. Weights
 * are [source][target], and act on V as they are; times are in seconds.
 */
#ifndef STUDIES_DYNAMICS_H
#define STUDIES_DYNAMICS_H

#include "study.h"

enum { DYNAMICS_NEURONS = 64, DYNAMICS_SIGNALS = 4, DYNAMICS_SYNAPSES = 4096, DYNAMICS_BLOCK = 2048 };

/** The network without its weights, in physical units and in those of the board. */
typedef struct dynamics {
  uint32_t neurons, signals;
  double matrix[DYNAMICS_SIGNALS][DYNAMICS_SIGNALS]; /**< A, of the target, in 1/s */
  double amplitude;    /**< of inputs: noise of this size makes x of size 1 */
  double step;         /**< a tick, in seconds */
  uint32_t leak_share; /**< of membranes and currents a tick, in 1/4096 */
  uint32_t period_ticks; /**< of the slow rule, 10 ms */
  double cost;         /**< μ */
  double kernels[DYNAMICS_SIGNALS][DYNAMICS_NEURONS]; /**< F */
  int16_t counts[DYNAMICS_SIGNALS][DYNAMICS_NEURONS]; /**< F, in its unit */
  double thresholds[DYNAMICS_NEURONS];
  double kernel_unit, fast_unit, slow_unit; /**< of acting weights */
  double membrane_unit, value_unit, error_unit; /**< of V, of c · step, and of x − x̂ */
  uint32_t current_shift;
} dynamics;

/** A target, and kernels: [signals] directions a neuron, of any length above 0, or null for evenly spread ones.
 * @param leak_share  8 for ticks of 98 µs, 4 for 49 µs
 */
void dynamics_make(dynamics *net, const double matrix[DYNAMICS_SIGNALS][DYNAMICS_SIGNALS], uint32_t signals, uint32_t neurons,
                   const double (*directions)[DYNAMICS_SIGNALS], uint32_t leak_share);

/** Stored weights, int16 masters: −FᵀF − μI, and Fᵀ(A + λI)F. */
void dynamics_optimum(const dynamics *net, int16_t *fast, int16_t *slow);

/** What drives the target. */
typedef enum dynamics_input { DYNAMICS_NOISE, DYNAMICS_PULSE, DYNAMICS_STEPS } dynamics_input;

/** The target itself, tick by tick. */
typedef struct dynamics_target {
  dynamics_input input;
  uint64_t draws;
  long tick;
  double smoothed[DYNAMICS_SIGNALS], x[DYNAMICS_SIGNALS], carry[DYNAMICS_SIGNALS];
} dynamics_target;

/** One tick more. @param[out] drive  [signals] c */
void dynamics_next(const dynamics *net, dynamics_target *target, double *drive);

typedef struct dynamics_board {
  spk_context *context;
  spk_session *session;
  spk_model *model;
  uint32_t drive, error, cells, readout, feedback, fast, slow, probe;
} dynamics_board;

/** Opens a session. @param fast, slow  [neurons²] stored weights @param fast_rate  of the balance rule; 0: fast weights stay */
int dynamics_open(const study *one, const dynamics *net, const int16_t *fast, const int16_t *slow, double fast_rate,
                  uint64_t seed, dynamics_board *board);

int dynamics_close(dynamics_board *board);

int dynamics_read(dynamics_board *board, int16_t *fast, int16_t *slow);

/** What a run was like. Arrays may be null. */
typedef struct dynamics_result {
  double nrmse, rate; /**< spikes a neuron and second */
  double *x, *readout; /**< [ticks] of the first signal */
  double *all;         /**< [ticks][signals] read-outs */
  spk_event *spikes;   /**< [ticks] */
  size_t spike_count;
} dynamics_result;

/** Runs from a cleared state, without feedback and learning. */
int dynamics_test(dynamics_board *board, const dynamics *net, dynamics_input input, double seconds, uint64_t draws,
                  dynamics_result *result);

/** Runs from a cleared state, with the error fed back tick by tick, and learns. */
int dynamics_trial(dynamics_board *board, const dynamics *net, double seconds, uint64_t draws, dynamics_result *result);

#endif
