/** @file rules.h
 * Rules that are ready-made: the terms of a projection's rule, from rates that are real numbers. Any other rule of the same form is
 * written into `spk_projection` directly.
 *
 * Weights below are acting weights, in their units: of an int16 master the top 8 bits, with fractions. x is the pre trace, y the
 * post trace, V, I, U and Ū membrane, current, dendrite and its mean, all as rules see them: docs/rules.md, docs/numerics.md section 4.
 */
#ifndef SPIKELET_RULES_H
#define SPIKELET_RULES_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Rules, and what a weight changes by. [Neftci2017], [Bourdoukan2012], [Bourdoukan2015], [Brendel2020], [Bi1998]: docs/rules.md. */
enum {
  /** Event-driven random back-propagation: on a presynaptic spike, + rate · U, while the current is in the gate [Neftci2017]. */
  SPK_RULE_ERBP = 1,
  /** Balance, fast: on a presynaptic spike, − rate · (ratio · (membrane_unit · V + trace_unit · y) + w) [Bourdoukan2012]. */
  SPK_RULE_BALANCE = 2,
  /** Balance, in the literal form of its paper: every period, − rate · V · x [Bourdoukan2012]. */
  SPK_RULE_BALANCE_LITERAL = 3,
  /** Dynamics, slow: every period, + rate · Ū · x [Bourdoukan2015]. */
  SPK_RULE_DYNAMICS = 4,
  /** Feed-forward weights: on a postsynaptic spike, + rate · (ratio · x − w) [Brendel2020]. */
  SPK_RULE_FEED_FORWARD = 5,
  /** Spike-timing dependence of pairs: on a presynaptic spike, − rate · y; on a postsynaptic one, + rate · ratio · x [Bi1998]. */
  SPK_RULE_PAIR_STDP = 6
};

typedef struct spk_rule_options {
  uint32_t struct_size;
  uint32_t rule;          /**< SPK_RULE_… */
  double rate;            /**< above 0 */
  double ratio;           /**< of the rules that name it, above 0 */
  double membrane_unit;   /**< of the balance rule: weights that one unit of the view of V is, above 0 */
  double trace_unit;      /**< of the balance rule: weights that one unit of the view of y is; 0: no such term */
  uint32_t period_ticks;  /**< of the rules with a period, 1 .. 65,535 */
  uint32_t rounding;      /**< SPK_ROUND_… */
  int32_t gate_low, gate_high; /**< of eRBP: the current's view, 16 bits signed, both inside; 0 and 0: no gate */
} spk_rule_options;

/** No rule yet; set `rule`, `rate`, and what it names. */
#define SPK_RULE_OPTIONS_INIT \
  { (uint32_t)sizeof(spk_rule_options), 0, 0.0, 1.0, 1.0, 1.0, 1, SPK_ROUND_STOCHASTIC, 0, 0 }

/** Fills in a projection's rule: terms, rounding, the learning bit, and the diagonal, which does not learn under the balance rules if source
 * and target are one population. All else stays, limits of the weight included. @since 0.1
 *
 * Rates become a mantissa of 7 bits and a shift: products of 2^−18 stored units and more are met to within 1/128 of themselves,
 * smaller ones to the nearest 2^−24. #SPK_ERROR_ARGUMENT says which cannot be: below 2^−25 or above 127 stored units, or too far from
 * another of the rule for one rule. Traces and means have to be there when the model is opened.
 * @param[in,out] projection  `source`, `target` and `storage` are read: set them before.
 */
SPK_API spk_status spk_rule_apply(spk_context *context, const spk_rule_options *options, spk_projection *projection);

#ifdef __cplusplus
}
#endif

#endif
