/* Two thousand rounds of opening, running and closing leave the memory of the process as it was. */
#include "small_network.h"

#include <unistd.h>

enum { WARM_UP = 200, ROUNDS = 2000, GROWTH_LIMIT = 1 << 20 };

static long resident_bytes(void) {
  long pages = -1;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL) return -1;
  if (fscanf(file, "%*d %ld", &pages) != 1) pages = -1;
  fclose(file);
  return pages < 0 ? -1 : pages * sysconf(_SC_PAGESIZE);
}

static void round_of_all(void) {
  static unsigned char bytes[65536];
  const spk_event in[] = {{0, INPUT, 0}, {1, INPUT, 1}, {2, INPUT, 2}};
  const uint8_t intensities[] = {255, 200, 255};
  spk_event out[32];
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_model *loaded;
  uint32_t probe;
  size_t size;
  small_network small = small_open();
  run.ticks = 8;
  presentation.intensities = intensities;
  presentation.intensity_count = 3;
  OK(small.context, spk_model_save_memory(small.model, bytes, sizeof bytes, &size));
  OK(small.context, spk_model_load_memory(small.context, bytes, size, &loaded));
  REFUSED(small.context, SPK_ERROR_FORMAT, "", spk_model_load_memory(small.context, bytes, size - 1, &loaded));
  OK(small.context, spk_session_add_probe(small.session, HIDDEN, SPK_MEMBRANE, 0, 4, &probe));
  OK(small.context, spk_session_run(small.session, &run, in, 3, out, 32, &size));
  OK(small.context, spk_session_present(small.session, &presentation, NULL));
  OK(small.context, spk_session_store(small.session, loaded));
  OK(small.context, spk_model_close(loaded));
  small_close(&small);
}

int main(void) {
  for (int i = 0; i < WARM_UP; i++) round_of_all();
  long before = resident_bytes();
  for (int i = 0; i < ROUNDS; i++) round_of_all();
  long after = resident_bytes();
  CHECK(before > 0);
  if (!CHECK(after - before < GROWTH_LIMIT)) printf("  grew from %ld to %ld bytes\n", before, after);
  return check_tally();
}
