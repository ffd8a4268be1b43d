#define _POSIX_C_SOURCE 200809L
#include "placement.h"

#include <inttypes.h>
#include <stdio.h>

enum { MOST_CORES = 4096, MOST_CORE_NEURONS = 65536 };

spk_status placement_fit(spk_model *model, spk_board_options *board) {
  spk_core_use cores[MOST_CORES];
  size_t count;
  spk_status status = spk_model_place(model, board, cores, MOST_CORES, &count);
  for (int doublings = 0; status == SPK_ERROR_DOES_NOT_FIT && doublings < 8; doublings++) {
    board->synapse_bytes_per_core *= 2;
    if (board->neurons_per_core <= MOST_CORE_NEURONS / 2) board->neurons_per_core *= 2;
    status = spk_model_place(model, board, cores, MOST_CORES, &count);
  }
  return status;
}

spk_status placement_print(spk_model *model, const spk_board_options *board) {
  spk_core_use cores[MOST_CORES];
  size_t count;
  spk_status status = spk_model_place(model, board, cores, MOST_CORES, &count);
  if (status != SPK_OK) return status;
  printf("board: %" PRIu32 " cores of %" PRIu32 " neurons and %" PRIu64 " bytes of synapses\n", board->cores,
         board->neurons_per_core, board->synapse_bytes_per_core);
  printf("  core  slices  neurons     used  synapses     bytes     used\n");
  for (size_t i = 0; i < count; i++) {
    const spk_core_use *core = &cores[i];
    if (core->slices == 0) continue;
    printf("  %4zu  %6" PRIu32 "  %7" PRIu32 "  %3" PRIu32 ".%" PRIu32 " %%  %8" PRIu64 "  %8" PRIu64 "  %3" PRIu32
           ".%" PRIu32 " %%\n",
           i, core->slices, core->neurons, core->neurons_permille / 10, core->neurons_permille % 10, core->synapses,
           core->bytes, core->bytes_permille / 10, core->bytes_permille % 10);
  }
  return SPK_OK;
}
