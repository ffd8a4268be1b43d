/* Counting, listing and watching boards: locators, arrays and structs that are wrong, and more watches than there may be. */
#include "small_network.h"

#include <stdint.h>

enum { WATCHES = 64 };

static spk_context *context;

static void told(void *user, const char *locator, uint32_t is_present) {
  (void)user, (void)locator, (void)is_present;
}

static void counting(void) {
  spk_device *device = NULL;
  LONGER(spk_counters) newer = {SPK_COUNTERS_INIT, {0}};
  spk_counters *counters = &newer.known;
  OK(context, spk_device_open(context, "sim:", NULL, &device));
  counters->requests = 77;
  REFUSED(context, SPK_ERROR_ARGUMENT, "counters", spk_device_counters(device, NULL));
  counters->struct_size = 0;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_device_counters(device, counters));
  counters->struct_size = sizeof *counters - 8;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_device_counters(device, counters));
  counters->struct_size = sizeof newer;
  newer.tail[3] = 1;
  REFUSED(context, SPK_ERROR_ARGUMENT, "struct_size", spk_device_counters(device, counters));
  CHECK(counters->requests == 77);
  newer.tail[3] = 0;
  OK(context, spk_device_counters(device, counters));
  CHECK(counters->struct_size == sizeof newer && counters->requests == 1 && counters->losses == 0);
  CHECK(counters->bytes_out > 0 && counters->bytes_in > 0 && counters->refusals == 0 && counters->ticks == 0);
  OK(context, spk_device_close(device));
}

static void locators(void) {
  static const struct {
    const char *locator;
    spk_status status;
  } refused[] = {
      {"usb:1234", SPK_ERROR_ARGUMENT},  {"", SPK_ERROR_ARGUMENT},           {"sim", SPK_ERROR_ARGUMENT},
      {"sim:0", SPK_ERROR_ARGUMENT},     {"unix:", SPK_ERROR_ARGUMENT},      {"tcp:", SPK_ERROR_ARGUMENT},
      {"tcp:host", SPK_ERROR_ARGUMENT},  {"tcp:host:", SPK_ERROR_ARGUMENT},  {"tcp:host:0", SPK_ERROR_ARGUMENT},
      {"tcp::7750", SPK_ERROR_ARGUMENT}, {"tcp:h:65536", SPK_ERROR_ARGUMENT}, {"tcp:h:7x", SPK_ERROR_ARGUMENT},
  };
  static char text[100001];
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    const char *locator = refused[i].locator;
    REFUSED(context, refused[i].status, "locator", spk_device_watch(context, locator, told, NULL));
    REFUSED(context, refused[i].status, "locator", spk_device_unwatch(context, locator));
  }
  memset(text, 'x', 100000);
  memcpy(text, "unix:", 5);
  REFUSED(context, SPK_ERROR_ARGUMENT, "107", spk_device_watch(context, text, told, NULL));
  REFUSED(context, SPK_ERROR_ARGUMENT, "locator", spk_device_watch(context, NULL, told, NULL));
  REFUSED(context, SPK_ERROR_ARGUMENT, "locator", spk_device_unwatch(context, NULL));
  REFUSED(context, SPK_ERROR_NOT_FOUND, "sim:", spk_device_unwatch(context, "sim:"));
  REFUSED(context, SPK_ERROR_NOT_FOUND, "unix:/no/such", spk_device_unwatch(context, "unix:/no/such"));
}

static void listing(void) {
  spk_board boards[2];
  size_t count = 77;
  memset(boards, 77, sizeof boards);
  REFUSED(context, SPK_ERROR_ARGUMENT, "boards", spk_device_list(context, NULL, 1, &count));
  REFUSED(context, SPK_ERROR_ARGUMENT, "boards", spk_device_list(context, boards, SIZE_MAX, &count));
  REFUSED(context, SPK_ERROR_ARGUMENT, "boards",
          spk_device_list(context, boards, SIZE_MAX / sizeof(spk_board) + 2, &count));
  CHECK(count == 77);
  REFUSED(context, SPK_ERROR_ARGUMENT, "count", spk_device_list(context, boards, 2, NULL));
  REFUSED(context, SPK_ERROR_ARGUMENT, "count", spk_device_list(context, NULL, 0, NULL));
  OK(context, spk_device_list(context, NULL, 0, &count));
  CHECK(count == 1);
  OK(context, spk_device_watch(context, "unix:/no/such/socket", NULL, NULL));
  OK(context, spk_device_list(context, NULL, 0, &count));
  CHECK(count == 2);
  count = 77;
  REFUSED(context, SPK_ERROR_TOO_SMALL, "2", spk_device_list(context, boards, 1, &count));
  CHECK(count == 2 && boards[0].locator[0] == 77);
  OK(context, spk_device_list(context, boards, 2, &count));
  CHECK(count == 2 && strcmp(boards[0].locator, "sim:") == 0 && boards[0].is_present == 1);
  CHECK(strcmp(boards[1].locator, "unix:/no/such/socket") == 0 && boards[1].is_present == 0);
  for (int i = 0; i < 7; i++) CHECK(boards[0].reserved[i] == 0 && boards[1].reserved[i] == 0);
  REFUSED(context, SPK_ERROR_STATE, "watched", spk_device_watch(context, "unix:/no/such/socket", told, NULL));
  OK(context, spk_device_unwatch(context, "unix:/no/such/socket"));
  REFUSED(context, SPK_ERROR_NOT_FOUND, "socket", spk_device_unwatch(context, "unix:/no/such/socket"));
  OK(context, spk_device_list(context, NULL, 0, &count));
  CHECK(count == 1);
}

static void too_many(void) {
  char locator[64];
  size_t count = 0;
  for (int i = 0; i < WATCHES; i++) {
    snprintf(locator, sizeof locator, "unix:/no/such/socket%d", i);
    OK(context, spk_device_watch(context, locator, i % 2 ? told : NULL, NULL));
  }
  REFUSED(context, SPK_ERROR_STATE, "64", spk_device_watch(context, "sim:", NULL, NULL));
  OK(context, spk_device_list(context, NULL, 0, &count));
  CHECK(count == WATCHES + 1);
  OK(context, spk_device_unwatch(context, "unix:/no/such/socket7"));
  OK(context, spk_device_watch(context, "sim:", NULL, NULL));
  OK(context, spk_device_list(context, NULL, 0, &count));
  CHECK(count == WATCHES); /* "sim:" is in the list once */
}

int main(void) {
  spk_context_options options = SPK_CONTEXT_OPTIONS_INIT;
  for (uint32_t flags = 0; flags <= SPK_CONTEXT_NO_THREADS; flags++) {
    options.flags = flags;
    OK(NULL, spk_context_create(&options, &context));
    counting();
    locators();
    listing();
    too_many();
    OK(NULL, spk_context_close(context)); /* with watches */
  }
  return check_tally();
}
