/** @file erbp.h
 * A builder of classifiers that learn by event-driven random back-propagation, out of populations and projections.
 *
 * Source: E. O. Neftci, C. Augustine, S. Paul, G. Detorakis, "Event-driven Random Back-Propagation", Frontiers in
 * Neuroscience 11:324, 2017. The network and its integer form: docs/erbp.md.
 */
#ifndef SPIKELET_ERBP_H
#define SPIKELET_ERBP_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Without the fixed random feedback to hidden layers: only the output layer learns. */
#define SPK_ERBP_NO_FEEDBACK ((uint32_t)1)
/** Without the gate on the synaptic current. */
#define SPK_ERBP_NO_GATE ((uint32_t)2)

typedef struct spk_erbp_options {
  uint32_t struct_size;
  uint32_t layer_count;        /**< 2 .. 16, input and output included */
  const uint32_t *layer_sizes; /**< [layer_count] neurons, input first; read during the call only */
  uint64_t seed;               /**< of the starting weights and the feedback */
  uint32_t storage;            /**< SPK_INT8 or SPK_INT16_MASTER, for the weights that learn */
  uint32_t rounding;           /**< SPK_ROUND_…: SPK_ROUND_STOCHASTIC for int8, _BY_COLUMN for int16 masters */
  uint32_t flags;              /**< SPK_ERBP_… */
  uint32_t hidden_shift;       /**< learning rate of hidden layers is 2^−shift; 0: the default of the storage (14, 15) */
  uint32_t output_shift;       /**< likewise for the output layer, default 13 and 14; 1 .. 24 (int8), 8 .. 32 (int16 master) */
  uint32_t gate;               /**< half width of the window on the current, in thresholds; 1 .. 31 */
  uint32_t feedback_percent;   /**< strength of the feedback, 1 .. 1,000; 100 is the default */
  uint32_t gain;               /**< spike probability of a full input, in 1/65536 a tick; 0 .. 65,535 */
  uint32_t floor;              /**< intensities up to this one are silent; 0 .. 255 */
  uint32_t reserved;           /**< 0 */
} spk_erbp_options;

#define SPK_ERBP_OPTIONS_INIT                                                                                      \
  { (uint32_t)sizeof(spk_erbp_options), 0, NULL, 1, SPK_INT16_MASTER, SPK_ROUND_STOCHASTIC_BY_COLUMN, 0, 0, 0, 8, 100, \
    32768, 10, 0 }

/** Builds the network. @since 0.1
 *
 * Populations: "input", "hidden1" …, "output", "label", "error+" (false negatives), "error-" (false positives).
 * Projections that learn: "input-hidden1", …, "hidden<n>-output".
 */
SPK_API spk_status spk_model_build_erbp(spk_context *context, const spk_erbp_options *options, spk_model **model);

#ifdef __cplusplus
}
#endif

#endif
