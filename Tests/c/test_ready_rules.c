/* Ready-made rules: the terms that they are, by hand, and that a session takes each. */
#include "small_network.h"

static spk_context *context;

typedef struct expected {
  uint32_t count;
  spk_term terms[3];
} expected;

static spk_rule_options options_of(uint32_t rule, double rate, double ratio) {
  spk_rule_options options = SPK_RULE_OPTIONS_INIT;
  options.rule = rule;
  options.rate = rate;
  options.ratio = ratio;
  return options;
}

static int terms_are(const spk_projection *projection, const expected *wanted) {
  if (projection->term_count != wanted->count) return 0;
  for (uint32_t i = 0; i < wanted->count; i++)
    if (memcmp(&projection->terms[i], &wanted->terms[i], sizeof(spk_term)) != 0) {
      const spk_term *term = &projection->terms[i];
      printf("  term %u: %u every %u, %u · %u, %d >> %u\n", (unsigned)i, (unsigned)term->trigger,
             (unsigned)term->period_ticks, (unsigned)term->factor_a, (unsigned)term->factor_b, (int)term->mantissa,
             (unsigned)term->shift);
      return 0;
    }
  return 1;
}

/* A recurrent population that has what rules ask for; it is opened with the rule. */
static void a_session_takes(const spk_projection *projection) {
  spk_population cells = small_population(SPK_LEAKY, 4, SPK_ROLE_NONE);
  spk_model *model;
  spk_device *device;
  spk_session *session;
  cells.pre_trace = cells.post_trace = (spk_trace){100, 2048, 0};
  cells.mean_ticks = 5;
  OK(context, spk_model_create(context, "rules", &model));
  OK(context, spk_model_add_population(model, "cells", &cells, NULL));
  OK(context, spk_model_add_projection(model, "each-other", projection, NULL));
  OK(context, spk_device_open(context, "sim:", NULL, &device));
  OK(context, spk_session_open(device, model, NULL, &session));
  OK(context, spk_session_close(session));
  OK(context, spk_device_close(device));
  OK(context, spk_model_close(model));
}

static void is(const spk_rule_options *options, uint32_t storage, uint32_t skips, expected wanted) {
  spk_projection projection = small_projection(0, 0, SPK_DENSE, storage);
  projection.low_limit = -9;
  OK(context, spk_rule_apply(context, options, &projection));
  if (!CHECK(terms_are(&projection, &wanted))) printf("  rule %u\n", (unsigned)options->rule);
  CHECK(projection.learning == 1 && projection.skip_diagonal == skips && projection.low_limit == -9);
  CHECK(projection.rounding == options->rounding);
  a_session_takes(&projection);
}

#define TERM(trigger, period, a, b, mantissa, shift) \
  { (trigger), (period), SPK_GATE_NONE, SPK_FACTOR_CURRENT, 0, 0, (a), (b), (mantissa), (shift) }
#define ONE SPK_FACTOR_ONE

static void each_rule(void) {
  spk_rule_options options = options_of(SPK_RULE_ERBP, 1.0 / 32768, 1);
  options.rounding = SPK_ROUND_STOCHASTIC_BY_COLUMN;
  is(&options, SPK_INT16_MASTER, 0, (expected){1, {TERM(SPK_ON_PRE, 0, SPK_FACTOR_DENDRITE, ONE, 1, 7)}});
  options.gate_low = -64;
  options.gate_high = 64;
  is(&options, SPK_INT16_MASTER, 0,
     (expected){1, {{SPK_ON_PRE, 0, SPK_GATE_INSIDE, SPK_FACTOR_CURRENT, -64, 64, SPK_FACTOR_DENDRITE, ONE, 1, 7}}});

  options = options_of(SPK_RULE_BALANCE, 0.01, 1.85); /* 0.01 = 82 / 8192; 0.0185 / 16 = 76 / 65536; 0.0185 / 4 = 76 / 16384 */
  options.membrane_unit = 1.0 / 16;
  options.trace_unit = 1.0 / 4;
  is(&options, SPK_INT8, 1,
     (expected){3, {TERM(SPK_ON_PRE, 0, SPK_FACTOR_MEMBRANE, ONE, -19, 14),
                    TERM(SPK_ON_PRE, 0, SPK_FACTOR_POST_TRACE, ONE, -19, 12),
                    TERM(SPK_ON_PRE, 0, SPK_FACTOR_WEIGHT, ONE, -41, 12)}});
  options.trace_unit = 0;
  is(&options, SPK_INT16_MASTER, 1,
     (expected){2, {TERM(SPK_ON_PRE, 0, SPK_FACTOR_MEMBRANE, ONE, -19, 6),
                    TERM(SPK_ON_PRE, 0, SPK_FACTOR_WEIGHT, ONE, -41, 12)}});

  options = options_of(SPK_RULE_BALANCE_LITERAL, 3.0, 1);
  options.period_ticks = 7;
  is(&options, SPK_INT8, 1,
     (expected){1, {TERM(SPK_ON_EVERY, 7, SPK_FACTOR_MEMBRANE, SPK_FACTOR_PRE_TRACE, -3, 0)}});

  options = options_of(SPK_RULE_DYNAMICS, 1.0 / 256, 1);
  options.period_ticks = 5;
  is(&options, SPK_INT16_MASTER, 0,
     (expected){1, {TERM(SPK_ON_EVERY, 5, SPK_FACTOR_MEAN_DENDRITE, SPK_FACTOR_PRE_TRACE, 1, 0)}});

  options = options_of(SPK_RULE_FEED_FORWARD, 0.25, 0.5);
  is(&options, SPK_INT8, 0,
     (expected){2, {TERM(SPK_ON_POST, 0, SPK_FACTOR_PRE_TRACE, ONE, 1, 3),
                    TERM(SPK_ON_POST, 0, SPK_FACTOR_WEIGHT, ONE, -1, 2)}});

  options = options_of(SPK_RULE_PAIR_STDP, 0.125, 2);
  options.rounding = SPK_ROUND_NEAREST;
  is(&options, SPK_INT8, 0,
     (expected){2, {TERM(SPK_ON_PRE, 0, SPK_FACTOR_POST_TRACE, ONE, -1, 3),
                    TERM(SPK_ON_POST, 0, SPK_FACTOR_PRE_TRACE, ONE, 1, 2)}});
}

/* Every rate in between is met to within 1/128 of itself. */
static void rates_are_met(void) {
  for (double rate = 126.0; rate > 4e-6; rate *= 0.987) {
    spk_rule_options options = options_of(SPK_RULE_ERBP, rate, 1);
    spk_projection projection = small_projection(0, 0, SPK_DENSE, SPK_INT8);
    double met;
    OK(context, spk_rule_apply(context, &options, &projection));
    met = (double)projection.terms[0].mantissa / (double)(UINT32_C(1) << projection.terms[0].shift);
    if (!CHECK(met > rate * (1 - 1 / 127.0) && met < rate * (1 + 1 / 127.0))) {
      printf("  rate %g met as %g\n", rate, met);
      return;
    }
  }
}

/* Terms that are far from each other are written so that one rule may have them. */
static void terms_are_near_each_other(void) {
  spk_rule_options options = options_of(SPK_RULE_BALANCE, 0.5, 1.85);
  options.membrane_unit = 1.0 / 1024;
  options.trace_unit = 0;
  is(&options, SPK_INT8, 1,
     (expected){2, {TERM(SPK_ON_PRE, 0, SPK_FACTOR_MEMBRANE, ONE, -59, 16),
                    TERM(SPK_ON_PRE, 0, SPK_FACTOR_WEIGHT, ONE, -2, 2)}});
}

/* The diagonal of a projection between two populations is like any other synapse. */
static void two_populations_have_no_diagonal(void) {
  spk_rule_options options = options_of(SPK_RULE_BALANCE, 0.5, 1);
  spk_projection projection = small_projection(0, 1, SPK_DENSE, SPK_INT8);
  projection.skip_diagonal = 1;
  OK(context, spk_rule_apply(context, &options, &projection));
  CHECK(projection.skip_diagonal == 0);
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  each_rule();
  rates_are_met();
  terms_are_near_each_other();
  two_populations_have_no_diagonal();
  OK(NULL, spk_context_close(context));
  return check_tally();
}
