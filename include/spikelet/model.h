/** @file model.h
 * A model is a network of populations and projections with their weights: built in code, or read from a file.
 *
 * Numbers, ranges and formulas: docs/numerics.md. A whole model is checked when it is saved, placed or opened in a session.
 */
#ifndef SPIKELET_MODEL_H
#define SPIKELET_MODEL_H

#include "device.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spk_model spk_model;

/** Kinds of population. */
enum { SPK_INPUT = 0, SPK_ANALOGUE = 1, SPK_LEAKY = 2, SPK_QUADRATIC = 3 };
/** What firing does to the membrane. */
enum { SPK_RESET_NONE = 0, SPK_RESET_VALUE = 1, SPK_RESET_SUBTRACT = 2 };
/** What a population is for in presentations. Each of STIMULUS, LABEL and OUTPUT is one population at most. */
enum { SPK_ROLE_NONE = 0, SPK_ROLE_STIMULUS = 1, SPK_ROLE_LABEL = 2, SPK_ROLE_OUTPUT = 3 };
/** Parameters that may come as one value a neuron. */
enum {
  SPK_THRESHOLD = 0,
  SPK_BIAS = 1,
  SPK_RESET_TO = 2,
  SPK_LOWER_BOUND = 3,
  SPK_DECAY_INDEX = 4
};
/** Compartments of a leaky or quadratic neuron, and variables that can be read or probed. */
enum {
  SPK_MEMBRANE = 0,
  SPK_CURRENT1 = 1,
  SPK_CURRENT2 = 2,
  SPK_DENDRITE = 3,
  /* Those from here on are no compartments, and not for probes. */
  SPK_REFRACTORY = 4,    /**< ticks left in which the neuron cannot fire, 0 .. 255 */
  SPK_PRE_TRACE = 5,     /**< of a population that has it, 0 .. 2^23 − 1 */
  SPK_POST_TRACE = 6,    /**< of a population that has it */
  SPK_MEAN_DENDRITE = 7, /**< of a population with `mean_ticks`: the mean of the last period */
  SPK_DENDRITE_SUM = 8   /**< the same: the sum since then */
};
/** Connectivity of a projection. */
enum { SPK_DENSE = 0, SPK_SPARSE = 1, SPK_ONE_TO_ONE = 2, SPK_SHARED_KERNEL = 3 /**< reserved */ };
/** How weights are stored: int8, or int16 of which the top 8 bits act. */
enum { SPK_INT8 = 0, SPK_INT16_MASTER = 1 };
/** Triggers of a term: a presynaptic spike arrives; the postsynaptic neuron fired in the tick before; the count of ticks of learning
 * runs (spk_session_ticks()) is a multiple of the period. */
enum { SPK_ON_PRE = 0, SPK_ON_POST = 1, SPK_ON_EVERY = 2 };
enum { SPK_GATE_NONE = 0, SPK_GATE_INSIDE = 1, SPK_GATE_OUTSIDE = 2 };
/** Factors of a term, and, but for the first two, variables of a gate. Traces are 0 .. 255; the pre trace of an analogue source is the
 * value that arrives. */
enum {
  SPK_FACTOR_ONE = 0,
  SPK_FACTOR_WEIGHT = 1,
  SPK_FACTOR_MEMBRANE = 2,
  SPK_FACTOR_CURRENT = 3,
  SPK_FACTOR_DENDRITE = 4,
  SPK_FACTOR_MEAN_DENDRITE = 5,
  SPK_FACTOR_PRE_TRACE = 6,
  SPK_FACTOR_POST_TRACE = 7
};
enum { SPK_ROUND_NEAREST = 0, SPK_ROUND_STOCHASTIC = 1, SPK_ROUND_STOCHASTIC_BY_COLUMN = 2 };

/** Fractions of the magnitude lost each tick, in 1/4096: 0 .. 4096. */
typedef struct spk_decay_set {
  uint16_t membrane, current1, current2, dendrite;
} spk_decay_set;

/** What a neuron remembers of its spikes, for rules. */
typedef struct spk_trace {
  uint32_t step;           /**< that a spike adds, 0 .. 2^23 − 1; 0: there is no trace */
  uint32_t decay;          /**< fraction lost each tick, in 1/4096; 0 .. 4096 */
  uint32_t view_shift;     /**< rules see trace / 2^shift, 255 at most; 0 .. 15 */
} spk_trace;

/** One population. Fields that its kind has no use for are ignored: of SPK_QUADRATIC these are `reads_out`, `reset`, `threshold`,
 * `reset_to` and `lower_bound`, which its circle sets (docs/numerics.md 2.1; they are read back as it does). */
typedef struct spk_population {
  uint32_t struct_size;
  uint32_t kind;          /**< SPK_INPUT, SPK_ANALOGUE, SPK_LEAKY, SPK_QUADRATIC */
  uint32_t neuron_count;  /**< 1 .. 1,048,576 */
  uint32_t role;          /**< SPK_ROLE_… */
  uint32_t reads_out;     /**< 1: no threshold, never fires */
  uint32_t reset;         /**< SPK_RESET_… */
  int32_t threshold;      /**< fires when the membrane is strictly above; 24 bits signed, as all state */
  int32_t bias;           /**< added to the membrane each tick */
  int32_t reset_to;       /**< for SPK_RESET_VALUE */
  int32_t lower_bound;    /**< of the membrane; −2^23: none */
  uint32_t refractory_ticks; /**< 0 .. 255 */
  uint32_t current_shift; /**< the membrane takes (I1 + I2) / 2^shift; 0 .. 15 */
  uint32_t noise;         /**< amplitude, 0 .. 32,767 */
  uint32_t group_size;    /**< 0, or 2 .. 65,536: at most one neuron of a group fires in a tick */
  uint32_t membrane_view_shift, current_view_shift, dendrite_view_shift; /**< 0 .. 15, for rules */
  uint32_t gain;          /**< input: spike probability in 1/65536 is (intensity · gain) >> 8; 0 .. 65,535 */
  uint32_t floor;         /**< input: intensities up to this one are silent; 0 .. 255 */
  uint32_t value_limit;   /**< analogue: largest magnitude of a value; 1 .. 32,767 */
  uint32_t decay_set_count; /**< 1 .. 16 */
  spk_decay_set decays[16];
  spk_trace pre_trace;    /**< all but analogue: for rules of projections from here */
  spk_trace post_trace;   /**< leaky, quadratic: for rules of projections to here */
  uint32_t mean_ticks;    /**< the same: period of the mean of the dendrite, in ticks of learning runs; 0: none; to 65,535 */
  uint32_t counts_per_unit; /**< what one physical unit is: counts of value (analogue), or of membrane, currents and dendrite
                             * (leaky, quadratic), for the calls whose names end in `_units`; 0: not stated; to 2^23 */
} spk_population;

/** A leaky population of no neurons; set `neuron_count` and what differs. */
#define SPK_POPULATION_INIT                                                                                        \
  { (uint32_t)sizeof(spk_population), SPK_LEAKY, 0, SPK_ROLE_NONE, 0, SPK_RESET_VALUE, 0, 0, 0, -8388608, 0, 0, 0, \
    0, 0, 0, 0, 32768, 0, 32767, 1, { { 4096, 4096, 4096, 4096 } }, { 0, 0, 0 }, { 0, 0, 0 }, 0, 0 }

/** mantissa · 2^−shift · A · B, while the gate is open. */
typedef struct spk_term {
  uint32_t trigger;        /**< SPK_ON_… */
  uint32_t period_ticks;   /**< of SPK_ON_EVERY, 1 .. 65,535; else 0 */
  uint32_t gate;           /**< SPK_GATE_… */
  uint32_t gate_variable;  /**< SPK_FACTOR_… but _ONE and _WEIGHT */
  int32_t gate_low, gate_high; /**< 16 bits signed, both inside */
  uint32_t factor_a, factor_b; /**< SPK_FACTOR_… */
  int32_t mantissa;        /**< −128 .. 127 */
  uint32_t shift;          /**< 0 .. 24; terms of one rule differ by 14 at most */
} spk_term;

/** One projection without its weights. */
typedef struct spk_projection {
  uint32_t struct_size;
  uint32_t source, target; /**< population numbers */
  uint32_t compartment;    /**< SPK_MEMBRANE, SPK_CURRENT1, SPK_CURRENT2, SPK_DENDRITE */
  uint32_t connectivity;   /**< SPK_DENSE, SPK_SPARSE, SPK_ONE_TO_ONE */
  uint32_t storage;        /**< SPK_INT8, SPK_INT16_MASTER */
  uint32_t shift;          /**< an arrival counts weight · 2^shift; 0 .. 15 */
  uint32_t delay_ticks;    /**< 1 .. 63 */
  uint32_t blank_out;      /**< probability of dropping a row at a synapse, in 1/256; 0 .. 255 */
  uint32_t disabled;       /**< 1: neither transmits nor learns until enabled */
  uint32_t label_gated;    /**< 1: acts only while a label is presented */
  uint32_t learning;       /**< 1: the rule is on from the start */
  uint32_t rate;           /**< scales the rule, in 1/256; 0 .. 256 */
  uint32_t rounding;       /**< SPK_ROUND_… */
  int32_t low_limit, high_limit; /**< of the stored weight */
  uint32_t term_count;     /**< 0 (no rule) .. 4 */
  spk_term terms[4];
  uint32_t skip_diagonal;  /**< 1: synapses from a neuron to itself do not learn; within one population */
} spk_projection;

/** A dense int8 projection onto I1 with one tick of delay and no rule. */
#define SPK_PROJECTION_INIT                                                                                       \
  { (uint32_t)sizeof(spk_projection), 0, 0, SPK_CURRENT1, SPK_DENSE, SPK_INT8, 0, 1, 0, 0, 0, 0, 256,             \
    SPK_ROUND_STOCHASTIC, -32768, 32767, 0, { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } }, 0 }

/** What one core of a placement holds. */
typedef struct spk_core_use {
  uint32_t neurons;
  uint32_t slices;
  uint64_t synapses;
  uint64_t bytes;                  /**< of synapse memory, docs/numerics.md section 7 */
  uint32_t neurons_permille;       /**< of what the core has */
  uint32_t bytes_permille;
} spk_core_use;

/** Makes a model without populations. @since 0.1
 * @param name  up to 63 bytes of UTF-8 without control characters; kept as a copy.
 */
SPK_API spk_status spk_model_create(spk_context *context, const char *name, spk_model **model);

/** Reads a model from a safetensors file. Blocks on the disk. @since 0.1 */
SPK_API spk_status spk_model_load_file(spk_context *context, const char *path, spk_model **model);

/** Reads a model from the bytes of a safetensors file. @since 0.1 */
SPK_API spk_status spk_model_load_memory(spk_context *context, const void *bytes, size_t size, spk_model **model);

/** Closes a model; null is allowed. Sessions that were opened with it go on. @since 0.1 */
SPK_API spk_status spk_model_close(spk_model *model);

/** Checks the whole model and writes it as safetensors: to a new file beside `path`, renamed at the end. @since 0.1 */
SPK_API spk_status spk_model_save_file(spk_model *model, const char *path);

/** Checks the whole model and writes it to memory. @since 0.1
 * @param bytes     [capacity], or null with capacity 0 to ask for the size.
 * @param[out] size bytes needed; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_model_save_memory(spk_model *model, void *bytes, size_t capacity, size_t *size);

/** Checks the whole model against the law. @since 0.1 */
SPK_API spk_status spk_model_check(spk_model *model);

/** Adds a population. @since 0.1
 * @param name   1 .. 63 bytes of UTF-8 without control characters, unique among the populations.
 * @param[out] index  its number; may be null.
 */
SPK_API spk_status spk_model_add_population(spk_model *model, const char *name, const spk_population *population,
                                            uint32_t *index);

/** Adds a projection. Dense and one-to-one weights start at 0; sparse ones come by spk_model_set_synapses(). @since 0.1
 * @param name   as for populations; unique among the projections.
 * @param[out] index  its number; may be null.
 */
SPK_API spk_status spk_model_add_projection(spk_model *model, const char *name, const spk_projection *projection,
                                            uint32_t *index);

/** Gives a parameter one value a neuron. @since 0.1
 * @param parameter  SPK_THRESHOLD … SPK_DECAY_INDEX
 * @param values     [count], count = neurons of the population
 */
SPK_API spk_status spk_model_set_parameters(spk_model *model, uint32_t population, uint32_t parameter,
                                            const int32_t *values, size_t count);

/** Reads a parameter, one value a neuron, whether it is shared or not. @since 0.1 */
SPK_API spk_status spk_model_get_parameters(spk_model *model, uint32_t population, uint32_t parameter,
                                            int32_t *values, size_t count);

/** Sets all stored weights of a projection. @since 0.1
 * @param weights  [count] stored weights (int8 storage: −128 .. 127). Dense: [sources][targets]; one-to-one: [neurons];
 *                 sparse: in the order of its synapses.
 */
SPK_API spk_status spk_model_set_weights(spk_model *model, uint32_t projection, const int16_t *weights, size_t count);

/** Reads all stored weights of a projection. @since 0.1
 * @param[out] count  weights there are; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_model_get_weights(spk_model *model, uint32_t projection, int16_t *weights, size_t capacity,
                                         size_t *count);

/** Sets the synapses of a sparse projection. @since 0.1
 * @param row_starts  [sources + 1], from 0 to count: row j is row_starts[j] .. row_starts[j + 1] − 1
 * @param targets     [count] target neurons, strictly ascending within a row
 * @param weights     [count]
 */
SPK_API spk_status spk_model_set_synapses(spk_model *model, uint32_t projection, const uint32_t *row_starts,
                                          const uint32_t *targets, const int16_t *weights, size_t count);

/** Reads the synapses of a sparse projection. @since 0.1
 * @param row_starts  [sources + 1], or null
 * @param targets     [capacity], or null
 * @param weights     [capacity], or null
 * @param[out] count  synapses there are; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_model_get_synapses(spk_model *model, uint32_t projection, uint32_t *row_starts,
                                          uint32_t *targets, int16_t *weights, size_t capacity, size_t *count);

/** What a model holds of a session, beside its weights. */
typedef struct spk_snapshot {
  uint32_t struct_size;
  uint32_t is_there;       /**< 1: spk_session_snapshot() filled the model, or its file holds one */
  uint64_t seed;
  uint64_t learning_ticks; /**< ticks of learning runs, and of frozen ones, that the session had had */
  uint64_t frozen_ticks;
} spk_snapshot;

#define SPK_SNAPSHOT_INIT { (uint32_t)sizeof(spk_snapshot), 0, 0, 0, 0 }

/** Whether the model holds a snapshot of a session, and of when. A snapshot is whole: adding populations or projections, setting
 * parameters, synapses or weights, and spk_session_store() take it away. @since 0.1
 * @param[in,out] snapshot  `struct_size` is read, the rest written.
 */
SPK_API spk_status spk_model_snapshot(spk_model *model, spk_snapshot *snapshot);

/** Numbers of populations and projections. @since 0.1 */
SPK_API spk_status spk_model_counts(spk_model *model, uint32_t *populations, uint32_t *projections);

/** Reads a population back. @since 0.1
 * @param[in,out] population  `struct_size` is read, the rest written.
 * @param name  [64], gets the name and a closing zero; may be null.
 */
SPK_API spk_status spk_model_get_population(spk_model *model, uint32_t index, spk_population *population, char *name);

/** Reads a projection back; as spk_model_get_population(). @since 0.1 */
SPK_API spk_status spk_model_get_projection(spk_model *model, uint32_t index, spk_projection *projection, char *name);

/** The number of the population of this name. @since 0.1 */
SPK_API spk_status spk_model_find_population(spk_model *model, const char *name, uint32_t *index);

/** The number of the projection of this name. @since 0.1 */
SPK_API spk_status spk_model_find_projection(spk_model *model, const char *name, uint32_t *index);

/** Places the model on a board that need not be there, and reports each core. @since 0.1
 *
 * #SPK_ERROR_DOES_NOT_FIT with a sentence that says what does not fit, where, and by how much.
 * @param board     null for the default board.
 * @param cores     [capacity], or null with capacity 0
 * @param[out] count  cores of the board; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_model_place(spk_model *model, const spk_board_options *board, spk_core_use *cores,
                                   size_t capacity, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
