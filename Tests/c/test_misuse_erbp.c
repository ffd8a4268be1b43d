/* The builder of classifiers, and placements: options out of their range. Boards: test_misuse_device.c. */
#include "small_network.h"

#include <stddef.h>

static spk_context *context;

#define E(member) #member, offsetof(spk_erbp_options, member)

static const struct {
  const char *words;
  size_t offset;
  uint32_t value;
} fields[] = {
    {E(struct_size), 0},
    {E(struct_size), (uint32_t)sizeof(spk_erbp_options) - 1},
    {E(layer_count), 0},
    {E(layer_count), 1},
    {E(layer_count), 17},
    {E(layer_count), UINT32_MAX},
    {E(storage), 2},
    {E(storage), 256},
    {E(rounding), 3},
    {E(rounding), UINT32_MAX},
    {E(flags), 4},
    {E(flags), UINT32_MAX},
    {E(hidden_shift), 33},
    {E(hidden_shift), UINT32_MAX},
    {E(output_shift), 33},
    {E(output_shift), UINT32_MAX},
    {E(gate), 0},
    {E(gate), 32},
    {E(feedback_percent), UINT32_MAX},
    {E(gain), 65536},
    {E(gain), UINT32_MAX},
    {E(floor), 256},
    {E(floor), UINT32_MAX},
};

static void builder(void) {
  const uint32_t layers[] = {6, 5, 3}, zero[] = {6, 0, 3}, large[] = {6, 1048577, 3};
  LONGER(spk_erbp_options) newer = {SPK_ERBP_OPTIONS_INIT, {0}};
  spk_erbp_options *options = &newer.known, good;
  spk_model *model = NULL;
  options->layer_count = 3;
  options->layer_sizes = layers;
  good = *options;
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    *options = good;
    memcpy((char *)options + fields[i].offset, &fields[i].value, sizeof fields[i].value);
    if (!REFUSED(context, SPK_ERROR_ARGUMENT, fields[i].words, spk_model_build_erbp(context, options, &model)))
      printf("  field %s = %u\n", fields[i].words, (unsigned)fields[i].value);
  }
  *options = good;
  options->layer_sizes = NULL;
  REFUSED(context, SPK_ERROR_ARGUMENT, "layer_sizes", spk_model_build_erbp(context, options, &model));
  options->layer_sizes = zero;
  REFUSED(context, SPK_ERROR_ARGUMENT, "layer_sizes", spk_model_build_erbp(context, options, &model));
  options->layer_sizes = large;
  REFUSED(context, SPK_ERROR_ARGUMENT, "layer_sizes", spk_model_build_erbp(context, options, &model));
  options->layer_sizes = layers;
  REFUSED(context, SPK_ERROR_ARGUMENT, "options", spk_model_build_erbp(context, NULL, &model));
  CHECK(model == NULL);
  REFUSED(context, SPK_ERROR_ARGUMENT, "model", spk_model_build_erbp(context, options, NULL));
  options->struct_size = sizeof newer;
  newer.tail[7] = 9;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_model_build_erbp(context, options, &model));
  newer.tail[7] = 0;
  OK(context, spk_model_build_erbp(context, options, &model));
  OK(context, spk_model_check(model));
  OK(context, spk_model_close(model));
}

static void placements(void) {
  spk_model *model = small_model(context);
  spk_core_use cores[8];
  size_t count = 77;
  REFUSED(context, SPK_ERROR_ARGUMENT, "cores", spk_model_place(model, NULL, NULL, 8, &count));
  REFUSED(context, SPK_ERROR_ARGUMENT, "count", spk_model_place(model, NULL, cores, 8, NULL));
  REFUSED(context, SPK_ERROR_ARGUMENT, "", spk_model_place(model, NULL, cores, SIZE_MAX, &count));
  CHECK(count == 77);
  REFUSED(context, SPK_ERROR_TOO_SMALL, "8", spk_model_place(model, NULL, cores, 7, &count));
  CHECK(count == 8);
  OK(context, spk_model_place(model, NULL, cores, 8, &count));
  CHECK(count == 8 && cores[0].neurons == 7);
  OK(context, spk_model_close(model));
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  builder();
  placements();
  OK(NULL, spk_context_close(context));
  return check_tally();
}
