/** @file dynamics.h
 * A population that follows dx/dt = A x + c after it was told its error for a while, on a board.
 *
 * Source: R. Bourdoukan, S. Denève, "Enforcing balance allows local supervised learning in spiking recurrent networks",
 * NIPS 2015. Weights are [source][target], and act on V as they are; times are in seconds.
 */
#ifndef STUDIES_DYNAMICS_H
#define STUDIES_DYNAMICS_H

#include "study.h"

enum { DYNAMICS_NEURONS = 64, DYNAMICS_HIDDEN = 128, DYNAMICS_SIGNALS = 4 };
enum { DYNAMICS_SYNAPSES = 4096, DYNAMICS_BENT = 8192, DYNAMICS_BLOCK = 2048 };

/** A target, and what it is learnt by. */
typedef struct dynamics_shape {
  uint32_t signals, neurons;
  uint32_t leak_share; /**< of membranes and currents a tick, in 1/4096: 8 for ticks of 98 µs, 4 for 49 µs */
  uint32_t hidden;     /**< neurons that see the read-out and bend it, for targets that are not linear; 0: none */
  double matrix[DYNAMICS_SIGNALS][DYNAMICS_SIGNALS]; /**< A, in 1/s */
  double swing; /**< of a pendulum that has this A where it hangs: radians a unit of x; 0: the target is linear */
} dynamics_shape;

/** The network without its weights, in physical units and in those of the board. */
typedef struct dynamics {
  dynamics_shape shape;
  double amplitude;    /**< of inputs: noise of this size makes x of size 1, where the target is linear */
  double step;         /**< a tick, in seconds */
  uint32_t period_ticks; /**< of the slow rule, 10 ms */
  double cost;         /**< μ */
  double kernels[DYNAMICS_SIGNALS][DYNAMICS_NEURONS]; /**< F */
  int16_t counts[DYNAMICS_SIGNALS][DYNAMICS_NEURONS]; /**< F, in its unit */
  double thresholds[DYNAMICS_NEURONS];
  double kernel_unit, fast_unit, slow_unit; /**< of acting weights */
  double membrane_unit, value_unit, error_unit; /**< of V, of c · step, and of x − x̂ */
  uint32_t current_shift;
} dynamics;

/** Makes a network. @param directions  [neurons] of the kernels, of any length above 0; null for evenly spread ones */
void dynamics_make(dynamics *net, const dynamics_shape *shape, const double (*directions)[DYNAMICS_SIGNALS]);

/** Stored weights, int16 masters; [neurons][neurons], and [hidden][neurons]. */
typedef struct dynamics_weights {
  int16_t fast[DYNAMICS_SYNAPSES], slow[DYNAMICS_SYNAPSES], bent[DYNAMICS_BENT];
} dynamics_weights;

/** −FᵀF − μI, and of the linear part of the target Fᵀ(A + λI)F. */
void dynamics_optimum(const dynamics *net, dynamics_weights *weights);

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
  uint32_t drive, error, cells, readout, hidden, feedback, fast, slow, bent, probe;
  int has_hidden;
} dynamics_board;

/** Opens a session. @param fast_rate  of the balance rule; 0: fast weights stay */
int dynamics_open(const study *one, const dynamics *net, const dynamics_weights *weights, double fast_rate, uint64_t seed,
                  dynamics_board *board);

int dynamics_close(dynamics_board *board);

int dynamics_read(dynamics_board *board, dynamics_weights *weights);

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
