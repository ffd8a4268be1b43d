/** @file session.h
 * A session is a model on a board: it runs ticks, presents, learns, and is read.
 */
#ifndef SPIKELET_SESSION_H
#define SPIKELET_SESSION_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spk_session spk_session;

/** Every projection, where a projection's number is asked for. */
#define SPK_ALL ((uint32_t)0xFFFFFFFF)

typedef struct spk_session_options {
  uint32_t struct_size;
  uint32_t timeout_milliseconds; /**< for each call and each submission that waits for the board; 1 or more. Calls that
                                    * move a network or weights (open, store, snapshot, restore, resume, read and write
                                    * weights) have 10 seconds, or this if it is longer. */
  uint64_t seed;                 /**< of every draw on the board */
} spk_session_options;

#define SPK_SESSION_OPTIONS_INIT { (uint32_t)sizeof(spk_session_options), 10000, 1 }

/** A spike: at which tick of the run, of which neuron. */
typedef struct spk_event {
  uint32_t tick; /**< offset from the first tick of the run */
  uint32_t population;
  uint32_t neuron;
} spk_event;

/** A run in which the projections whose learning bit is set learn. Without it weights stay and the draws are of the frozen stream. */
#define SPK_RUN_LEARN ((uint32_t)1)
/** Clears state, currents, and spikes under way before the first tick. */
#define SPK_RUN_CLEAR ((uint32_t)2)
/** A run in which label-gated projections act, for programs that send label spikes themselves. Not for presentations. */
#define SPK_RUN_LABELLED ((uint32_t)4)

/** A signal: a value a tick for each neuron of an analogue population. The last values are held after the run. */
typedef struct spk_signal {
  uint32_t population;
  uint32_t reserved;     /**< 0 */
  const int16_t *values; /**< [ticks][neurons], each within the population's value limit */
} spk_signal;

/** A signal in physical units: a population that states what a unit is (`counts_per_unit` of spk_population). Values become counts by
 * rounding to the nearest, halves away from 0. One that is beyond the population's limit then, and what is no number, is refused
 * with #SPK_ERROR_ARGUMENT before anything runs. */
typedef struct spk_unit_signal {
  uint32_t population;
  uint32_t reserved;   /**< 0 */
  const float *values; /**< [ticks][neurons] */
} spk_unit_signal;

typedef struct spk_run_options {
  uint32_t struct_size;
  uint32_t ticks;            /**< 1 .. 65,536 */
  uint32_t flags;            /**< SPK_RUN_… */
  uint32_t signal_count;     /**< 0 .. 64, unit signals included */
  const spk_signal *signals; /**< [signal_count], by strictly ascending population */
  const spk_unit_signal *unit_signals; /**< [unit_signal_count], the same, of other populations */
  size_t unit_signal_count;
} spk_run_options;

#define SPK_RUN_OPTIONS_INIT { (uint32_t)sizeof(spk_run_options), 1, 0, 0, NULL, NULL, 0 }

/** An intensity vector, shown for some ticks. Source: docs/numerics.md section 6. */
typedef struct spk_presentation {
  uint32_t struct_size;
  uint32_t ticks;                /**< 1 .. 65,536 */
  const uint8_t *intensities;    /**< [intensity_count], of the stimulus population; read during the call only */
  size_t intensity_count;        /**< neurons of the stimulus population */
  int32_t label;                 /**< neuron of the label population, or −1 for none */
  uint32_t label_period;         /**< ticks between two label spikes; 1 .. 65,535 */
  uint32_t first_learning_tick;  /**< offset; before it no weight changes */
  uint32_t flags;                /**< SPK_RUN_… */
} spk_presentation;

/** A frozen test of 64 ticks from a cleared state, without a label. */
#define SPK_PRESENTATION_INIT { (uint32_t)sizeof(spk_presentation), 64, NULL, 0, -1, 2, 8, SPK_RUN_CLEAR }

/** What a presentation gives. Each array may be null; otherwise it has room for `capacity` output neurons. */
typedef struct spk_scores {
  uint32_t struct_size;
  uint32_t capacity;
  uint32_t *counts;      /**< spikes of each output neuron */
  int64_t *potentials;   /**< sum of its membrane over the ticks */
  int32_t *first_spikes; /**< offset of its first spike, or −1 */
  uint32_t count;        /**< out: output neurons */
  uint32_t best;         /**< out: most spikes, then the largest potential, then the lowest number */
} spk_scores;

#define SPK_SCORES_INIT { (uint32_t)sizeof(spk_scores), 0, NULL, NULL, NULL, 0, 0 }

/** Places the model on the board and loads it. Blocks. One session a device at a time: #SPK_ERROR_BUSY. @since 0.1
 *
 * The model is copied to the board: it may be changed or closed afterwards. It may belong to another context.
 * @param options  null for the defaults
 */
SPK_API spk_status spk_session_open(spk_device *device, spk_model *model, const spk_session_options *options,
                                    spk_session **session);

/** Closes a session; null is allowed. Waits for calls inside, and a second at most for the board. What was learnt is lost unless it was stored.
 * #SPK_ERROR_BUSY while submissions are on their way: cancel or drain first. @since 0.1 */
SPK_API spk_status spk_session_close(spk_session *session);

/** Runs ticks with events, and signals, in, and events out. Blocks, the session's timeout at most. @since 0.1
 *
 * If the time runs out (#SPK_ERROR_TIMEOUT) or spk_session_cancel() is called (#SPK_ERROR_CANCELLED), the board ends the run
 * after the tick under way; the sentence says how many ticks took place, and the session goes on from there.
 *
 * @param events_in  [count_in] spikes of input populations, each once, by strictly ascending tick, population, neuron; null
 *                   with 0. At most 349,524.
 * @param events_out [capacity] spikes of the recorded populations, by ascending tick, population, neuron; null with 0
 * @param[out] count_out  spikes written. If there were more, #SPK_ERROR_TOO_SMALL: the run took place, and the rest waits
 *                        in spk_session_read_events() until the next run. With capacity 0 it may be null, and all spikes
 *                        wait there without an error. Written with #SPK_ERROR_TIMEOUT and #SPK_ERROR_CANCELLED too.
 */
SPK_API spk_status spk_session_run(spk_session *session, const spk_run_options *options, const spk_event *events_in,
                                   size_t count_in, spk_event *events_out, size_t capacity, size_t *count_out);

/** Reads spikes of the last run or presentation that have not been read. @since 0.1
 * @param[out] count  spikes written; fewer than capacity when there are no more
 */
SPK_API spk_status spk_session_read_events(spk_session *session, spk_event *events, size_t capacity, size_t *count);

/** Presents intensities, and learns from a label if one is given and SPK_RUN_LEARN is set. Blocks, and ends early, as
 * spk_session_run(). @since 0.1
 * @param[in,out] scores  may be null. With #SPK_ERROR_TIMEOUT and #SPK_ERROR_CANCELLED it tells of the ticks that took place; if
 *                        none did, `count` and `best` stay, and the arrays may be written in part.
 */
SPK_API spk_status spk_session_present(spk_session *session, const spk_presentation *presentation,
                                       spk_scores *scores);

/** Records, or no longer records, the spikes of a population. At first the output population is recorded, if the model
 * has one. @since 0.1 */
SPK_API spk_status spk_session_record(spk_session *session, uint32_t population, uint32_t on);

/** Sets the held values of an analogue population. @since 0.1
 * @param values  [count], count = its neurons, each within its value limit
 */
SPK_API spk_status spk_session_set_values(spk_session *session, uint32_t population, const int16_t *values,
                                          size_t count);

/** The same in physical units, as in spk_unit_signal. #SPK_ERROR_STATE if the population does not state what a unit is. @since 0.1 */
SPK_API spk_status spk_session_set_values_units(spk_session *session, uint32_t population, const float *values,
                                                size_t count);

/** Clears state, currents and spikes under way; weights stay. @since 0.1 */
SPK_API spk_status spk_session_clear(spk_session *session);

/** Switches a projection, or SPK_ALL, on or off. @since 0.1 */
SPK_API spk_status spk_session_set_enabled(spk_session *session, uint32_t projection, uint32_t on);

/** Switches the rule of a projection, or of all that have one (SPK_ALL), on or off. @since 0.1 */
SPK_API spk_status spk_session_set_learning(spk_session *session, uint32_t projection, uint32_t on);

/** Scales the rule of a projection, or of all that have one (SPK_ALL). @since 0.1
 * @param rate  in 1/256: 0 .. 256
 */
SPK_API spk_status spk_session_set_rate(spk_session *session, uint32_t projection, uint32_t rate);

/** Reads all stored weights of a projection. Order and out parameters as spk_model_get_weights(). @since 0.1 */
SPK_API spk_status spk_session_read_weights(spk_session *session, uint32_t projection, int16_t *weights,
                                            size_t capacity, size_t *count);

/** Writes all stored weights of a projection. Order as spk_model_set_weights(). @since 0.1 */
SPK_API spk_status spk_session_write_weights(spk_session *session, uint32_t projection, const int16_t *weights,
                                             size_t count);

/** Copies the weights on the board into a model of the same shape, for example the one that was opened. A snapshot that the
 * model holds is gone then: its state is not of these weights. @since 0.1 */
SPK_API spk_status spk_session_store(spk_session *session, spk_model *model);

/** Takes a snapshot: copies weights, learning bits and rates, state, spikes and values under way, seed and ticks into a model of
 * the same shape. Saved with spk_model_save_file(), it goes to a file. A session that is restored or resumed from it goes on
 * as this one would have, to the bit. @since 0.1 */
SPK_API spk_status spk_session_snapshot(spk_session *session, spk_model *model);

/** Takes the session back to a snapshot. #SPK_ERROR_STATE if the model holds none. After a failed link the session may be
 * between the two: restore or resume again. @since 0.1 */
SPK_API spk_status spk_session_restore(spk_session *session, spk_model *model);

/** What was lost between a snapshot and the loss of a board. */
typedef struct spk_resume_report {
  uint32_t struct_size;
  uint32_t was_lost;       /**< 1: the board was opened again */
  uint64_t learning_ticks; /**< that had taken place since the snapshot, and are undone */
  uint64_t frozen_ticks;
  uint32_t uncertain;      /**< 1: a run was under way when the board was lost: up to its ticks more may have taken place */
  uint32_t reserved;
} spk_resume_report;

#define SPK_RESUME_REPORT_INIT { (uint32_t)sizeof(spk_resume_report), 0, 0, 0, 0, 0 }

/** Brings a session back after its board was lost: opens the board again at its locator, if it is lost, loads the model, goes
 * on from the snapshot that it holds (from its weights alone if it holds none), and sets what is recorded and probed. Blocks.
 * #SPK_ERROR_NOT_FOUND while no board is there: try again when it has come. A model that the board has no room for
 * (#SPK_ERROR_DOES_NOT_FIT) leaves a session that was not lost as it is. @since 0.1
 * @param model   of the session's shape
 * @param report  may be null
 */
SPK_API spk_status spk_session_resume(spk_session *session, spk_model *model, spk_resume_report *report);

/** Reads the state of neurons first .. first + count − 1. @since 0.1
 * @param variable  SPK_MEMBRANE … SPK_DENDRITE_SUM, one that the population has
 * @param values    [count]
 */
SPK_API spk_status spk_session_read_state(spk_session *session, uint32_t population, uint32_t variable,
                                          uint32_t first, int32_t *values, size_t count);

/** Reads the state of neurons in physical units: counts / `counts_per_unit` of the population, the nearest float there is.
 * #SPK_ERROR_STATE if the population does not state what a unit is. @since 0.1
 * @param variable  SPK_MEMBRANE, SPK_CURRENT1, SPK_CURRENT2, SPK_DENDRITE
 * @param values    [count]
 */
SPK_API spk_status spk_session_read_state_units(spk_session *session, uint32_t population, uint32_t variable,
                                                uint32_t first, float *values, size_t count);

/** Writes the state of neurons first .. first + count − 1. @since 0.1
 * @param variable  as for spk_session_read_state()
 * @param values    [count], each within the range of the variable
 */
SPK_API spk_status spk_session_write_state(spk_session *session, uint32_t population, uint32_t variable,
                                           uint32_t first, const int32_t *values, size_t count);

/** Adds a probe: the state of `count` neurons at the end of each tick of each run from now on, until
 * spk_session_set_probe_period() says otherwise. At most 16 probes, and 8,192 neurons in all: more gives #SPK_ERROR_STATE or
 * #SPK_ERROR_DOES_NOT_FIT. @since 0.1
 * @param[out] probe  its number, 0 .. 15
 */
SPK_API spk_status spk_session_add_probe(spk_session *session, uint32_t population, uint32_t variable, uint32_t first,
                                         uint32_t count, uint32_t *probe);

/** Has a probe see one tick of `ticks`, from the next run on: those after which the two counts of spk_session_ticks() are together
 * a multiple of `ticks`. So it does not matter into which runs they are cut, and a session that is restored or resumed sees
 * the ticks that it would have seen. @since 0.1
 * @param ticks  1 .. 65,536; 1: every tick
 */
SPK_API spk_status spk_session_set_probe_period(spk_session *session, uint32_t probe, uint32_t ticks);

/** Removes a probe. @since 0.1 */
SPK_API spk_status spk_session_remove_probe(spk_session *session, uint32_t probe);

/** Reads what a probe saw in the last run or presentation. @since 0.1
 * @param values  [capacity], gets [ticks that it saw][neurons]
 * @param[out] count  values there are; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_session_read_probe(spk_session *session, uint32_t probe, int32_t *values, size_t capacity,
                                          size_t *count);

/** Reads what a probe saw in physical units: as spk_session_read_probe() and spk_session_read_state_units(). @since 0.1
 * @param values  [capacity], gets [ticks that it saw][neurons]
 * @param[out] count  values there are; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_session_read_probe_units(spk_session *session, uint32_t probe, float *values, size_t capacity,
                                                size_t *count);

/** Ticks of learning runs and of frozen runs since the session began: the counts that draws depend on. @since 0.1
 * Either pointer may be null.
 */
SPK_API spk_status spk_session_ticks(spk_session *session, uint64_t *learning, uint64_t *frozen);

/** Sets both counts, below 2^56, for example to repeat a test with the same draws. @since 0.1 */
SPK_API spk_status spk_session_set_ticks(spk_session *session, uint64_t learning, uint64_t frozen);

#ifdef __cplusplus
}
#endif

#endif
