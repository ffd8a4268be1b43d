/* Devices: locators, sizes of boards, and what a board is asked. */
#include "small_network.h"

static spk_context *context;

static void locators(void) {
  static const struct {
    const char *locator;
    spk_status status;
  } refused[] = {
      {"usb:serial=no such board", SPK_ERROR_NOT_FOUND},
      {"usb:id=1209:ffff", SPK_ERROR_NOT_FOUND},
      {"usb:1234", SPK_ERROR_ARGUMENT},
      {"usb:bus=1", SPK_ERROR_ARGUMENT},
      {"unix:/no/such/socket", SPK_ERROR_NOT_FOUND},
      {"tcp:localhost:1", SPK_ERROR_NOT_FOUND},
      {"", SPK_ERROR_ARGUMENT},
      {"sim", SPK_ERROR_ARGUMENT},
      {"sim:0", SPK_ERROR_ARGUMENT},
      {"SIM:", SPK_ERROR_ARGUMENT},
      {" sim:", SPK_ERROR_ARGUMENT},
      {"file:/x", SPK_ERROR_ARGUMENT},
      {"\xff\x01", SPK_ERROR_ARGUMENT},
  };
  spk_device *device = NULL;
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    const char *words = refused[i].locator[0] == '\xff' ? "locator" : refused[i].locator;
    REFUSED(context, refused[i].status, words, spk_device_open(context, refused[i].locator, NULL, &device));
  }
  static char text[100001];
  memset(text, 'x', 100000);
  REFUSED(context, SPK_ERROR_ARGUMENT, "xxx", spk_device_open(context, text, NULL, &device));
  memcpy(text, "sim:", 4);
  REFUSED(context, SPK_ERROR_ARGUMENT, "sim:", spk_device_open(context, text, NULL, &device));
  REFUSED(context, SPK_ERROR_ARGUMENT, "locator", spk_device_open(context, NULL, NULL, &device));
  CHECK(device == NULL);
  REFUSED(context, SPK_ERROR_ARGUMENT, "device", spk_device_open(context, "sim:", NULL, NULL));
}

static void boards(void) {
  static const struct {
    uint32_t struct_size, cores, neurons_per_core, threads;
    uint64_t synapse_bytes_per_core;
    const char *words;
  } refused[] = {
      {0, 8, 1024, 0, 131072, "struct_size"},
      {(uint32_t)sizeof(spk_board_options) - 1, 8, 1024, 0, 131072, "struct_size"},
      {UINT32_MAX, 8, 1024, 0, 131072, "struct_size"},
      {(uint32_t)sizeof(spk_board_options), 0, 1024, 0, 131072, "cores"},
      {(uint32_t)sizeof(spk_board_options), 4097, 1024, 0, 131072, "cores"},
      {(uint32_t)sizeof(spk_board_options), UINT32_MAX, 1024, 0, 131072, "cores"},
      {(uint32_t)sizeof(spk_board_options), 8, 0, 0, 131072, "neurons_per_core"},
      {(uint32_t)sizeof(spk_board_options), 8, 65537, 0, 131072, "neurons_per_core"},
      {(uint32_t)sizeof(spk_board_options), 8, 1024, 65, 131072, "board->threads: 65 found, 0 .. 64 expected"},
      {(uint32_t)sizeof(spk_board_options), 8, 1024, UINT32_MAX, 131072, "board->threads"},
      {(uint32_t)sizeof(spk_board_options), 8, 1024, 0, 0, "synapse_bytes_per_core"},
      {(uint32_t)sizeof(spk_board_options), 8, 1024, 0, ((uint64_t)1 << 40) + 1, "synapse_bytes_per_core"},
      {(uint32_t)sizeof(spk_board_options), 8, 1024, 0, UINT64_MAX, "synapse_bytes_per_core"},
  };
  spk_device *device = NULL;
  spk_model *model = small_model(context);
  size_t count = 0;
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    spk_board_options board = SPK_BOARD_OPTIONS_INIT;
    board.struct_size = refused[i].struct_size;
    board.cores = refused[i].cores;
    board.neurons_per_core = refused[i].neurons_per_core;
    board.threads = refused[i].threads;
    board.synapse_bytes_per_core = refused[i].synapse_bytes_per_core;
    if (board.struct_size == UINT32_MAX) continue;
    REFUSED(context, SPK_ERROR_ARGUMENT, refused[i].words, spk_device_open(context, "sim:", &board, &device));
    REFUSED(context, SPK_ERROR_ARGUMENT, refused[i].words, spk_model_place(model, &board, NULL, 0, &count));
  }
  CHECK(device == NULL);

  LONGER(spk_board_options) newer = {SPK_BOARD_OPTIONS_INIT, {0}};
  newer.known.struct_size = sizeof newer;
  OK(context, spk_device_open(context, "sim:", &newer.known, &device));
  OK(context, spk_device_close(device));
  newer.tail[7] = 1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_device_open(context, "sim:", &newer.known, &device));
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_model_place(model, &newer.known, NULL, 0, &count));
  OK(context, spk_model_close(model));
}

static void capabilities(void) {
  spk_device *device;
  spk_board_options board = SPK_BOARD_OPTIONS_INIT;
  board.cores = 4096;
  board.neurons_per_core = 65536;
  board.synapse_bytes_per_core = (uint64_t)1 << 40;
  OK(context, spk_device_open(context, "sim:", &board, &device));
  REFUSED(context, SPK_ERROR_ARGUMENT, "capabilities", spk_device_capabilities(device, NULL));
  LONGER(spk_capabilities) found = {SPK_CAPABILITIES_INIT, {0}};
  found.known.struct_size = 0;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_device_capabilities(device, &found.known));
  found.known.struct_size = sizeof(spk_capabilities) - 1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_device_capabilities(device, &found.known));
  CHECK(found.known.cores == 0);
  found.known.struct_size = sizeof found;
  OK(context, spk_device_capabilities(device, &found.known));
  CHECK(found.tail[0] == 0);
  found.known.struct_size = sizeof(spk_capabilities);
  OK(context, spk_device_capabilities(device, &found.known));
  CHECK(found.known.struct_size == sizeof(spk_capabilities));
  CHECK(found.known.cores == board.cores && found.known.neurons_per_core == board.neurons_per_core);
  CHECK(found.known.synapse_bytes_per_core == board.synapse_bytes_per_core);
  CHECK(found.known.delay_ticks == 63 && found.known.law_version == spk_law_version());
  CHECK(found.known.protocol_version >= 1 && found.known.reserved == 0);
  OK(context, spk_device_close(device));
}

int main(void) {
  OK(NULL, spk_context_create(NULL, &context));
  locators();
  boards();
  capabilities();
  OK(NULL, spk_context_close(context));
  return check_tally();
}
