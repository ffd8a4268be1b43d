/* Ready-made rules: options out of their range. The projection stays as it was. */
#include "small_network.h"

#include <math.h>
#include <stddef.h>

static spk_context *context;

#define R(member) #member, offsetof(spk_rule_options, member)

static const struct {
  const char *words;
  size_t offset;
  uint32_t value;
} fields[] = {
    {R(struct_size), 0},          {R(struct_size), (uint32_t)sizeof(spk_rule_options) - 1},
    {R(rule), 0},                 {R(rule), 7},
    {R(rule), 257},               {R(rule), UINT32_MAX},
    {R(rounding), 3},             {R(rounding), UINT32_MAX},
    {R(gate_low), (uint32_t)INT32_MIN}, {R(gate_high), 32768},
};

static const struct {
  const char *words;
  size_t offset;
  double value;
} numbers[] = {
    {R(rate), 0.0},          {R(rate), -1.0},          {R(rate), 1e300},           {R(rate), NAN},
    {R(rate), INFINITY},     {R(ratio), 0.0},          {R(ratio), NAN},            {R(ratio), -INFINITY},
    {R(membrane_unit), 0.0}, {R(membrane_unit), NAN},  {R(trace_unit), -1.0},      {R(trace_unit), NAN},
    {R(rate), 127.5},        {R(rate), 2.9e-8},        {R(rate), 1e-300},
};

int main(void) {
  LONGER(spk_rule_options) newer = {SPK_RULE_OPTIONS_INIT, {0}};
  spk_rule_options *options = &newer.known, good;
  spk_projection projection = SPK_PROJECTION_INIT, before;
  OK(NULL, spk_context_create(NULL, &context));
  options->rule = SPK_RULE_BALANCE;
  options->rate = 0.5;
  good = *options;
  before = projection;
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    *options = good;
    memcpy((char *)options + fields[i].offset, &fields[i].value, sizeof fields[i].value);
    if (!REFUSED(context, SPK_ERROR_ARGUMENT, fields[i].words, spk_rule_apply(context, options, &projection)))
      printf("  field %s = %u\n", fields[i].words, (unsigned)fields[i].value);
  }
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    *options = good;
    memcpy((char *)options + numbers[i].offset, &numbers[i].value, sizeof numbers[i].value);
    if (!REFUSED(context, SPK_ERROR_ARGUMENT, numbers[i].words, spk_rule_apply(context, options, &projection)))
      printf("  field %s = %g\n", numbers[i].words, numbers[i].value);
  }
  *options = good;
  options->trace_unit = 1e-9;
  REFUSED(context, SPK_ERROR_ARGUMENT, "trace_unit", spk_rule_apply(context, options, &projection));
  *options = good;
  options->rule = SPK_RULE_PAIR_STDP;
  options->rate = 1;
  options->ratio = 1e-7;
  REFUSED(context, SPK_ERROR_ARGUMENT, "closer", spk_rule_apply(context, options, &projection));
  options->rule = SPK_RULE_DYNAMICS;
  options->period_ticks = 0;
  REFUSED(context, SPK_ERROR_ARGUMENT, "period_ticks", spk_rule_apply(context, options, &projection));
  *options = good;
  projection.storage = 2;
  REFUSED(context, SPK_ERROR_ARGUMENT, "storage", spk_rule_apply(context, options, &projection));
  projection.storage = SPK_INT8;
  projection.struct_size--;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_rule_apply(context, options, &projection));
  projection.struct_size++;
  CHECK(memcmp(&projection, &before, sizeof before) == 0);
  REFUSED(context, SPK_ERROR_ARGUMENT, "options", spk_rule_apply(context, NULL, &projection));
  REFUSED(context, SPK_ERROR_ARGUMENT, "projection", spk_rule_apply(context, options, NULL));
  REFUSED(NULL, SPK_ERROR_HANDLE, "context", spk_rule_apply(NULL, options, &projection));
  options->struct_size = sizeof newer;
  newer.tail[7] = 9;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_rule_apply(context, options, &projection));
  newer.tail[7] = 0;
  OK(context, spk_rule_apply(context, options, &projection));
  CHECK(projection.term_count == 3);
  options->rule = SPK_RULE_ERBP; /* which has no use for the others */
  options->ratio = options->membrane_unit = options->trace_unit = -1;
  options->period_ticks = 0;
  OK(context, spk_rule_apply(context, options, &projection));
  OK(NULL, spk_context_close(context));
  return check_tally();
}
